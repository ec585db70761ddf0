-- G10: the newest re-check in custody says the same person. GL: a legal adviser has agreed to the action.
create or replace function g10_custody_rechecked(of_lead bigint) returns text[] language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select case coalesce((select r.outcome from review_recheck r join review_custody c on c.id = r.custody_id
                         where c.lead_id = any (lead_family(of_lead)) and r.outcome <> 'not_possible' order by r.id desc limit 1), '')
           when 'same_person' then '{}'::text[] when 'other_person' then array['recheck_failed'] else array['recheck_not_made'] end
$$;

create or replace function gl_legal_adviser_agrees(of_lead bigint, of_action text) returns text[] language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select case (select agrees from review_legalview where lead_id = of_lead and action = of_action order by id desc limit 1)
           when true then '{}'::text[] when false then array['legal_view_against'] else array['legal_view_awaited'] end
$$;
revoke all on function g10_custody_rechecked(bigint), gl_legal_adviser_agrees(bigint, text) from public;
