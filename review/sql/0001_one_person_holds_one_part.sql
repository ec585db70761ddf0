-- On one investigation, linked ones included, a person holds one part; a reviewer is apart only if nothing else is his.
create function parts_in(investigations bigint[]) returns table (person_id bigint, part text, since timestamptz)
  language sql rows 20 stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with c as (select id, received_at from cases_case where investigation_id = any (investigations)),
       l as (select id from review_lead where case_id in (select id from c)),
       e as (select id, entered_by_id, entered_at from review_evidence where case_id in (select id from c)),
       did (person_id, part, at) as (
  select by_id, 'detective', c.received_at from cases_searchrequest join c on c.id = case_id
  union all select filed_by_id, 'detective', c.received_at from cases_outsideresult join c on c.id = case_id
  union all select by_id, 'analyst', confirmed_at from cases_offencereport where case_id in (select id from c)
  union all select by_id, 'analyst', at from review_probecheck where case_id in (select id from c)
  union all select reviewer_id, 'reviewer', at from review_drawn where case_id in (select id from c)
  union all select entered_by_id, 'detective', entered_at from e where entered_by_id is not null
  union all select by_id, 'detective', at from review_statement where item_id in (select id from e)
  union all select entered_by_id, 'detective', entered_at from review_outsidegate where case_id in (select id from c)
  union all select by_id, 'detective', at from review_lineupform where lead_id in (select id from l)
  union all select by_id, 'detective', at from review_papers where lead_id in (select id from l)
  union all select by_id, 'corroboration_officer', at from review_fixing where item_id in (select id from e)
  union all select second_id, 'corroboration_officer', at from review_fixing where item_id in (select id from e) and second_id is not null
  union all select by_id, 'corroboration_officer', at from review_closing where item_id in (select id from e)
  union all select checked_by_id, 'corroboration_officer', entered_at from review_outsidegate
             where case_id in (select id from c) and checked_by_id is not null
  union all select by_id, 'legal_adviser', at from review_holddecision where item_id in (select id from e)
  union all select by_id, 'legal_adviser', at from review_legalview where lead_id in (select id from l)
  union all select asked_by_id, 'detective', asked_at from review_countersignature where lead_id in (select id from l)
  union all select d.by_id, 'supervisor', d.at from review_decision d join review_countersignature s on s.id = d.countersignature_id
             where s.lead_id in (select id from l))
  select person_id, part, min(at) from did group by person_id, part
$$;

-- Whoever belonged to a unit of somebody who asked, at any time from then until the act, counts as of it. Whoever acts now: 'infinity'.
create function of_a_unit_that_asked(who bigint, investigations bigint[], acted_at timestamptz) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(bool_or(were_of_one_unit(who, x.person_id, x.since, acted_at)), false) from parts_in(investigations) x where x.part = 'detective'
$$;

-- Was this person apart when he acted? In one case of an investigation only, from outside the requester's unit, trained on that day. Whoever
-- left the house or his unit later was apart all the same: it is asked of then, not of today.
create function was_apart_as_reviewer(who bigint, of_case bigint, on_day date, acted_at timestamptz) returns boolean language plpgsql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  whole bigint[] := investigation_set((select investigation_id from cases_case where id = of_case));
  other_part boolean;
  of_unit boolean;
begin
  if not person_held(who, 'reviewer', on_day) or not person_trained(who, 'face_comparison', on_day) then return false; end if;
  select coalesce(bool_or(x.person_id = who and x.part <> 'reviewer'), false),
         coalesce(bool_or(were_of_one_unit(who, x.person_id, x.since, acted_at)) filter (where x.part = 'detective'), false)
    into other_part, of_unit from parts_in(whole) x;
  return not other_part
     and not exists (select 1 from review_drawn d join cases_case c on c.id = d.case_id
                      where d.reviewer_id = who and c.investigation_id = any (whole) and c.id <> of_case)
     and not of_unit;
end $$;

-- May this person review in this case on this day? Only who is still active.
create function apart_as_reviewer(who bigint, of_case bigint, on_day date) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((select is_active from people_person where id = who), false) and was_apart_as_reviewer(who, of_case, on_day, 'infinity')
$$;
revoke all on function parts_in(bigint[]), of_a_unit_that_asked(bigint, bigint[], timestamptz), was_apart_as_reviewer(bigint, bigint, date, timestamptz),
  apart_as_reviewer(bigint, bigint, date) from public;
grant execute on function parts_in(bigint[]), of_a_unit_that_asked(bigint, bigint[], timestamptz), apart_as_reviewer(bigint, bigint, date) to app;
