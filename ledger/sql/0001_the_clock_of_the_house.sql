-- The application never chooses the time: house_now() does, and only the owner can set it apart from the wall clock.
-- It never goes back behind the newest entry: where the wall clock was set back, it stands still until that has caught up, so that what is
-- written later is never dated before what it comes after. Behind an entry that is more than a day ahead it goes back all the same
-- (somebody had set the clock by far too much), and /readyz says so.
-- (plpgsql, because the tables whose defaults call it are created after it.)
create function house_now() returns timestamptz language plpgsql volatile security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  ticks timestamptz;
  newest timestamptz;
begin
  select clock_timestamp() + coalesce((select ahead_by from ledger_clock), interval '0'), (select at from ledger_entry order by seq desc limit 1)
    into ticks, newest;  -- in one question, because every row that is written asks
  if newest >= ticks and newest < ticks + interval '1 day' then
    return newest + interval '1 microsecond';
  end if;
  return ticks;
end $$;
revoke all on function house_now() from public;
grant execute on function house_now() to app, intake, worker, auditor;

-- The day on which roles and training are asked: in UTC, whatever time zone a session has set for itself.
create function house_today() returns date language sql volatile security definer set search_path = pg_catalog, public, pg_temp
  as $$ select (house_now() at time zone 'UTC')::date $$;
revoke all on function house_today() from public;
