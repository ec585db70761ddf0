-- Rows of a file are added, never edited or removed. Of a job only its progress moves.
do $$
declare t text;
begin
  foreach t in array array['cases_investigationlink', 'cases_searchrequest', 'cases_searchground', 'cases_searchresult', 'cases_outsideresult', 'cases_probe',
      'cases_storedimage', 'cases_look', 'cases_gallery', 'cases_gallerysubject', 'cases_gallerythreshold', 'cases_enrolmentrun', 'cases_enrolmentfile',
      'cases_offencereport', 'cases_screening', 'cases_search', 'cases_proberefused', 'cases_candidatelist', 'cases_candidate',
      'cases_sealedscore', 'cases_policy', 'cases_policyproposal', 'cases_policyoffence', 'cases_policynumber', 'cases_policyexculpatory',
      'cases_policytext', 'cases_proposedpack', 'cases_proposedsettlement', 'cases_policystatute', 'cases_policyflag', 'cases_policyperiod', 'cases_policyobligation',
      'cases_obligationmet',
      'cases_move', 'cases_moved', 'cases_refused', 'cases_transition', 'ledger_kind'] loop
    execute format('create trigger stays_as_it_is before update or delete on %I for each row execute function ledger_frozen()', t);
    execute format('alter table %I enable always trigger stays_as_it_is', t);
  end loop;
end $$;

create function cases_only_progress_moves() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a job is never deleted' using errcode = 'CS003';
  elsif (new.id, new.kind, new.key, new.case_id, new.details, new.created_at)
      is distinct from (old.id, old.kind, old.key, old.case_id, old.details, old.created_at) then
    raise exception 'only the progress of a job moves' using errcode = 'CS003';
  elsif old.done_at is not null then
    raise exception 'job % is done' , old.id using errcode = 'CS003';
  end if;
  return new;
end $$;
create trigger only_progress_moves before update or delete on cases_job for each row execute function cases_only_progress_moves();
alter table cases_job enable always trigger only_progress_moves;
revoke all on function cases_only_progress_moves() from public;
