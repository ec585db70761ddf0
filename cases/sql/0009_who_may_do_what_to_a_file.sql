-- The grants of this floor, login by login. What is not here is not allowed.
grant select on cases_investigation, cases_investigationlink, cases_case, cases_searchrequest, cases_searchground, cases_searchresult, cases_outsideresult,
  cases_probe, cases_storedimage, cases_look, cases_gallery, cases_gallerysubject, cases_gallerythreshold, cases_enrolmentrun,
  cases_enrolmentfile,  cases_offencereport, cases_screening, cases_search, cases_proberefused, cases_candidatelist, cases_candidate, cases_job,
  cases_policy, cases_policyproposal, cases_policyoffence, cases_policynumber, cases_policyexculpatory,
  cases_policytext, cases_proposedpack, cases_proposedsettlement, cases_policystatute, cases_policyflag, cases_policyperiod, cases_policyobligation,
  cases_obligationmet,
  cases_move, cases_moved, cases_refused, cases_transition to app, worker, auditor;
grant select (id, agency_id, name, active_until) on cases_sourcesystem to app, worker, auditor;
grant select on cases_sealedscore to auditor;

-- SELECT ... FOR UPDATE and FOR SHARE need one column that may be updated; this one means nothing.
grant update (locked_at) on cases_case, cases_investigation to app, worker;

grant insert on cases_policytext to app;
grant insert on cases_proberefused, cases_investigationlink, cases_gallerysubject, cases_storedimage, cases_enrolmentrun, cases_enrolmentfile to worker;
grant update (not_before, told_at, attempts, last_error, done_at, given_up_at) on cases_job to worker;

-- Every column but the number: whoever takes the next numbers keeps everybody else from writing.
do $$
declare t text; logins text;
begin
  for t, logins in values ('cases_policyproposal', 'app'), ('cases_proposedpack', 'app'), ('cases_proposedsettlement', 'app'), ('cases_job', 'worker') loop
    execute format('grant insert (%s) on %I to %s', (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
                     where attrelid = t::regclass and attnum > 0 and not attisdropped and attidentity = ''), t, logins);
  end loop;
end $$;
