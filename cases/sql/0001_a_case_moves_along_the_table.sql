-- A case begins at RECEIVED and moves only along cases_transition, through one of two doors; every move writes its entry.
-- Doors are told apart by EXECUTE alone: person_move for the pages, machine_move for the worker.
create function cases_move(of_ref text, by_act text, to_state text, as_mover text, by_person bigint, details jsonb)
  returns text language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  here cases_case%rowtype;
  seq bigint;
begin
  select * into here from cases_case where ref = of_ref for no key update;
  if not found then
    raise exception 'there is no case %', of_ref using errcode = 'CS007';
  end if;
  if as_mover = 'person' and not exists (select 1 from people_person where id = by_person and is_active) then
    raise exception 'no active person % may move %', by_person, of_ref using errcode = 'CS008';
  end if;
  if not exists (select 1 from cases_transition t where t.act = by_act and t.source = here.state
                    and t.target = to_state and t.mover = as_mover) then
    raise exception 'no % may move % from % to % by %', as_mover, of_ref, here.state, to_state, by_act using errcode = 'CS001';
  end if;
  update cases_case set state = to_state where id = here.id;
  seq := ledger_write(by_act, of_ref, details || jsonb_build_object('from', here.state, 'to', to_state, 'mover', as_mover));
  insert into cases_move(case_id, act, source, target, by_id, told_id, entry)
    values (here.id, by_act, here.state, to_state, by_person, here.requested_by_id, seq);
  return to_state;
end $$;

create function person_move(of_ref text, by_act text, to_state text, by_person bigint, details jsonb) returns text
  language sql security definer set search_path = pg_catalog, public, pg_temp
  as $$ select cases_move(of_ref, by_act, to_state, 'person', by_person, details) $$;

create function machine_move(of_ref text, by_act text, to_state text, details jsonb) returns text
  language sql security definer set search_path = pg_catalog, public, pg_temp
  as $$ select cases_move(of_ref, by_act, to_state, 'machine', null, details) $$;

revoke all on function cases_move(text, text, text, text, bigint, jsonb), person_move(text, text, text, bigint, jsonb),
  machine_move(text, text, text, jsonb) from public;
grant execute on function person_move(text, text, text, bigint, jsonb) to app;
grant execute on function machine_move(text, text, text, jsonb) to worker;
