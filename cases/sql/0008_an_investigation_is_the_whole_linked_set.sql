-- Questions and locks take every investigation that is linked, however indirectly.
create function investigation_set(of_investigation bigint) returns bigint[] language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  with recursive whole(id) as (
    values (of_investigation)
    union
    select case when l.one_id = w.id then l.other_id else l.one_id end
      from whole w join cases_investigationlink l on w.id in (l.one_id, l.other_id)
  ) select array_agg(id order by id) from whole
$$;

-- Everything the gate reads is written under the investigation's lock, also by raw SQL: shared by writers, held alone by countersign.
-- Whoever holds it alone must see what was committed before he got it; a transaction that reads from an older picture is refused.
create function lock_investigation(of_investigation bigint, alone boolean) returns void language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare whole bigint[];
begin
  if alone and current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'the gate is asked about what is committed now, not %', current_setting('transaction_isolation') using errcode = 'CS012';
  elsif alone then
    loop  -- whoever waited for a link takes what was linked too
      whole := investigation_set(of_investigation);
      perform 1 from cases_investigation where id = any (whole) order by id for update;
      exit when whole = investigation_set(of_investigation);
    end loop;
  else
    perform 1 from cases_investigation where id = any (investigation_set(of_investigation)) order by id for share;
  end if;
end $$;

create function cases_under_the_lock() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  perform lock_investigation((select investigation_id from cases_case where id = new.case_id), false);
  return new;
end $$;
create trigger under_the_lock before insert on cases_offencereport for each row execute function cases_under_the_lock();
create trigger under_the_lock before insert on cases_screening for each row execute function cases_under_the_lock();
create trigger under_the_lock before insert on cases_candidatelist for each row execute function cases_under_the_lock();

-- Whoever links takes all that will be one, at once: a second link of his then waits for nobody who waits for the first.
create function lock_investigations(to_link bigint[]) returns void language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  perform 1 from cases_investigation where id in (select unnest(investigation_set(one)) from unnest(to_link) one) order by id for update;
end $$;

create function cases_links_lock_both() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  perform lock_investigations(array[new.one_id, new.other_id]);
  return new;
end $$;
create trigger under_the_lock before insert on cases_investigationlink for each row execute function cases_links_lock_both();
revoke all on function investigation_set(bigint), lock_investigation(bigint, boolean), lock_investigations(bigint[]), cases_under_the_lock(),
  cases_links_lock_both() from public;
grant execute on function investigation_set(bigint), lock_investigation(bigint, boolean) to app, worker;
grant execute on function lock_investigations(bigint[]) to worker;
