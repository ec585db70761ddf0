-- Each entry keeps the exact bytes that were hashed; the database composes them, so no caller can date or misname one.
create function ledger_frozen() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception '% rows stay as they are', tg_table_name using errcode = 'CS003',
    hint = 'What comes after is a new row.';
end $$;
revoke all on function ledger_frozen() from public;

create trigger entries_stay_as_they_are before update or delete on ledger_entry
  for each row execute function ledger_frozen();
alter table ledger_entry enable always trigger entries_stay_as_they_are;

-- The inner writer: no login may call it, only functions of the owner.
create function ledger_write(of_kind text, of_subject text, details jsonb) returns bigint language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  now_ timestamptz := house_now();
  bytes bytea := convert_to((details || jsonb_build_object('kind', of_kind, 'subject', of_subject,
      'at', to_char(now_ at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))::text, 'UTF8');
  new_seq bigint;
begin
  if details ?| array['kind', 'subject', 'at'] then
    raise exception 'kind, subject and time of an entry are not given with its details' using errcode = 'CS006';
  end if;
  if octet_length(bytes) > 65535 then
    raise exception 'an entry of % bytes is too long (at most 65535)', octet_length(bytes) using errcode = 'CS006';
  end if;
  -- A dump restored into another cluster: transactions are numbered anew there, and what is written would stand behind what has its place.
  -- (The end of the log, as ledger_end says it; asked here for one thing alone, because every entry asks.)
  if exists (select 1 from (select entry_id from ledger_leaf order by index desc limit 1) l join ledger_entry e on e.seq = l.entry_id
              where e.xid >= pg_current_xact_id()) then
    raise exception 'the log has transactions that this server has not reached; nothing is written: restore a physical copy, not a dump' using errcode = 'CS012';
  end if;
  insert into ledger_entry(at, kind, subject, body, leaf)
    values (now_, of_kind, of_subject, bytes, sha256('\x00'::bytea || bytes)) returning seq into new_seq;
  return new_seq;
end $$;
revoke all on function ledger_write(text, text, jsonb) from public;

-- The open door: refuses kinds that only the function which does the thing may write.
create function ledger_append(of_kind text, of_subject text, details jsonb) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare closed boolean;
begin
  select function_only into closed from ledger_kind where kind = of_kind;
  if closed is null then
    raise exception 'there is no kind of entry called %', of_kind using errcode = 'CS004';
  elsif closed then
    raise exception 'an entry of kind % is written only by the function that does it', of_kind using errcode = 'CS005';
  end if;
  return ledger_write(of_kind, of_subject, details);
end $$;
revoke all on function ledger_append(text, text, jsonb) from public;
grant execute on function ledger_append(text, text, jsonb) to app, worker;
grant select on ledger_entry, ledger_kind to app, worker, auditor;
grant select on ledger_clock to app, intake, worker, auditor;
