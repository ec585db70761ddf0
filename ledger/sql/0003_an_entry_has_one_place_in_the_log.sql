-- The log is made here and signed elsewhere: which entry stands where, and every tile, follow from committed entries alone. No login can
-- choose a place, change one, leave an entry out, or have a root signed that is not the one of these entries.
create trigger leaves_stay_as_they_are before update or delete on ledger_leaf for each row execute function ledger_frozen();
alter table ledger_leaf enable always trigger leaves_stay_as_they_are;
create trigger tiles_stay_as_they_are before update or delete on ledger_tile for each row execute function ledger_frozen();
alter table ledger_tile enable always trigger tiles_stay_as_they_are;
create trigger checkpoints_stay_as_they_are before update or delete on ledger_checkpoint for each row execute function ledger_frozen();
alter table ledger_checkpoint enable always trigger checkpoints_stay_as_they_are;
create trigger log_keys_stay_as_they_are before update or delete on ledger_logkey for each row execute function ledger_frozen();
alter table ledger_logkey enable always trigger log_keys_stay_as_they_are;

-- RFC 6962: the root over hashes whose number is a power of two.
create function ledger_root_over(hashes bytea) returns bytea language plpgsql immutable strict set search_path = pg_catalog, public, pg_temp as $$
declare level bytea := hashes;
begin
  while octet_length(level) > 32 loop
    level := (select string_agg(sha256('\x01'::bytea || substr(level, n * 64 + 1, 64)), ''::bytea order by n)
                from generate_series(0, octet_length(level) / 64 - 1) n);
  end loop;
  return level;
end $$;
revoke all on function ledger_root_over(bytea) from public;

-- The first hashes of a tile, full or not; null where there are not so many.
create function ledger_tile_hashes(of_level integer, of_number bigint, wide integer) returns bytea language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  first bigint := of_number * 256;
  found bytea := (select substr(hashes, 1, wide * 32) from ledger_tile where level = of_level and number = of_number);
begin
  if found is null and of_level = 0 then
    found := (select string_agg(e.leaf, ''::bytea order by l.index) from ledger_leaf l join ledger_entry e on e.seq = l.entry_id
               where l.index between first and first + wide - 1);
  elsif found is null then
    found := (select string_agg(root, ''::bytea order by number) from ledger_tile
               where level = of_level - 1 and number between first and first + wide - 1);
  end if;
  return case when octet_length(found) = wide * 32 then found end;
end $$;
revoke all on function ledger_tile_hashes(integer, bigint, integer) from public;
grant execute on function ledger_tile_hashes(integer, bigint, integer) to app, worker, auditor;

-- The root of the log at a size, folded from its complete subtrees, the smallest first.
create function ledger_root_at(of_size bigint) returns bytea language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare root bytea; part bytea; whole bigint; first bigint;
begin
  for height in 0..62 loop
    continue when of_size & (1::bigint << height) = 0;
    whole := of_size >> (8 * (height / 8));                       -- hashes on the level of tiles on which this subtree stands
    first := whole & ~((1::bigint << (height % 8 + 1)) - 1);
    part := ledger_root_over(substr(ledger_tile_hashes(height / 8, first / 256, (whole % 256)::integer),
                                    (first % 256)::integer * 32 + 1, 32 * (1 << (height % 8))));
    root := case when root is null then part else sha256('\x01'::bytea || part || root) end;
  end loop;
  return coalesce(root, sha256(''));
end $$;
revoke all on function ledger_root_at(bigint) from public;

-- Where the log ends: the entry at its last place. Numbers commit out of order, so the order is (xid, seq).
create function ledger_end(out next bigint, out xid xid8, out seq bigint) language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(max(l.index) + 1, 0), coalesce(max(e.xid), '0'::xid8), coalesce(max(e.seq), 0)
    from (select index, entry_id from ledger_leaf order by index desc limit 1) l join ledger_entry e on e.seq = l.entry_id
$$;
revoke all on function ledger_end() from public;

