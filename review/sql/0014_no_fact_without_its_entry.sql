-- What a person found is a row and an entry, or neither: at commit, each row that the pages may write has an entry of the same
-- transaction that speaks of its case, lead or item. Whoever writes past the program still leaves a mark in the record.
create function review_no_fact_without_its_entry() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  row_ jsonb := to_jsonb(new);
  of_case text;
begin
  select ref into of_case from cases_case where id = coalesce(
    (row_ ->> 'case_id')::bigint,
    (select case_id from review_lead where id = (row_ ->> 'lead_id')::bigint),
    (select case_id from cases_candidate where id = (row_ ->> 'candidate_id')::bigint),
    (select case_id from review_evidence where id = (row_ ->> 'item_id')::bigint),
    (select case_id from review_custody where id = (row_ ->> 'custody_id')::bigint),
    (select l.case_id from review_lineupform f join review_lead l on l.id = f.lead_id where f.id = (row_ ->> 'form_id')::bigint));
  if not exists (select 1 from ledger_entry where xid = pg_current_xact_id() and kind not in ('look', 'refused')
                    and (subject = of_case or starts_with(subject, of_case || '-'))) then
    raise exception 'a row of % without its entry', tg_table_name using errcode = 'CS002';
  end if;
  return null;
end $$;
do $$
declare t text;
begin
  foreach t in array array['cases_offencereport', 'review_probecheck', 'review_lead', 'review_leadend', 'review_candidateend',
      'review_evidence', 'review_fixing', 'review_statement', 'review_edge', 'review_closing', 'review_holddecision',
      'review_existingwarrant', 'review_rivalweighed', 'review_lineupform', 'review_lineupheld', 'review_papers', 'review_legalview',
      'review_recheck', 'review_release', 'review_outsidegate', 'review_disposition'] loop
    execute format('create constraint trigger no_fact_without_its_entry after insert on %I deferrable initially deferred '
                   'for each row execute function review_no_fact_without_its_entry()', t);
    execute format('alter table %I enable always trigger no_fact_without_its_entry', t);
  end loop;
end $$;
revoke all on function review_no_fact_without_its_entry() from public;
