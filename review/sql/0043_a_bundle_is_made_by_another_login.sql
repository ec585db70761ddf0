-- A legal adviser asks for a bundle; the login that reads everything makes it, and the pages hold neither that login nor its keys. What came
-- of it is said once: a bundle that is on file as having left because of this wish, or why there is none. The sealed file goes after seven days.
create function want_bundle(of_ref text, by_person bigint, said jsonb, details jsonb) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  of_case bigint := (select id from cases_case where ref = of_ref);
  made bigint;
begin
  perform discovery_door(by_person, of_case);
  if exists (select 1 from unnest(array['recipient', 'purpose', 'authority']) needed where coalesce(btrim(said ->> needed), '') = '')
     or coalesce(said ->> 'ori', '') !~ '^([A-Z]{2}[A-Z0-9]{7})?$' then
    raise exception 'who gets it, why and by whose authority must be said' using errcode = 'CS006';
  end if;
  perform court_copy_door(of_case, said);
  insert into review_bundlewanted(case_id, recipient, ori, purpose, authority, court_copy, by_id, entry)
    values (of_case, btrim(said ->> 'recipient'), coalesce(said ->> 'ori', ''), btrim(said ->> 'purpose'), btrim(said ->> 'authority'),
            coalesce((said ->> 'court_copy')::boolean, false), by_person,
            ledger_write('want_bundle', of_ref, details || jsonb_build_object('ori', coalesce(said ->> 'ori', ''),
                         'court_copy', coalesce((said ->> 'court_copy')::boolean, false))))
    returning id into made;
  return made;
end $$;

-- The row under which the bundle of a wish left: its entry names the wish.
create function bundle_that_left(of_wanted bigint) returns bigint language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select d.id from review_bundlewanted w join review_dissemination d on d.case_id = w.case_id and d.what = 'bundle'
    join ledger_entry e on e.seq = d.entry and e.kind = 'export_bundle'
   where w.id = of_wanted and convert_from(e.body, 'UTF8')::jsonb -> 'wanted' = to_jsonb(of_wanted) limit 1
$$;

create function bundle_made(of_wanted bigint, file_sha256 text, sealed_file bytea) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  of_dissemination bigint := bundle_that_left(of_wanted);
  made bigint;
begin
  if of_dissemination is null or file_sha256 !~ '^[0-9a-f]{64}$' then
    raise exception 'no bundle left because of wish %', of_wanted using errcode = 'CS006';
  end if;
  insert into review_bundlemade(wanted_id, dissemination_id, sha256, why_not) values (of_wanted, of_dissemination, file_sha256, '') returning id into made;
  insert into review_bundlekept(made_id, sealed) values (made, sealed_file);
  return made;
end $$;

create function bundle_not_made(of_wanted bigint, why text) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare made bigint;
begin
  insert into review_bundlemade(wanted_id, sha256, why_not) values (of_wanted, '', btrim(why)) returning id into made;
  perform ledger_write('bundle_not_made', (select c.ref from review_bundlewanted w join cases_case c on c.id = w.case_id where w.id = of_wanted),
                       jsonb_build_object('by', 'auditor', 'wanted', of_wanted));
  return made;
end $$;

create function forget_bundles() returns bigint language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with gone as (delete from review_bundlekept k using review_bundlemade m where m.id = k.made_id and m.at < house_now() - interval '7 days' returning 1)
  select count(*) from gone
$$;
revoke all on function want_bundle(text, bigint, jsonb, jsonb), bundle_that_left(bigint), bundle_made(bigint, text, bytea), bundle_not_made(bigint, text),
  forget_bundles() from public;
grant execute on function want_bundle(text, bigint, jsonb, jsonb) to app;
grant execute on function bundle_that_left(bigint), bundle_made(bigint, text, bytea), bundle_not_made(bigint, text), forget_bundles() to auditor;
grant select on review_bundlewanted, review_bundlemade to app, auditor;
grant select on review_bundlekept to app;

create trigger stays_as_it_is before update or delete on review_bundlewanted for each row execute function ledger_frozen();
create trigger stays_as_it_is before update or delete on review_bundlemade for each row execute function ledger_frozen();
create trigger stays_as_it_is before update on review_bundlekept for each row execute function ledger_frozen();
alter table review_bundlewanted enable always trigger stays_as_it_is;
alter table review_bundlemade enable always trigger stays_as_it_is;
alter table review_bundlekept enable always trigger stays_as_it_is;
