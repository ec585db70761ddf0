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

-- A lead may be the wrong person, and so may whoever a case is about that was closed in dispute: neither is irrelevant.
create function kept_as_a_lead(of_case bigint) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from cases_move where case_id = of_case and (target = 'LEAD' or (source, target) = ('DISPUTED', 'CLOSED')))
$$;

-- What the rules of the law in force say of the pictures of a case as it stands: which rule wants them kept, or gone, and whether its time is over.
create function periods_of_case(of_case bigint, out rule text, out wants text, out over boolean) returns setof record language sql rows 5 stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select p.rule, p.wants, house_now() >= case p.since when 'received' then c.received_at else m.closed_at end
                                           + make_interval(hours => 24 * (p.days + (p.wants = 'gone')::int))
    from cases_case c
    left join cases_searchground g on g.case_id = c.id
    left join lateral (select max(at) as closed_at from cases_move where case_id = c.id and target = 'CLOSED') m on true
    cross join lateral (select coalesce(nullif(g.purpose, ''), case c.track when 'victim_or_witness' then 'victim'
                               when 'unidentified' then 'cannot_say_who_they_are' else c.track end) as purpose) w
    join cases_policyperiod p on p.policy_id = policy_in_force()
   where c.id = of_case and (p.only_purposes is null or w.purpose = any (p.only_purposes))
     and (p.except_purposes is null or w.purpose <> all (p.except_purposes))
     and (p.only_channels is null or g.channel is null or g.channel = any (p.only_channels))
     and (p.outcome = 'always' or p.outcome = 'irrelevant' and not kept_as_a_lead(c.id) or p.outcome = 'refused' and g.authority_refused)
$$;

create function cases_time_has_run() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  of_investigation bigint := (select investigation_id from cases_case where id = new.case_id);
  since timestamptz := (select at from cases_move where case_id = new.case_id and id <> new.id order by id desc limit 1);
  receipt cases_destruction%rowtype;
  said jsonb := (select convert_from(body, 'UTF8') from ledger_entry where seq = new.entry);
  untrue text;
begin
  if new.act = 'expire' and house_now() < since + make_interval(days => coalesce(policy_number('days_to_close'), 30)) then
    raise exception 'case % ended at %, and the time of the policy has not run', new.case_id, since using errcode = 'CS020';
  elsif new.target = 'DESTROYED' then
    perform lock_investigation(of_investigation, true);
    if legal_hold_on(of_investigation) then
      raise exception 'a legal hold stands on case %', new.case_id using errcode = 'CS020';
    end if;
    select * into receipt from cases_destruction d where d.case_id = new.case_id and d.xid = new.xid;
    select coalesce(r, 'without a name') into untrue from unnest(receipt.rules) r
     where not exists (select 1 from periods_of_case(new.case_id) p where p.rule = r and p.wants = 'gone' and p.over) limit 1;
    if receipt.id is null then
      raise exception 'nothing of case % is destroyed without its receipt', new.case_id using errcode = 'CS020';
    elsif untrue is not null then
      raise exception 'no rule % of the law in force wants the pictures of case % gone by now', untrue, new.case_id using errcode = 'CS020';
    elsif cardinality(receipt.rules) = 0 and house_now() < since + make_interval(days => coalesce(policy_number('days_to_keep'), 365)) then
      raise exception 'case % was closed at %, and the time of the policy has not run', new.case_id, since using errcode = 'CS020';
    elsif exists (select 1 from periods_of_case(new.case_id) p where p.wants = 'kept' and not p.over) then
      raise exception 'a rule of the law in force keeps the pictures of case %', new.case_id using errcode = 'CS020';
    elsif (said -> 'pictures', said -> 'digest', said -> 'rules')
          is distinct from (to_jsonb(receipt.pictures), to_jsonb(receipt.digest), to_jsonb(receipt.rules)) then
      raise exception 'the entry of case % does not say what its receipt says', new.case_id using errcode = 'CS020';
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

-- What lies in the keystore only the worker sees; whether it may be said at all, and of how many keys, the receipts say.
create function note_keys_destroyed(of_ref text, details jsonb) returns void language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare receipt cases_destruction%rowtype;
begin
  select d.* into receipt from cases_destruction d join cases_case c on c.id = d.case_id where c.ref = of_ref and c.state = 'DESTROYED' for no key update of c;
  if receipt.id is null then
    raise exception 'nothing of % was destroyed', of_ref using errcode = 'CS020';
  elsif exists (select 1 from cases_keysdestroyed where destruction_id = receipt.id) then
    raise exception 'that the keys of % are gone was said once', of_ref using errcode = 'CS020';
  elsif exists (select 1 from cases_storedimage i join cases_case c on c.id = i.case_id where i.key_id = any (receipt.keys) and c.state <> 'DESTROYED') then
    raise exception 'another case still needs a key of %', of_ref using errcode = 'CS020';
  end if;
  insert into cases_keysdestroyed(destruction_id, entry)
    values (receipt.id, ledger_write('keys_destroyed', of_ref, details || jsonb_build_object('keys', cardinality(receipt.keys))));
end $$;
revoke all on function legal_hold_on(bigint), put_on_hold(bigint, text, text, bigint, jsonb), hold_by_itself(bigint, text),
  holds_the_pictures(), pictures_of_case(bigint), kept_as_a_lead(bigint), periods_of_case(bigint),
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