-- Gives committed entries their places, and writes the tiles that became full. An entry waits while an older transaction can still commit
-- one that belongs before it. Says how long the log is, and since when the next entry waits; nothing where another sequencer is at work.
create function ledger_sequence(at_most integer) returns table (size bigint, waiting_since timestamptz) language plpgsql rows 1 security definer
  set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare ends record; level_ integer; wide bigint; tile bigint; bytes bytea;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'the log goes on from what is committed now' using errcode = 'CS012';
  end if;
  if not pg_try_advisory_xact_lock(hashtext('ledger_sequence')) then
    return;
  end if;
  ends := ledger_end();
  insert into ledger_leaf(index, entry_id)
    select ends.next + row_number() over (order by w.xid, w.seq) - 1, w.seq
      from (select e.xid, e.seq from ledger_entry e
             where (e.xid, e.seq) > (ends.xid, ends.seq) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
             order by e.xid, e.seq limit least(greatest(at_most, 1), 20000)) w;
  ends := ledger_end();
  for level_ in 0..6 loop
    wide := ends.next >> (8 * level_);
    exit when wide < 256;
    for tile in select generate_series((select coalesce(max(number) + 1, 0) from ledger_tile where level = level_), wide / 256 - 1) loop
      bytes := ledger_tile_hashes(level_, tile, 256);
      insert into ledger_tile(level, number, hashes, root) values (level_, tile, bytes, ledger_root_over(bytes));
    end loop;
  end loop;
  return query select ends.next, (select e.at from ledger_entry e where (e.xid, e.seq) > (ends.xid, ends.seq) order by e.xid, e.seq limit 1);
end $$;
revoke all on function ledger_sequence(integer) from public;
grant execute on function ledger_sequence(integer) to worker;

-- A checkpoint is stored if it says what is so, under the name of the log's key, and the log only grows. False where a later one stands.
create function ledger_sign(note text) returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  lines text[] := string_to_array(note, E'\n');
  of_size bigint;
  root bytea;
begin
  if lines[1] is distinct from (select split_part(vkey, '+', 1) from ledger_logkey where what = 'log')
     or lines[2] !~ '^(0|[1-9][0-9]{0,17})$' or lines[4] is distinct from '' or lines[5] is null or lines[5] not like '— ' || lines[1] || ' %' then
    raise exception 'this is no checkpoint of this log' using errcode = 'CS006';
  end if;
  perform pg_advisory_xact_lock(hashtext('ledger_sign'));
  of_size := lines[2];
  if of_size > (select next from ledger_end()) then
    raise exception 'the log has no % entries', of_size using errcode = 'CS006';
  end if;
  root := ledger_root_at(of_size);
  if lines[3] is distinct from encode(root, 'base64') then
    raise exception 'the log of % entries has another root', of_size using errcode = 'CS006';
  end if;
  if exists (select 1 from ledger_checkpoint c where c.size >= of_size) then
    return false;
  end if;
  insert into ledger_checkpoint(size, root, note) values (of_size, root, note);
  return true;
end $$;
revoke all on function ledger_sign(text) from public;
grant execute on function ledger_sign(text) to worker;

-- The first key that is told stays; whoever comes later is told which it is.
create function ledger_register_key(of_what text, of_key_id text, of_vkey text) returns text language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare kept text;
begin
  insert into ledger_logkey(what, key_id, vkey) values (of_what, of_key_id, of_vkey) on conflict do nothing returning key_id into kept;
  if kept is not null then
    perform ledger_write('register_log_key', 'house', jsonb_build_object('by', 'machine', 'what', of_what, 'vkey', of_vkey));
  end if;
  return (select key_id from ledger_logkey where what = of_what);
end $$;
revoke all on function ledger_register_key(text, text, text) from public;
grant execute on function ledger_register_key(text, text, text) to worker;

-- An entry that waits too long is an alarm, once, which names the session that holds the log back. One that only has to wait for the next step
-- of a sequencer that was away is none.
create function ledger_stalled(longer_than interval) returns text language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare ends record; waits ledger_entry; held text[];
begin
  ends := ledger_end();
  select * into waits from ledger_entry e where (e.xid, e.seq) > (ends.xid, ends.seq) order by e.xid, e.seq limit 1;
  if waits.seq is null or waits.at > house_now() - longer_than or waits.xid < pg_snapshot_xmin(pg_current_snapshot())
     or exists (select 1 from ledger_entry e where (e.xid, e.seq) > (ends.xid, ends.seq) and e.kind = 'log_stalled') then
    return null;
  end if;
  held := array(select format('process %s of %s (%s) in database %s, transaction %s', pid, usename, coalesce(nullif(application_name, ''), 'no name'),
                              datname, backend_xid)
                  from pg_stat_activity where pid <> pg_backend_pid()
                   and backend_xid = ((pg_snapshot_xmin(pg_current_snapshot())::text::numeric % 4294967296)::text)::xid)
          || array(select format('prepared transaction %s of %s in database %s', gid, owner, database) from pg_prepared_xacts);
  perform ledger_write('log_stalled', 'house', jsonb_build_object('by', 'machine', 'held_by', held, 'waiting_since', waits.at));
  return coalesce(nullif(array_to_string(held, '; '), ''), 'no session of this server; was the database restored from a dump?');
end $$;
revoke all on function ledger_stalled(interval) from public;
grant execute on function ledger_stalled(interval) to worker;

grant select on ledger_leaf, ledger_tile, ledger_checkpoint, ledger_logkey to app, worker, auditor;
