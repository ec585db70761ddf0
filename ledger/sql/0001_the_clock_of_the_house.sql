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

-- When a row was written is said by the database: a time that comes with it is overwritten, in the column that the trigger names.
create function dated_by_the_house() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  return jsonb_populate_record(new, jsonb_build_object(tg_argv[0], house_now()));
end $$;
revoke all on function dated_by_the_house() from public;

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
