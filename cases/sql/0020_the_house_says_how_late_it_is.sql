-- How late the house is: since when the oldest entry waits for its place in the log, when jobs were last swept, how far the clock is set
-- ahead, and the wall clock of the database, with which a process compares its own. The worker says that it swept, and nothing else there.
insert into cases_swept("only") values (true);

create function note_sweep() returns void language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  update cases_swept set at = house_now()
$$;

create function house_ages(out entry interval, out sweep interval, out ahead interval, out wall timestamptz) language plpgsql stable
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare ends record;
begin
  ends := ledger_end();
  entry := house_now() - (select e.at from ledger_entry e where (e.xid, e.seq) > (ends.xid, ends.seq) order by e.xid, e.seq limit 1);
  sweep := house_now() - (select at from cases_swept);
  ahead := (select ahead_by from ledger_clock);
  wall := clock_timestamp();
end $$;

revoke all on function note_sweep(), house_ages() from public;
grant execute on function note_sweep() to worker;
grant execute on function house_ages() to app, worker, auditor;
grant select on cases_swept to auditor;
