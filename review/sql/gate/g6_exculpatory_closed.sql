-- G6: every test on the list in force was made, weighed by two or shown impossible; none clears the person; no rival lead is open.
create or replace function rival_leads(of_lead bigint) returns integer language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  with mine as (
    select l.id, l.candidate_id, c.investigation_id, p.image_id, i.original_sha256, l.case_id
      from review_lead l join cases_case c on c.id = l.case_id left join cases_probe p on p.case_id = c.id left join cases_storedimage i on i.id = p.image_id
     where l.id = of_lead
  )
  select count(distinct other.id)::int from mine me
    join cases_case sibling on sibling.investigation_id = any (investigation_set(me.investigation_id))
    join review_lead other on other.case_id = sibling.id and other.id <> me.id
   where (sibling.id = me.case_id
          or exists (select 1 from cases_probe p join cases_storedimage i on i.id = p.image_id
                      where p.case_id = sibling.id and i.original_sha256 = me.original_sha256))
     and not exists (select 1 from review_leadend x where x.lead_id = other.id)
     and not other.candidate_id = any (same_person_candidates(me.candidate_id))
     and not exists (select 1 from review_rivalweighed w where w.lead_id = me.id and w.rival_id = other.id)
$$;

-- What speaks for a person and is on no lead: whom it clears nobody has said yet, so it is asked of every lead of the whole investigation.
create or replace function speaking_on_no_lead(whole bigint[]) returns bigint[] language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select array(select e.id from unnest(whole) w(id) cross join lateral (select c.id from cases_case c where c.investigation_id = w.id) here
                cross join lateral (select x.id, x.direction, x.lead_id from review_evidence x where x.case_id = here.id) e
                where e.lead_id is null and e.direction = 'exculpatory')
$$;

create or replace function g6_exculpatory_closed(of_lead bigint) returns text[] language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  why text[] := '{}';
  family bigint[] := lead_family(of_lead);
  speaking bigint[] := array(select e.id from review_evidence e where e.lead_id = any (family) and e.direction = 'exculpatory')
    || speaking_on_no_lead(investigation_set((select c.investigation_id from review_lead l join cases_case c on c.id = l.case_id where l.id = of_lead)));
begin
  if exists (select 1 from unnest(speaking) x(id) where not exists (select 1 from review_closing k where k.item_id = x.id)) then
    why := array_append(why, 'exculpatory_open');
  end if;
  if exists (select 1 from cases_policyexculpatory p where p.policy_id = policy_in_force()
              and not exists (select 1 from review_evidence e where e.lead_id = any (family) and e.direction = 'exculpatory'
                               and e.exculpatory_code = p.code)) then
    why := array_append(why, 'exculpatory_untested');
  end if;
  if exists (select 1 from review_closing k where k.item_id = any (speaking) and k.how = 'tested_excludes') then
    why := array_append(why, 'exculpatory_holds');
  end if;
  if exists (select 1 from review_leadend where lead_id = of_lead) then why := array_append(why, 'lead_ended'); end if;
  if rival_leads(of_lead) > 0 then why := array_append(why, 'other_lead_open'); end if;
  return why;
end $$;
revoke all on function rival_leads(bigint), speaking_on_no_lead(bigint[]), g6_exculpatory_closed(bigint) from public;
grant execute on function rival_leads(bigint), lead_family(bigint) to app;
