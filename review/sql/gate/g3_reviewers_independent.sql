-- G3: at least two, different, apart in the whole investigation, trained on the day they concluded.
create or replace function apart_when_concluding(of_conclusion bigint) returns boolean language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from review_conclusion c join cases_candidate k on k.id = c.candidate_id
                   join review_drawn d on d.case_id = k.case_id and d.reviewer_id = c.by_id
                  where c.id = of_conclusion and apart_as_reviewer(c.by_id, k.case_id, (c.at at time zone 'UTC')::date))
$$;

create or replace function g3_reviewers_independent(of_lead bigint) returns text[] language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  why text[] := '{}';
  of_candidate bigint := (select candidate_id from review_lead where id = of_lead);
begin
  if (select count(distinct by_id) from review_conclusion c where c.candidate_id = of_candidate and apart_when_concluding(c.id))
     < greatest(2, coalesce(policy_number('reviewers'), 2)) then
    why := array_append(why, 'too_few_reviewers');
  end if;
  if exists (select 1 from review_conclusion c where c.candidate_id = of_candidate and not apart_when_concluding(c.id)) then
    why := array_append(why, 'reviewer_not_apart');
  end if;
  return why;
end $$;
revoke all on function apart_when_concluding(bigint), g3_reviewers_independent(bigint) from public;
grant execute on function apart_when_concluding(bigint) to app;
