-- G1: found eligible under the policy in force, the case not over, and the offence from the report of crime (by its code, or by the
-- statute that goes with it) on its list now. Between an adoption and the screening under it nothing opens.
create or replace function g1_eligible(of_lead bigint, arrest_like boolean) returns text[] language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here cases_case%rowtype;
  screened cases_screening%rowtype;
  why text[] := '{}';
begin
  select c.* into here from cases_case c join review_lead l on l.case_id = c.id where l.id = of_lead;
  if here.state in ('CLOSED', 'DESTROYED') then why := array_append(why, 'case_over'); end if;
  if policy_in_force() is null then
    why := array_append(why, case when exists (select 1 from cases_policy) then 'policy_ended' else 'no_policy' end);
  end if;
  select s.* into screened from cases_screening s where s.case_id = here.id order by s.id desc limit 1;
  if screened.eligible is not true then why := array_append(why, 'not_screened');
  elsif screened.policy_id <> policy_in_force() then why := array_append(why, 'screening_outdated');
  end if;
  if here.track = 'suspect' and policy_in_force() is not null
     and not exists (select 1 from cases_offencereport r where r.case_id = here.id and offence_listed(r.code, r.statute)) then
    why := array_append(why, 'offence_not_listed');
  end if;
  if here.track <> 'suspect' and arrest_like then why := array_append(why, 'no_arrest_on_this_track'); end if;
  return why;
end $$;
revoke all on function g1_eligible(bigint, boolean) from public;
