-- On one investigation, linked ones included, a person holds one part; a reviewer is apart only if nothing else is his.
create function parts_in(investigations bigint[]) returns table (person_id bigint, part text)
  language sql rows 20 stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with c as (select id from cases_case where investigation_id = any (investigations)),
       l as (select id from review_lead where case_id in (select id from c)),
       e as (select id, entered_by_id from review_evidence where case_id in (select id from c))
  select by_id, 'detective' from cases_searchrequest where case_id in (select id from c)
  union select filed_by_id, 'detective' from cases_outsideresult where case_id in (select id from c)
  union select by_id, 'analyst' from cases_offencereport where case_id in (select id from c)
  union select by_id, 'analyst' from review_probecheck where case_id in (select id from c)
  union select reviewer_id, 'reviewer' from review_drawn where case_id in (select id from c)
  union select entered_by_id, 'detective' from e where entered_by_id is not null
  union select by_id, 'detective' from review_statement where item_id in (select id from e)
  union select entered_by_id, 'detective' from review_outsidegate where case_id in (select id from c)
  union select by_id, 'detective' from review_lineupform where lead_id in (select id from l)
  union select by_id, 'detective' from review_papers where lead_id in (select id from l)
  union select by_id, 'corroboration_officer' from review_fixing where item_id in (select id from e)
  union select second_id, 'corroboration_officer' from review_fixing where item_id in (select id from e) and second_id is not null
  union select by_id, 'corroboration_officer' from review_closing where item_id in (select id from e)
  union select checked_by_id, 'corroboration_officer' from review_outsidegate where case_id in (select id from c) and checked_by_id is not null
  union select by_id, 'legal_adviser' from review_holddecision where item_id in (select id from e)
  union select by_id, 'legal_adviser' from review_legalview where lead_id in (select id from l)
  union select asked_by_id, 'detective' from review_countersignature where lead_id in (select id from l)
  union select d.by_id, 'supervisor' from review_decision d join review_countersignature s on s.id = d.countersignature_id
         where s.lead_id in (select id from l)
$$;

-- The units of those who asked for the searches of these investigations.
create function units_that_asked(investigations bigint[]) returns bigint[] language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(distinct p.unit_id), '{}') from parts_in(investigations) x join people_person p on p.id = x.person_id
   where x.part = 'detective'
$$;

-- Was this person apart on this day? In one case of an investigation only, from outside the requester's unit, trained. Whoever left the
-- house later was apart all the same: it is asked of the day, not of today.
create function was_apart_as_reviewer(who bigint, of_case bigint, on_day date) returns boolean language plpgsql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  whole bigint[] := investigation_set((select investigation_id from cases_case where id = of_case));
  other_part boolean;
  asked_by bigint[];
begin
  if not person_held(who, 'reviewer', on_day) or not person_trained(who, 'face_comparison', on_day) then return false; end if;
  select coalesce(bool_or(x.person_id = who and x.part <> 'reviewer'), false), coalesce(array_agg(p.unit_id) filter (where x.part = 'detective'), '{}')
    into other_part, asked_by from parts_in(whole) x join people_person p on p.id = x.person_id;
  return not other_part
     and not exists (select 1 from review_drawn d join cases_case c on c.id = d.case_id
                      where d.reviewer_id = who and c.investigation_id = any (whole) and c.id <> of_case)
     and not (select unit_id from people_person where id = who) = any (asked_by);
end $$;

-- May this person review in this case on this day? Only who is still active.
create function apart_as_reviewer(who bigint, of_case bigint, on_day date) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((select is_active from people_person where id = who), false) and was_apart_as_reviewer(who, of_case, on_day)
$$;
revoke all on function parts_in(bigint[]), units_that_asked(bigint[]), was_apart_as_reviewer(bigint, bigint, date),
  apart_as_reviewer(bigint, bigint, date) from public;
grant execute on function parts_in(bigint[]), units_that_asked(bigint[]), apart_as_reviewer(bigint, bigint, date) to app;
