-- The application never chooses the time: house_now() does, and only the owner can set it apart from the wall clock.
-- (plpgsql, because the tables whose defaults call it are created after it.)
create function house_now() returns timestamptz language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  return clock_timestamp() + coalesce((select ahead_by from ledger_clock), interval '0');
end $$;
revoke all on function house_now() from public;
grant execute on function house_now() to app, intake, worker, auditor;

-- The day on which roles and training are asked: in UTC, whatever time zone a session has set for itself.
create function house_today() returns date language sql volatile security definer set search_path = pg_catalog, public, pg_temp
  as $$ select (house_now() at time zone 'UTC')::date $$;
revoke all on function house_today() from public;
