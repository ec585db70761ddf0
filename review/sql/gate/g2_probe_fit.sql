-- G2 and G2R: graded by somebody who had seen no candidate, a grade that the policy accepts; and something other than the face
-- shows the person's part.
create or replace function g2_probe_fit(of_lead bigint, arrest_like boolean) returns text[] language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  done review_probecheck%rowtype;
  why text[] := '{}';
begin
  select p.* into done from review_probecheck p join review_lead l on l.case_id = p.case_id where l.id = of_lead;
  if done.id is null then return array['probe_not_checked']; end if;
  if done.grade = 'unfit' then why := array_append(why, 'probe_unfit'); end if;
  if done.grade = 'limited' and arrest_like and coalesce(policy_number('limited_probe_accepted'), 1) = 0 then
    why := array_append(why, 'probe_only_limited');
  end if;
  if saw_candidates(done.by_id, done.case_id, done.at) then why := array_append(why, 'checker_saw_candidates'); end if;
  return why;
end $$;

create or replace function g2r_role_shown(of_lead bigint) returns text[] language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select case when exists (select 1 from review_probecheck p join review_lead l on l.case_id = p.case_id
                            where l.id = of_lead and btrim(p.role_shown_by) <> '') then '{}'::text[] else array['role_not_shown'] end
$$;
revoke all on function g2_probe_fit(bigint, boolean), g2r_role_shown(bigint) from public;
