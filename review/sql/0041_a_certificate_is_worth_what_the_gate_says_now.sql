-- A certificate says what was countersigned, in words that the database composes. It exists only for what is signed, holds, and stands in
-- a log that its witnesses have seen. Nothing where one of these is missing.
create function certificate_statement(of_ref text) returns text language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select concat_ws(E'\n', 'countersign certificate v1', split_part(k.vkey, '+', 1), 'case ' || c.ref, 'countersignature ' || s.ref, 'action ' || s.action,
      'place ' || btrim(regexp_replace(s.place, '[[:space:][:cntrl:]\u0085\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+', ' ', 'g')),
      'act by ' || to_char(s.act_by at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'policy ' || d.policy_digest, 'log index ' || f.index,
      'witnesses ' || coalesce((ledger_policy_at(f.index)).quorum, 0), 'not a finding of probable cause',
      'checked online within 10 minutes, or not valid', '')
    from review_countersignature s join review_decision d on d.countersignature_id = s.id join review_lead l on l.id = s.lead_id
    join cases_case c on c.id = l.case_id join ledger_leaf f on f.entry_id = d.entry join ledger_logkey k on k.what = 'certificates'
   where s.ref = of_ref and s.state = 'SIGNED' and ledger_resting_on(f.index) is not null
$$;

create function issue_certificate(of_ref text, by_person bigint, token_hash text, signed_note text, said jsonb, details jsonb) returns text[]
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  s review_countersignature%rowtype;
  of_case bigint;
  says text;
  seq bigint;
begin
  select * into s from review_countersignature where ref = of_ref;
  of_case := (select case_id from review_lead where id = s.lead_id);
  perform lock_investigation((select investigation_id from cases_case where id = of_case), false);
  if s.state is distinct from 'SIGNED' then return array['nothing_to_certify']; end if;
  if not countersignature_holds(of_ref) then return array['does_not_hold']; end if;
  if not person_holds(by_person, 'detective', house_today()) or not exists (
      select 1 from parts_in(investigation_set((select investigation_id from cases_case where id = of_case))) x
       where x.person_id = by_person and x.part = 'detective') then
    return array['starter_did_not_ask'];
  end if;
  says := certificate_statement(of_ref);
  if says is null then return array['not_in_the_log']; end if;
  if token_hash !~ '^[0-9a-f]{64}$' or not starts_with(signed_note, says || E'\n— ' || split_part(says, E'\n', 2) || ' ') then
    raise exception 'this is no certificate of %', of_ref using errcode = 'CS006', hint = 'Sign what certificate_statement says, and nothing else.';
  end if;
  seq := ledger_write('issue_certificate', of_ref, details || jsonb_build_object('statement', encode(sha256(convert_to(says, 'UTF8')), 'hex'),
                      'ori', coalesce(said ->> 'ori', '')));
  insert into review_certificate(countersignature_id, dissemination_id, token_sha256, note, by_id)
    values (s.id, review_leaves(of_case, s.lead_id, 'certificate', said, by_person, seq), token_hash, signed_note, by_person);
  return '{}';
end $$;

-- The one question that a stranger may ask, by the token on the paper: what it is worth now. The gate is asked again each time, so that a
-- new fact, a lapse or an ended lead shows at once; an unknown token is answered like one that is worth nothing. Whoever asks for ten tokens
-- that never were, or a hundred times, within a quarter of an hour is sent to the agency, and that is written once. Each answer is an entry.
create function check_certificate(token_hash text, from_ text) returns text language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  asked integer; unknown integer; told boolean;
  found_ review_certificate%rowtype;
  s review_countersignature%rowtype;
  worth text;
begin
  perform pg_advisory_xact_lock(hashtextextended('certificates from ' || from_, 0));
  select count(*) filter (where not limited), count(*) filter (where not limited and certificate_id is null), coalesce(bool_or(limited), false)
    into asked, unknown, told from review_certificatecheck where asker = from_ and at > house_now() - interval '15 minutes';
  if (asked >= 100 or unknown >= 10) and told then
    return 'ask the agency';
  elsif asked >= 100 or unknown >= 10 then
    worth := 'ask the agency';
  else
    select * into found_ from review_certificate where token_sha256 = token_hash;
    select * into s from review_countersignature where id = found_.countersignature_id;
    worth := case when not countersignature_holds(coalesce(s.ref, '')) then 'not valid'
                  when s.state <> 'SIGNED' or witnesses_silent_since() is not null then 'ask the agency' else 'valid' end;
  end if;
  insert into review_certificatecheck(asker, certificate_id, answer, limited, entry)
    values (from_, found_.id, worth, asked >= 100 or unknown >= 10, ledger_write('check_certificate', coalesce(s.ref, 'certificate'),
            jsonb_build_object('from', from_, 'answer', worth, 'limited', asked >= 100 or unknown >= 10)));
  return worth;
end $$;
revoke all on function certificate_statement(text), issue_certificate(text, bigint, text, text, jsonb, jsonb), check_certificate(text, text) from public;
grant execute on function certificate_statement(text), issue_certificate(text, bigint, text, text, jsonb, jsonb), check_certificate(text, text) to app;
grant select on review_certificate, review_certificatecheck to auditor;

do $$
declare t text;
begin
  foreach t in array array['review_certificate', 'review_certificatecheck'] loop
    execute format('create trigger stays_as_it_is before update or delete on %I for each row execute function ledger_frozen()', t);
    execute format('alter table %I enable always trigger stays_as_it_is', t);
  end loop;
end $$;
