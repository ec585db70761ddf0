-- G3: at least two, different, apart in the whole investigation, trained on the day they concluded. Who stepped back was not apart.
create or replace function apart_when_concluding(of_conclusion bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from review_conclusion c join cases_candidate k on k.id = c.candidate_id
                   join review_drawn d on d.case_id = k.case_id and d.reviewer_id = c.by_id
                  where c.id = of_conclusion and not exists (select 1 from review_recusal r where r.drawn_id = d.id)
                    and was_apart_as_reviewer(c.by_id, k.case_id, (c.at at time zone 'UTC')::date, c.at))
$$;

create or replace function g3_reviewers_independent(of_lead bigint) returns text[] language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  why text[] := '{}';
  apart integer;
  one_is_not boolean;
begin
  select count(distinct c.by_id) filter (where c.apart), coalesce(bool_or(not c.apart), false) into apart, one_is_not
    from (select o.by_id, apart_when_concluding(o.id) as apart from review_conclusion o join review_lead l on l.candidate_id = o.candidate_id
           where l.id = of_lead) c;
  if apart < greatest(2, coalesce(policy_number('reviewers'), 2)) then why := array_append(why, 'too_few_reviewers'); end if;
  if one_is_not then why := array_append(why, 'reviewer_not_apart'); end if;
  return why;
end $$;
revoke all on function apart_when_concluding(bigint), g3_reviewers_independent(bigint) from public;
grant execute on function apart_when_concluding(bigint) to app;
