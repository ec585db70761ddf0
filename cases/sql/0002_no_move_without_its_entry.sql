-- Second wall, for the owner as well: nothing but the state of a case changes, and at commit each change of state that a
-- trigger saw has its own move, written in the same transaction, and each move its own entry.
create function cases_only_the_state_moves() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare moved cases_case%rowtype := old;
begin
  if tg_op = 'DELETE' then
    raise exception 'a case is never deleted' using errcode = 'CS003';
  elsif tg_op = 'INSERT' then
    if new.state <> 'RECEIVED' then
      raise exception 'a case begins at RECEIVED, not at %', new.state using errcode = 'CS001';
    end if;
  else
    moved.state := new.state;
    moved.locked_at := new.locked_at;
    if moved is distinct from new then
      raise exception 'nothing but the state of a case moves' using errcode = 'CS003';
    end if;
  end if;
  return coalesce(new, old);
end $$;
create trigger only_the_state_moves before insert or update or delete on cases_case
  for each row execute function cases_only_the_state_moves();
alter table cases_case enable always trigger only_the_state_moves;

create function cases_note_move() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.state is distinct from old.state then
    insert into cases_moved(case_id, source, target) values (new.id, old.state, new.state);
  end if;
  return null;
end $$;
create trigger note_move after update on cases_case for each row execute function cases_note_move();
alter table cases_case enable always trigger note_move;

create function cases_every_move_has_its_entry() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if (select count(*) from cases_moved m where (m.case_id, m.source, m.target, m.xid) = (new.case_id, new.source, new.target, new.xid))
     <> (select count(*) from cases_move m join ledger_entry e on e.seq = m.entry and e.xid = m.xid and e.kind = m.act
                         join cases_case c on c.id = m.case_id and c.ref = e.subject
          where (m.case_id, m.source, m.target, m.xid) = (new.case_id, new.source, new.target, new.xid)) then
    raise exception 'a move of case % without its own entry', new.case_id using errcode = 'CS002';
  end if;
  return null;
end $$;
create constraint trigger every_move_has_its_entry after insert on cases_moved deferrable initially deferred
  for each row execute function cases_every_move_has_its_entry();
alter table cases_moved enable always trigger every_move_has_its_entry;

create function cases_every_case_has_its_entry() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select 1 from ledger_entry where subject = new.ref and xid = pg_current_xact_id()) then
    raise exception 'case % was opened without an entry', new.ref using errcode = 'CS002';
  end if;
  return null;
end $$;
create constraint trigger every_case_has_its_entry after insert on cases_case deferrable initially deferred
  for each row execute function cases_every_case_has_its_entry();
alter table cases_case enable always trigger every_case_has_its_entry;
revoke all on function cases_only_the_state_moves(), cases_note_move(), cases_every_move_has_its_entry(),
  cases_every_case_has_its_entry() from public;
