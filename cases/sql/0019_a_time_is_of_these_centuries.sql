-- Whoever reads a row with a time for which Python has no year fails, and no page or machine gets past it (``cases/rules/times.py``).
create procedure takes_these_centuries(t regclass, c name) language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  execute format('alter table %s add constraint %I check (%I >= ''1900-01-01Z'' and %I < ''2200-01-01Z'')', t, c || '_of_these_centuries', c, c);
end $$;
revoke all on procedure takes_these_centuries(regclass, name) from public;

call takes_these_centuries('cases_probe', 'captured_at');
call takes_these_centuries('cases_outsideresult', 'they_sent_at');
call takes_these_centuries('cases_searchground', 'authority_granted_at');
call takes_these_centuries('cases_searchground', 'authority_ends_at');
call takes_these_centuries('cases_searchground', 'exigent_since');
