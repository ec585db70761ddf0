-- G5: for an arrest action no line-up is on file, or an item stands apart now. One held too early counts for nothing.
create or replace function g5_line_up_fair(of_lead bigint) returns text[] language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select case when (exists (select 1 from review_outsidegate where lead_id = of_lead and action = 'line_up')
                    or exists (select 1 from review_evidence e left join review_fixing f on f.item_id = e.id
                                where e.lead_id = of_lead and 'photo_lineup_identification' in (e.kind, f.kind)))
                   and not exists (select 1 from items_weighed(of_lead) w where w.counts)
              then array['line_up_too_early'] else '{}'::text[] end
$$;
revoke all on function g5_line_up_fair(bigint) from public;
