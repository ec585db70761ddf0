-- Who has to see the log is said by an administrator, with the owner's login, and recorded. What witnesses answered is kept as it came; the
-- signatures themselves are verified by the process that asks, and again by fsck and by each reader, because SQL knows no Ed25519.
create trigger witness_policies_stay_as_they_are before update or delete on ledger_witnesspolicy for each row execute function ledger_frozen();
alter table ledger_witnesspolicy enable always trigger witness_policies_stay_as_they_are;
create trigger witnesses_stay_as_they_are before update or delete on ledger_witness for each row execute function ledger_frozen();
alter table ledger_witness enable always trigger witnesses_stay_as_they_are;
create trigger cosignatures_stay_as_they_are before update or delete on ledger_cosignature for each row execute function ledger_frozen();
alter table ledger_cosignature enable always trigger cosignatures_stay_as_they_are;
create trigger witnessed_stays_as_it_is before update or delete on ledger_witnessed for each row execute function ledger_frozen();
alter table ledger_witnessed enable always trigger witnessed_stays_as_it_is;
create trigger timestamps_stay_as_they_are before update or delete on ledger_timestamp for each row execute function ledger_frozen();
alter table ledger_timestamp enable always trigger timestamps_stay_as_they_are;

create function ledger_witness_policy() returns ledger_witnesspolicy language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select p from ledger_witnesspolicy p order by id desc limit 1
$$;
revoke all on function ledger_witness_policy() from public;

-- Granted to no login: whoever may lower the quorum could do without witnesses.
create function ledger_set_witnesses(said text, quorum integer, silence interval, timestamps text, vkeys text[], addresses text[]) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare seq bigint; new_id bigint;
begin
  if quorum not between 0 and cardinality(vkeys) or cardinality(vkeys) > 16 or cardinality(vkeys) <> cardinality(addresses)
     or (select count(distinct split_part(v, '+', 1)) from unnest(vkeys) v) <> cardinality(vkeys)
     or exists (select 1 from unnest(vkeys) v where v !~ '^[^+[:space:]]+\+[0-9a-f]{8}\+B[A-Za-z0-9+/]{43}$') then
    raise exception 'a policy names up to 16 witnesses by their keys, each once, and demands no more of them than it names' using errcode = 'CS006';
  end if;
  if silence not between interval '1 minute' and interval '30 days' then
    raise exception 'witnesses may be silent between a minute and 30 days' using errcode = 'CS006';
  end if;
  seq := ledger_write('set_witnesses', 'house', jsonb_build_object('by', 'administrator', 'quorum', quorum, 'witnesses', to_jsonb(vkeys),
    'silence_seconds', extract(epoch from silence)::bigint, 'timestamps', timestamps <> '', 'sha256', encode(sha256(convert_to(said, 'UTF8')), 'hex')));
  insert into ledger_witnesspolicy(entry_id, text, quorum, silence, timestamps) values (seq, said, quorum, silence, timestamps) returning id into new_id;
  insert into ledger_witness(policy_id, vkey, address) select new_id, v, a from unnest(vkeys, addresses) x(v, a);
  return new_id;
end $$;
revoke all on function ledger_set_witnesses(text, integer, interval, text, text[], text[]) from public;

-- A cosignature is kept if it has the form of one by a witness in force, on a checkpoint that is here. False where it is here already.
create function ledger_keep_cosignature(of_size bigint, of_vkey text, of_line text) returns boolean language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  p ledger_witnesspolicy := ledger_witness_policy();
  head text := '— ' || split_part(of_vkey, '+', 1) || ' ';
  coded text := substr(of_line, length(head) + 1);
begin
  if not exists (select 1 from ledger_witness w where w.policy_id = p.id and w.vkey = of_vkey) then
    raise exception 'this is no witness of the policy in force' using errcode = 'CS006';
  end if;
  if left(of_line, length(head)) <> head or coded !~ '^[A-Za-z0-9+/]{102}==\n$'
     or substr(decode(rtrim(coded, E'\n'), 'base64'), 1, 4) <> decode(split_part(of_vkey, '+', 2), 'hex') then
    raise exception 'this is no cosignature of %', split_part(of_vkey, '+', 1) using errcode = 'CS006';
  end if;
  perform pg_advisory_xact_lock(hashtext('ledger_keep_cosignature'));
  insert into ledger_cosignature(checkpoint_id, vkey, line) values (of_size, of_vkey, of_line) on conflict do nothing;
  if not found then
    return false;
  end if;
  if p.quorum > 0 and p.quorum <= (select count(*) from ledger_cosignature c join ledger_witness w on w.vkey = c.vkey and w.policy_id = p.id
                                    where c.checkpoint_id = of_size) then
    insert into ledger_witnessed(checkpoint_id, policy_id) values (of_size, p.id) on conflict do nothing;
  end if;
  return true;
end $$;
revoke all on function ledger_keep_cosignature(bigint, text, text) from public;
grant execute on function ledger_keep_cosignature(bigint, text, text) to worker;

-- How long the log was when as many witnesses as the policy demands had seen it; each cosignature vouches for all that is before it.
create function ledger_seen_by_witnesses(p ledger_witnesspolicy) returns bigint language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((select m.size from ledger_witness w
    cross join lateral (select max(c.checkpoint_id) as size from ledger_cosignature c where c.vkey = w.vkey) m
    where w.policy_id = p.id and m.size is not null order by m.size desc offset greatest(p.quorum - 1, 0) limit 1), 0)
