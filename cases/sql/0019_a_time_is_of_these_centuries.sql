-- What a person or a system gives as a time or a day (``ledger/sql/0001``), and what the pages may change of a case and an investigation.
call takes_these_centuries('cases_probe', 'captured_at');
call takes_these_centuries('cases_outsideresult', 'they_sent_at');
call takes_these_centuries('cases_searchground', 'authority_granted_at');
call takes_these_centuries('cases_searchground', 'authority_ends_at');
call takes_these_centuries('cases_searchground', 'exigent_since');
call takes_these_centuries('cases_case', 'locked_at');  -- means nothing, but whoever reads the row reads it too
call takes_these_centuries('cases_investigation', 'locked_at');
call days_of_these_centuries('cases');
alter table cases_policy add constraint meetings_on_of_these_centuries check ('1900-01-01' <= all (meetings_on) and '2200-01-01' > all (meetings_on)
  and coalesce(array_ndims(meetings_on), 1) = 1 and array_position(meetings_on, null) is null);
