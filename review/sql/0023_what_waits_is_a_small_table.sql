-- What waits to be examined is one small row a case, so that taking the next reads as much in a house of ten million cases as in one of
-- ten thousand. A row says nothing new: it is computed here, from the case, its list, its turns and who has a part, whenever the case, its list
-- or its turns change or somebody asks or confirms there (other parts are noted with the next such change), and no login writes it. Who may be
-- drawn is decided by draw; a row only keeps it from being asked in vain.
alter table review_waiting set (fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.02);

-- An older picture of the data would leave rows that are not true until the next change.
create function what_waits_is_read_now() returns void language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'what waits is computed from what is committed now' using errcode = 'CS012';
  end if;
end $$;

create function note_waiting(of_investigation bigint) returns void language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  whole bigint[] := investigation_set(of_investigation);
  takers bigint[];
  askers bigint[];
begin
  perform what_waits_is_read_now();
  perform pg_advisory_xact_lock(hashtextextended('what waits', whole[1]));  -- two at once would each write what it read before the other
  delete from review_waiting w using cases_case c
   where c.investigation_id = any (whole) and w.case_id = c.id and c.state not in ('FIT', 'DISPUTED');
  if not exists (select 1 from cases_case where investigation_id = any (whole) and state in ('FIT', 'DISPUTED')) then return; end if;
  select coalesce(array_agg(distinct x.person_id order by x.person_id), '{}'),
         coalesce(array_agg(distinct x.person_id order by x.person_id) filter (where x.part = 'detective'), '{}')
    into takers, askers from parts_in(whole) x;
  insert into review_waiting as w (case_id, agency_id, received_at, state, drawn, parts, asked)
    select c.id, c.agency_id, c.received_at, c.state,
           (select count(*) from review_drawn d where d.case_id = c.id and counts_as_drawn(d)), takers, askers
      from cases_case c
     where c.investigation_id = any (whole) and c.state in ('FIT', 'DISPUTED')
       and exists (select 1 from cases_candidatelist l where l.case_id = c.id and l.number > 0) order by c.id
    on conflict (case_id) do update set state = excluded.state, drawn = excluded.drawn, parts = excluded.parts, asked = excluded.asked
     where (w.state, w.drawn, w.parts, w.asked) is distinct from (excluded.state, excluded.drawn, excluded.parts, excluded.asked);
end $$;

-- A list matters to a case that is examined, and who filed it to its siblings. One that a source system sends with a result, before anybody
-- has a part in its case, matters to neither (it is written in the transaction that opens the case): no intake waits here for another, nor
-- reads what else is on file about the investigation.
create function review_what_waits_changes() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare row_ jsonb := to_jsonb(new);
begin
  if tg_table_name = 'cases_candidatelist'
     and exists (select 1 from cases_case c where c.id = review_case_of(row_) and c.door = 'machine' and c.state not in ('FIT', 'DISPUTED')) then
    return null;
  end if;
  perform note_waiting(coalesce((row_ ->> 'one_id')::bigint, (row_ ->> 'investigation_id')::bigint,
                                (select investigation_id from cases_case where id = review_case_of(row_))));
  return null;
end $$;
do $$
declare t text;
begin
  foreach t in array array['cases_searchrequest', 'cases_offencereport', 'cases_candidatelist', 'cases_investigationlink', 'review_drawn', 'review_setaside', 'review_recusal', 'review_givenback'] loop
    execute format('create trigger what_waits_changes after insert on %I for each row execute function review_what_waits_changes()', t);
    execute format('alter table %I enable always trigger what_waits_changes', t);
  end loop;
end $$;
create trigger what_waits_changes after update of state on cases_case for each row
  when (old.state in ('FIT', 'DISPUTED') or new.state in ('FIT', 'DISPUTED')) execute function review_what_waits_changes();
alter table cases_case enable always trigger what_waits_changes;

-- The oldest that may wait for this reviewer, in his agency and in those that borrow its reviewers: each by its index, in its order, and
-- no further than asked for. Whom a detective of his unit of today keeps out is told by an array; where somebody asked with whom he ever was of
-- one unit, it is asked of the days. Cases of an agency whose pool of known non-mates is too small cannot be drawn: they are named only where no
-- other waits, so that their refusal is on record and they keep nobody from the rest. How the rows are read is said here, because a planner
-- that takes them for few reads and sorts them all.
create function waiting_for(who bigint, at_most integer) returns setof bigint language sql rows 200 stable security definer
  set search_path = pg_catalog, public, pg_temp set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
  with me as materialized (
    select p.id, p.agency_id, array(select c.id from people_person c where c.unit_id = p.unit_id) as unit,
           array(select distinct c.person_id from people_unitheld h join people_unitheld c using (unit_id) where h.person_id = p.id) as ever,
           greatest(2, coalesce(policy_number('reviewers'), 2)) as needed
      from people_person p where p.id = who and policy_in_force() is not null
  ), within(agency_id) as (
    select agency_id from me
    union select a.borrower_id from people_agreement a join me on a.lender_id = me.agency_id
           where 'reviewer' = any (a.roles) and house_today() between a.from_on and a.until_on
  ), reach as materialized (
    select agency_id, pool_of_agency_suffices(agency_id) as able from within
  ), oldest as materialized (
    select n.case_id, n.received_at, r.able from me cross join reach r cross join lateral (
      select w.case_id, w.received_at from review_waiting w
       where w.agency_id = r.agency_id and w.drawn < case w.state when 'FIT' then me.needed else 3 end
         and not me.id = any (w.parts) and not w.asked && me.unit
         and (not w.asked && me.ever or not of_a_unit_that_asked(
               me.id, investigation_set((select c.investigation_id from cases_case c where c.id = w.case_id)), 'infinity'))
       order by w.received_at, w.case_id limit at_most) n
  ) select case_id from oldest where able or not exists (select 1 from oldest where able) order by received_at, case_id limit at_most
$$;

revoke all on function what_waits_is_read_now(), note_waiting(bigint), review_what_waits_changes(), waiting_for(bigint, integer) from public;
grant execute on function waiting_for(bigint, integer) to app;
grant select on review_waiting to auditor;
