-- What a person found is a row and an entry, or neither: at commit, each row that the pages may write has an entry of the same
-- transaction that speaks of its case, lead or item. Whoever writes past the program still leaves a mark in the record.
create function review_no_fact_without_its_entry() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare of_case text := (select ref from cases_case where id = review_case_of(to_jsonb(new)));
begin
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
