-- Pictures are destroyed only once: with a receipt that says what there was, and while no legal hold stands on the whole linked set.
-- A case closes, and its pictures go, only when the time has run, or a rule of the law in force wants them gone. The holds that the house sets itself come from triggers, not from good will.
create function legal_hold_on(of_investigation bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from cases_legalhold h join cases_case c on c.id = h.case_id
                  where c.investigation_id = any (investigation_set(of_investigation))
                    and not exists (select 1 from cases_legalholdlifted x where x.hold_id = h.id))
$$;

create function put_on_hold(of_case bigint, why text, on_document text, by_person bigint, details jsonb) returns bigint language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here cases_case%rowtype;
  made bigint;
begin
  perform lock_investigation((select investigation_id from cases_case where id = of_case), false);
  select * into here from cases_case where id = of_case;  -- after the lock: its pictures may have gone while this waited
  if why = 'order' and here.state = 'DESTROYED' then
    raise exception 'nothing of % is left to be held', here.ref using errcode = 'CS020';
  end if;
  insert into cases_legalhold(case_id, because, document, by_id, entry)
    values (here.id, why, on_document, by_person, ledger_write('set_legal_hold', here.ref, details || jsonb_build_object('because', why)))
    returning id into made;
  return made;
end $$;

-- For triggers on what happens to a person. Each event has a hold of its own: lifted for one, it stands for the other. It is set also where
-- the pictures of this case are gone: those of its siblings are not.
create function hold_by_itself(of_case bigint, why text) returns void language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform put_on_hold(of_case, why, '', null, '{"by": "machine"}');
end $$;

create function holds_the_pictures() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform hold_by_itself(new.case_id, tg_argv[0]);
  return null;
end $$;

create function pictures_of_case(of_case bigint, out pictures integer, out digest text, out keys text[]) language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select count(*)::int, encode(sha256(convert_to(coalesce(string_agg(stored_sha256, '' order by stored_sha256, id), ''), 'UTF8')), 'hex'),
         coalesce(array_agg(distinct key_id), '{}')
    from cases_storedimage where case_id = of_case
$$;

create function cases_a_receipt_says_what_there_was() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare there record;
begin
  select * into there from pictures_of_case(new.case_id);
  if (new.pictures, new.digest, new.keys) is distinct from (there.pictures, there.digest, there.keys) then
    raise exception 'the receipt of case % does not say what there was', new.case_id using errcode = 'CS020';
  end if;
  new.at := house_now();
  return new;
end $$;
create trigger says_what_there_was before insert on cases_destruction for each row execute function cases_a_receipt_says_what_there_was();
alter table cases_destruction enable always trigger says_what_there_was;

-- Before the time of the policy only a rule of the law in force wants pictures gone, and the receipt names it.
create function wanted_gone(since timestamptz, by_rules text[]) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select house_now() >= since + make_interval(days => coalesce(policy_number('days_to_keep'), 365))
      or cardinality(by_rules) > 0 and not exists (
           select 1 from unnest(by_rules) r where not exists (
             select 1 from cases_policy p join cases_proposedpack k on k.proposal_id = p.proposal_id join cases_policytext t on t.digest = k.text_id
              where p.id = policy_in_force() and k.pack = split_part(r, '/', 1)
                and position(format('id="%s"', split_part(r, '/', 2)) in translate(t.text, E'\' \t', '"')) > 0))
$$;

create function cases_time_has_run() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  of_investigation bigint := (select investigation_id from cases_case where id = new.case_id);
  since timestamptz := (select at from cases_move where case_id = new.case_id and id <> new.id order by id desc limit 1);
begin
  if new.act = 'expire' and house_now() < since + make_interval(days => coalesce(policy_number('days_to_close'), 30)) then
    raise exception 'case % ended at %, and the time of the policy has not run', new.case_id, since using errcode = 'CS020';
  elsif new.target = 'DESTROYED' then
    perform lock_investigation(of_investigation, true);
    if legal_hold_on(of_investigation) then
      raise exception 'a legal hold stands on case %', new.case_id using errcode = 'CS020';
    elsif not exists (select 1 from cases_destruction d where d.case_id = new.case_id and d.xid = new.xid) then
      raise exception 'nothing of case % is destroyed without its receipt', new.case_id using errcode = 'CS020';
    elsif not wanted_gone(since, (select rules from cases_destruction d where d.case_id = new.case_id)) then
      raise exception 'case % was closed at %, and the time of the policy has not run', new.case_id, since using errcode = 'CS020';
    end if;
  end if;
  return null;
end $$;
create trigger time_has_run after insert on cases_move
  for each row when (new.act in ('expire', 'destroy')) execute function cases_time_has_run();
alter table cases_move enable always trigger time_has_run;

-- A receipt belongs to its move: at commit one without the other is refused.
create function cases_a_receipt_has_its_move() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select 1 from cases_move m where m.case_id = new.case_id and m.target = 'DESTROYED' and m.xid = new.xid) then
    raise exception 'a receipt of case % without its move', new.case_id using errcode = 'CS002';
  end if;
  return null;
end $$;
create constraint trigger has_its_move after insert on cases_destruction deferrable initially deferred
  for each row execute function cases_a_receipt_has_its_move();
alter table cases_destruction enable always trigger has_its_move;

create function note_keys_destroyed(of_ref text, details jsonb) returns void language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare receipt bigint := (select d.id from cases_destruction d join cases_case c on c.id = d.case_id where c.ref = of_ref and c.state = 'DESTROYED');
begin
  if receipt is null then
    raise exception 'nothing of % was destroyed', of_ref using errcode = 'CS020';
  elsif not exists (select 1 from cases_keysdestroyed where destruction_id = receipt) then
    insert into cases_keysdestroyed(destruction_id, entry) values (receipt, ledger_write('keys_destroyed', of_ref, details));
  end if;
end $$;
revoke all on function legal_hold_on(bigint), put_on_hold(bigint, text, text, bigint, jsonb), hold_by_itself(bigint, text),
  holds_the_pictures(), pictures_of_case(bigint), wanted_gone(timestamptz, text[]),
  cases_a_receipt_says_what_there_was(), cases_time_has_run(), cases_a_receipt_has_its_move(), note_keys_destroyed(text, jsonb) from public;
grant execute on function legal_hold_on(bigint), pictures_of_case(bigint), note_keys_destroyed(text, jsonb) to worker;
grant select on cases_legalhold, cases_legalholdlifted, cases_destruction, cases_keysdestroyed to app, worker, auditor;
grant insert on cases_destruction to worker;

do $$
declare t text;
begin
  foreach t in array array['cases_legalhold', 'cases_legalholdlifted', 'cases_destruction', 'cases_keysdestroyed'] loop
    execute format('create trigger stays_as_it_is before update or delete on %I for each row execute function ledger_frozen()', t);
    execute format('alter table %I enable always trigger stays_as_it_is', t);
  end loop;
end $$;
