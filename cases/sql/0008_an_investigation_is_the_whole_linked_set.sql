-- Questions and locks take every investigation that is linked, however indirectly; or that was linked before a moment.
create function investigation_set(of_investigation bigint, moment timestamptz default 'infinity') returns bigint[] language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  with recursive whole(id) as (
    values (of_investigation)
    union
    select case when l.one_id = w.id then l.other_id else l.one_id end
      from whole w join cases_investigationlink l on w.id in (l.one_id, l.other_id) and l.linked_at < moment
  ) select array_agg(id order by id) from whole
$$;

create function investigation_sets(of_investigations bigint[]) returns bigint[] language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
  if cardinality(of_investigations) = 1 then return investigation_set(of_investigations[1]); end if;
  return array(select distinct x from unnest(of_investigations) one, unnest(investigation_set(one)) x order by x);
end $$;

-- The one place that takes the rows, from the lowest. Whoever waited for a link holds what was one before it: he lets go of it, which only a
-- block of its own can, and begins again from the lowest with all that is one now; else he waits, out of order, for whoever waits for him.
-- What this transaction opened itself, and nobody sees yet, is its own already: so results that come in batches need no block.
create function lock_sets(of_investigations bigint[], alone boolean) returns void language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare whole bigint[];
begin
  loop
    whole := investigation_sets(of_investigations);
    if cardinality(whole) = 1
       and exists (select 1 from cases_investigation where id = whole[1] and xmin = pg_current_xact_id_if_assigned()::xid) then
      return;
    end if;
    begin
      if alone then
        perform 1 from cases_investigation where id = any (whole) order by id for update;
      else
        perform 1 from cases_investigation where id = any (whole) order by id for share;
      end if;
      if whole = investigation_sets(of_investigations) then return; end if;
      raise exception 'linked meanwhile' using errcode = 'CS099';
    exception when sqlstate 'CS099' then null;  -- what it took is free again
    end;
  end loop;
end $$;

-- Everything the gate reads is written under the investigation's lock, also by raw SQL: shared by writers, held alone by countersign.
-- Whoever holds it alone must see what was committed before he got it; a transaction that reads from an older picture is refused.
create function lock_investigation(of_investigation bigint, alone boolean) returns void language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if alone and current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'the gate is asked about what is committed now, not %', current_setting('transaction_isolation') using errcode = 'CS012';
  end if;
  perform lock_sets(array[of_investigation], alone);
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
create function lock_investigations(to_link bigint[]) returns void language sql security definer set search_path = pg_catalog, public, pg_temp
  as $$ select lock_sets(to_link, true) $$;

create function cases_links_lock_both() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  perform lock_investigations(array[new.one_id, new.other_id]);
  return new;
end $$;
create trigger under_the_lock before insert on cases_investigationlink for each row execute function cases_links_lock_both();
revoke all on function investigation_set(bigint, timestamptz), investigation_sets(bigint[]), lock_sets(bigint[], boolean), lock_investigation(bigint, boolean),
  lock_investigations(bigint[]), cases_under_the_lock(), cases_links_lock_both() from public;
grant execute on function investigation_set(bigint, timestamptz), lock_investigation(bigint, boolean) to app, worker;
grant execute on function lock_investigations(bigint[]) to worker;
