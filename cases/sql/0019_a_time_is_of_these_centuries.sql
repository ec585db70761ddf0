-- Whoever reads a row with a time or a day for which Python has no year fails, and no page or machine gets past it; nor does a rule that counts
-- on from the last day there is (``cases/rules/times.py``).
create procedure takes_these_centuries(t regclass, c name) language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  execute format('alter table %s add constraint %I check (%I >= ''1900-01-01Z'' and %I < ''2200-01-01Z'')', t, c || '_of_these_centuries', c, c);
end $$;
create procedure days_of_these_centuries(floor text) language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare t regclass; c name;
begin
  for t, c in select a.attrelid::regclass, a.attname from pg_attribute a join pg_class r on r.oid = a.attrelid
               where r.relkind = 'r' and starts_with(r.relname, floor || '_') and a.attnum > 0 and not a.attisdropped and a.atttypid = 'date'::regtype loop
    call takes_these_centuries(t, c);
  end loop;
end $$;
revoke all on procedure takes_these_centuries(regclass, name), days_of_these_centuries(text) from public;

call takes_these_centuries('cases_probe', 'captured_at');
call takes_these_centuries('cases_outsideresult', 'they_sent_at');
call takes_these_centuries('cases_searchground', 'authority_granted_at');
call takes_these_centuries('cases_searchground', 'authority_ends_at');
call takes_these_centuries('cases_searchground', 'exigent_since');
call takes_these_centuries('cases_case', 'locked_at');  -- means nothing, but whoever reads the row reads it too
call takes_these_centuries('cases_investigation', 'locked_at');
call takes_these_centuries('people_person', 'last_login');
call days_of_these_centuries('cases');
alter table cases_policy add constraint meetings_on_of_these_centuries check ('1900-01-01' <= all (meetings_on) and '2200-01-01' > all (meetings_on)
  and coalesce(array_ndims(meetings_on), 1) = 1 and array_position(meetings_on, null) is null);
