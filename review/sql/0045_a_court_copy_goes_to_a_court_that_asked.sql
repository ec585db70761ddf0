-- A bundle in which the faces of other candidates are not covered goes to a court, and to none but one whose request in this case is on
-- file, under the name that stands there. It is asked where a bundle is wanted, and again where the record says that it leaves.
create function court_copy_door(of_case bigint, said jsonb) returns void language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
  if coalesce((said ->> 'court_copy')::boolean, false)
     and not exists (select 1 from review_discoveryrequest where case_id = of_case and court = btrim(said ->> 'recipient')) then
    raise exception 'a court copy goes to a court that has asked in this case' using errcode = 'CS006', detail = format('%s has not.', said ->> 'recipient'),
      hint = 'Take its request first, and name the court as it stands there.';
  end if;
end $$;

-- Whether what left is such a copy: its own entry says so. It is served on its court alone, and tells the defence nothing.
create function court_copy_left(of_dissemination bigint) returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((select (convert_from(e.body, 'UTF8')::jsonb ->> 'court_copy')::boolean from review_dissemination d join ledger_entry e on e.seq = d.entry
                    where d.id = of_dissemination and e.kind = 'export_bundle'), false)
$$;
revoke all on function court_copy_door(bigint, jsonb), court_copy_left(bigint) from public;
grant execute on function court_copy_left(bigint) to app;
