-- G6: every test on the list in force was made, weighed by two or shown impossible; none clears the person; no rival lead is open.
create or replace function rival_leads(of_lead bigint) returns integer language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select count(*)::int from review_lead me join review_lead other on other.case_id = me.case_id and other.id <> me.id
   where me.id = of_lead and not exists (select 1 from review_leadend x where x.lead_id = other.id)
     and not other.candidate_id = any (same_person_candidates(me.candidate_id))
$$;

create or replace function g6_exculpatory_closed(of_lead bigint) returns text[] language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare why text[] := '{}';
begin
  if exists (select 1 from review_evidence e where e.lead_id = of_lead and e.direction = 'exculpatory'
              and not exists (select 1 from review_closing k where k.item_id = e.id)) then
    why := array_append(why, 'exculpatory_open');
  end if;
  if exists (select 1 from cases_policyexculpatory p where p.policy_id = policy_in_force()
              and not exists (select 1 from review_evidence e where e.lead_id = of_lead and e.direction = 'exculpatory'
                               and e.exculpatory_code = p.code)) then
    why := array_append(why, 'exculpatory_untested');
  end if;
  if exists (select 1 from review_evidence e join review_closing k on k.item_id = e.id
              where e.lead_id = of_lead and e.direction = 'exculpatory' and k.how = 'tested_excludes') then
    why := array_append(why, 'exculpatory_holds');
  end if;
  if rival_leads(of_lead) > 0 then why := array_append(why, 'other_lead_open'); end if;
  return why;
end $$;
revoke all on function rival_leads(bigint), g6_exculpatory_closed(bigint) from public;
grant execute on function rival_leads(bigint) to app;
