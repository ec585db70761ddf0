-- A certificate alone unlocks nothing: who reviews has answered enough known cases within a year, and so few false supports among the
-- strangers that the one-sided 95 % upper bound of his rate is at most 10 % (equal to people/measuring.py). Trials stay as they are.
grant select on people_trial to app, auditor;
create trigger stays_as_it_is before update or delete on people_trial for each row execute function ledger_frozen();
alter table people_trial enable always trigger stays_as_it_is;

-- The bound is at most the limit exactly where so few errors have a chance of at most 5 % at the limit. Summed in logarithms.
create function shown_below(errors bigint, trials bigint, below double precision) returns boolean language plpgsql immutable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  term double precision := trials * ln(1 - below);
  tail double precision := 0;
begin
  if errors >= trials then return false; end if;
  for k in 0 .. errors loop
    if term > -700 then tail := tail + exp(term); end if;
    term := term + ln((trials - k)::double precision / (k + 1)) + ln(below) - ln(1 - below);
  end loop;
  return tail <= 0.05;
end $$;

create function person_admitted(who bigint, on_day date) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select strangers >= 60 and mates >= 40 and shown_below(supported, strangers, 0.10)
    from (select count(*) filter (where not mated) as strangers, count(*) filter (where mated) as mates,
                 count(*) filter (where not mated and answer = 'supports') as supported
            from people_trial where person_id = who
             and (answered_at at time zone 'UTC')::date between on_day - 365 and on_day) counted
$$;
revoke all on function shown_below(bigint, bigint, double precision), person_admitted(bigint, date) from public;
grant execute on function person_admitted(bigint, date) to app, auditor;
