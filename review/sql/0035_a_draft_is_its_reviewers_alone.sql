-- A draft is what its reviewer has written and not locked. No login reads the table: one function answers the reviewer in whose examination
-- it is. Whoever saves says on which version his is based; an older one is not kept, and the newer one comes back. It is no conclusion
-- and no entry. It is gone with the lock of its step, when he steps back or the turn goes back to the lot, and when the case is open to reviewers no more.
create function draft_is_open(mine review_drawn, of_step text) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from cases_case c where c.id = mine.case_id and c.state in ('FIT', 'DISPUTED'))
     and not exists (select 1 from review_recusal r where r.drawn_id = mine.id)
     and not exists (select 1 from review_setaside s where s.drawn_id = mine.id)
     and not exists (select 1 from review_givenback g where g.drawn_id = mine.id)
     and not exists (select 1 from review_conclusion c join cases_candidate k on k.id = c.candidate_id
                      where k.case_id = mine.case_id and c.by_id = mine.reviewer_id)
     and (of_step = 'rate' or not exists (select 1 from review_sorting s join cases_candidate k on k.id = s.candidate_id
                                           where k.case_id = mine.case_id and s.by_id = mine.reviewer_id))
$$;

create function draft_of(of_drawn bigint, by_person bigint, of_step text) returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object('version', f.version, 'at', f.at, 'given', f.given)
    from review_draft f join review_drawn d on d.id = f.drawn_id where d.id = of_drawn and d.reviewer_id = by_person and f.step = of_step
$$;

create function keep_draft(of_drawn bigint, by_person bigint, of_step text, based_on integer, said jsonb) returns jsonb
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  mine review_drawn%rowtype;
  newest review_draft%rowtype;
begin
  select * into mine from review_drawn where id = of_drawn and reviewer_id = by_person for no key update;
  if mine.id is null then
    raise exception 'a draft belongs to whoever was drawn' using errcode = 'CS008';
  end if;
  if octet_length(said::text) > 1000000 then
    raise exception 'a draft has at most 1000000 bytes' using errcode = 'CS014';
  end if;
  if not draft_is_open(mine, of_step) then return '{"kept": false, "version": 0}'; end if;
  select * into newest from review_draft where drawn_id = mine.id and step = of_step;
  if newest.id is null then
    insert into review_draft(drawn_id, step, version, given) values (mine.id, of_step, 1, said) returning * into newest;
  elsif newest.given <> said then
    if newest.version <> based_on then
      return jsonb_build_object('kept', false, 'version', newest.version, 'at', newest.at, 'given', newest.given);
    end if;
    update review_draft set version = version + 1, given = said, at = house_now() where id = newest.id returning * into newest;
  end if;
  return jsonb_build_object('kept', true, 'version', newest.version, 'at', newest.at);
end $$;

-- Whatever ends a turn calls this. The lock is the one that keep_draft takes: no draft comes after the end.
create function drop_drafts(of_drawn bigint, of_step text) returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform 1 from review_drawn where id = of_drawn for no key update;
  delete from review_draft where drawn_id = of_drawn and step = coalesce(of_step, step);
end $$;

create function review_a_draft_goes_with_the_lock() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform drop_drafts(d.id, case when tg_table_name = 'review_sorting' then 'sort' end)
     from (select distinct d.id from fresh f join cases_candidate k on k.id = f.candidate_id
             join review_drawn d on d.case_id = k.case_id and d.reviewer_id = f.by_id) d;
  return null;
end $$;
create function review_a_draft_goes_with_the_turn() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform drop_drafts(new.drawn_id, null);
  return null;
end $$;
create function review_a_draft_goes_with_the_case() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform drop_drafts(d.id, null) from review_drawn d where d.case_id = new.id and exists (select 1 from review_draft f where f.drawn_id = d.id);
  return null;
end $$;
do $$
declare t text;
begin
  foreach t in array array['review_sorting', 'review_conclusion'] loop
    execute format('create trigger a_draft_goes_with_the_lock after insert on %I referencing new table as fresh '
                   'for each statement execute function review_a_draft_goes_with_the_lock()', t);
    execute format('alter table %I enable always trigger a_draft_goes_with_the_lock', t);
  end loop;
  foreach t in array array['review_setaside', 'review_recusal', 'review_givenback'] loop
    execute format('create trigger a_draft_goes_with_the_turn after insert on %I for each row execute function review_a_draft_goes_with_the_turn()', t);
    execute format('alter table %I enable always trigger a_draft_goes_with_the_turn', t);
  end loop;
end $$;
create trigger a_draft_goes_with_the_case after update of state on cases_case for each row when (new.state not in ('FIT', 'DISPUTED'))
  execute function review_a_draft_goes_with_the_case();
alter table cases_case enable always trigger a_draft_goes_with_the_case;

-- Marks are locked with the conclusions, by whoever gave them, once; they stay. All that he marked comes in one call.
create function lock_marks(of_drawn bigint, by_person bigint, said jsonb) returns void language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare mine review_drawn%rowtype;
begin
  select * into mine from review_drawn where id = of_drawn and reviewer_id = by_person;
  if mine.id is null or not exists (
       select 1 from review_conclusion c join cases_candidate k on k.id = c.candidate_id
        where k.case_id = mine.case_id and c.by_id = by_person
       union all select 1 from review_setaside s where s.drawn_id = mine.id)
     or exists (select 1 from review_marks m where m.drawn_id = mine.id) then
    raise exception 'marks are locked with the conclusions that they belong to' using errcode = 'CS014';
  end if;
  insert into review_marks(drawn_id, token, annotations) select mine.id, m.key::uuid, m.value from jsonb_each(said) m where jsonb_array_length(m.value) > 0;
end $$;
create trigger stays_as_it_is before update or delete on review_marks for each row execute function ledger_frozen();
alter table review_marks enable always trigger stays_as_it_is;

revoke all on function draft_is_open(review_drawn, text), draft_of(bigint, bigint, text), keep_draft(bigint, bigint, text, integer, jsonb),
  drop_drafts(bigint, text), review_a_draft_goes_with_the_lock(), review_a_draft_goes_with_the_turn(), review_a_draft_goes_with_the_case(),
  lock_marks(bigint, bigint, jsonb) from public;
grant execute on function draft_of(bigint, bigint, text), keep_draft(bigint, bigint, text, integer, jsonb), lock_marks(bigint, bigint, jsonb) to app;
grant select on review_marks to app, auditor;
