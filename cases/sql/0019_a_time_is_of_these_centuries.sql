-- Whoever reads a row with a time for which Python has no year fails, and no page or machine gets past it (``cases/rules/times.py``).
do $$
declare t text; c text;
begin
  for t, c in values ('cases_probe', 'captured_at'), ('cases_outsideresult', 'they_sent_at'), ('cases_searchground', 'authority_granted_at'),
      ('cases_searchground', 'authority_ends_at'), ('cases_searchground', 'exigent_since') loop
    execute format('alter table %I add constraint %I check (%I >= ''1900-01-01Z'' and %I < ''2200-01-01Z'')', t, c || '_of_these_centuries', c, c);
  end loop;
end $$;
