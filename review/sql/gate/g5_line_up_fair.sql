-- G5: for an arrest action no line-up is on file, or an item stands apart now; one held too early counts for nothing.
-- For a line-up itself: its nine fields are on file (Wells et al. 2020).
create or replace function line_up_on_file(of_lead bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
  select exists (select 1 from review_outsidegate where lead_id = any (lead_family(of_lead)) and action = 'line_up')
      or exists (select 1 from review_lineupheld h join review_lineupform f on f.id = h.form_id where f.lead_id = any (lead_family(of_lead)))
      or exists (select 1 from review_evidence e left join review_fixing f on f.item_id = e.id
                   join review_evidencekind k on k.kind in (e.kind, f.kind)
                  where e.lead_id = any (lead_family(of_lead)) and 'line_up' = any (k.traits))
$$;

create or replace function g5_line_up_fair(of_lead bigint) returns text[] language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select case when line_up_on_file(of_lead) and not exists (select 1 from items_weighed(of_lead) w where w.counts)
              then array['line_up_too_early'] else '{}'::text[] end
$$;

create or replace function g5f_line_up_form(of_lead bigint) returns text[] language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((
    select case when btrim(prior_interview) <> '' and btrim(suspicion_in_writing) <> '' and btrim(administrator) <> '' and fillers >= 5
                     and instructions and words_at_once and recorded_on_video and no_repeat and no_show_up
                then '{}'::text[] else array['line_up_form_incomplete'] end
      from review_lineupform where lead_id = of_lead order by id desc limit 1), array['no_line_up_form'])
$$;
revoke all on function line_up_on_file(bigint), g5_line_up_fair(bigint), g5f_line_up_form(bigint) from public;
grant execute on function line_up_on_file(bigint) to app;