$$;
revoke all on function ledger_seen_by_witnesses(ledger_witnesspolicy) from public;

-- Since when the witnesses are silent; null while they are not. They are if an entry that they have not seen is older than they may be silent:
-- whether they refuse, are away, or are not asked makes no difference, and a house in which nothing happens waits for nobody.
create function witnesses_silent_since() returns timestamptz language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p ledger_witnesspolicy := ledger_witness_policy();
  after record;
  since timestamptz;
begin
  if coalesce(p.quorum, 0) = 0 then
    return null;
  end if;
  select coalesce(max(e.xid), '0'::xid8) as xid, coalesce(max(e.seq), 0) as seq into after
    from ledger_leaf l join ledger_entry e on e.seq = l.entry_id where l.index = ledger_seen_by_witnesses(p) - 1;
  since := (select greatest(e.at, p.at) from ledger_entry e where (e.xid, e.seq) > (after.xid, after.seq) order by e.xid, e.seq limit 1);
  return case when since < house_now() - p.silence then since end;
end $$;
revoke all on function witnesses_silent_since() from public;
grant execute on function witnesses_silent_since() to app, worker, auditor;

-- The checkpoint on which a bundle rests whose own entry stands at an index: the first that the policy of that moment holds for seen.
create function ledger_resting_on(of_index bigint) returns bigint language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare p ledger_witnesspolicy := ledger_policy_at(of_index);
begin
  if coalesce(p.quorum, 0) = 0 then
    return (select min(size) from ledger_checkpoint where size > of_index);
  end if;
  return (select checkpoint_id from ledger_witnessed where policy_id = p.id and checkpoint_id > of_index order by id limit 1);
end $$;
revoke all on function ledger_resting_on(bigint) from public;
grant execute on function ledger_resting_on(bigint) to auditor;

create function ledger_policy_at(of_index bigint) returns ledger_witnesspolicy language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select p from ledger_witnesspolicy p join ledger_leaf l on l.entry_id = p.entry_id where l.index < of_index order by l.index desc limit 1
$$;
revoke all on function ledger_policy_at(bigint) from public;
grant execute on function ledger_policy_at(bigint) to auditor;

-- A witness that refuses is an alarm, once until it cosigns again: it saw another log than the one that it is shown.
create function ledger_witness_refused(of_vkey text, of_size bigint, why text) returns boolean language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare name_ text := 'witness:' || split_part(of_vkey, '+', 2);
begin
  if not exists (select 1 from ledger_witness w where w.policy_id = (ledger_witness_policy()).id and w.vkey = of_vkey) then
    raise exception 'this is no witness of the policy in force' using errcode = 'CS006';
  end if;
  if exists (select 1 from ledger_entry e where e.subject = name_ and e.kind = 'witness_refused'
              and e.at > coalesce((select max(c.at) from ledger_cosignature c where c.vkey = of_vkey), '-infinity')) then
    return false;
  end if;
  perform ledger_write('witness_refused', name_, jsonb_build_object('by', 'machine', 'witness', of_vkey, 'size', of_size, 'why', left(why, 200)));
  return true;
end $$;
revoke all on function ledger_witness_refused(text, bigint, text) from public;
grant execute on function ledger_witness_refused(text, bigint, text) to worker;

-- Silence beyond the stated time is an alarm, once until witnesses have seen it.
create function ledger_witnesses_alarm() returns timestamptz language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare since timestamptz := witnesses_silent_since();
begin
  if since is null or exists (select 1 from ledger_entry e where e.kind = 'witnesses_silent' and e.subject = 'house' and e.at >= since) then
    return null;
  end if;
  perform ledger_write('witnesses_silent', 'house', jsonb_build_object('by', 'machine', 'unseen_since', since,
    'seen', ledger_seen_by_witnesses(ledger_witness_policy()), 'quorum', (ledger_witness_policy()).quorum));
  return since;
end $$;
revoke all on function ledger_witnesses_alarm() from public;
grant execute on function ledger_witnesses_alarm() to worker;

-- One token a day: false where the day has one, or the token is not over this checkpoint (its SHA-256 stands in every token).
create function ledger_keep_timestamp(of_size bigint, of_token bytea) returns boolean language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare imprint bytea := (select sha256(convert_to(note, 'UTF8')) from ledger_checkpoint where size = of_size);
begin
  if imprint is null or position(imprint in of_token) = 0 or octet_length(of_token) > 65535 then
    raise exception 'this is no token over the checkpoint of % entries', of_size using errcode = 'CS006';
  end if;
  perform pg_advisory_xact_lock(hashtext('ledger_keep_timestamp'));
  if exists (select 1 from ledger_timestamp where at >= date_trunc('day', house_now())) then
    return false;
  end if;
  insert into ledger_timestamp(checkpoint_id, token) values (of_size, of_token) on conflict do nothing;
  return found;
end $$;
revoke all on function ledger_keep_timestamp(bigint, bytea) from public;
grant execute on function ledger_keep_timestamp(bigint, bytea) to worker;

grant select on ledger_witnesspolicy, ledger_witness, ledger_cosignature, ledger_witnessed, ledger_timestamp to app, worker, auditor;
