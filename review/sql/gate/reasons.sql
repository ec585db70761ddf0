-- The whole gate: every safeguard that the action demands, all reasons at once. No stored yes is read anywhere.
-- ``plan_cache_mode``, here and where the weighing begins: a planner that sees an array of investigations plans each statement anew each
-- time, which takes longer than all that the gate reads.
create or replace function gate_reasons(of_lead bigint, of_action text) returns text[] language plpgsql stable security definer
  set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  asked review_action%rowtype;
  why text[] := '{}';
begin
  select * into asked from review_action where action = of_action;
  if not found then return array['unknown_action']; end if;
  if 'G1' = any (asked.demands) then why := why || g1_eligible(of_lead, asked.arrest_like); end if;
  if 'G2' = any (asked.demands) then why := why || g2_probe_fit(of_lead, asked.arrest_like); end if;
  if 'G2R' = any (asked.demands) then why := why || g2r_role_shown(of_lead); end if;
  if 'G3' = any (asked.demands) then why := why || g3_reviewers_independent(of_lead); end if;
  if 'G4' = any (asked.demands) then why := why || g4_conclusions_support(of_lead, not 'G6' = any (asked.demands)); end if;
  if 'G5' = any (asked.demands) then why := why || g5_line_up_fair(of_lead); end if;
  if 'G5F' = any (asked.demands) then why := why || g5f_line_up_form(of_lead); end if;
  if 'G6' = any (asked.demands) then why := why || g6_exculpatory_closed(of_lead); end if;
  if 'G7' = any (asked.demands) then why := why || g7_stands_apart(of_lead, of_action); end if;
  if 'G7W' = any (asked.demands) then why := why || g7w_warrant_and_identity(of_lead); end if;
  if 'G8' = any (asked.demands) then why := why || g8_disclosed(of_lead, of_action); end if;
  if 'GL' = any (asked.demands) then why := why || gl_legal_adviser_agrees(of_lead, of_action); end if;
  if 'G10' = any (asked.demands) then why := why || g10_custody_rechecked(of_lead); end if;
  return why;
end $$;
revoke all on function gate_reasons(bigint, text) from public;
grant execute on function gate_reasons(bigint, text), items_weighed(bigint) to app, auditor;
