-- Asking, signing, starting. countersign recomputes the gate from raw rows under the investigation's lock and never raises for a
-- no; a signature is a row that only this function can write, and no row means no arrest.
create sequence review_countersignature_number;

create function ask(of_lead text, by_person bigint, of_action text, at_place text, because_ text, details jsonb) returns jsonb
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  here review_lead%rowtype;
  state_now text;
  why text[] := '{}';
  new_ref text;
begin
  select * into here from review_lead where ref = of_lead for no key update;
  select state into state_now from cases_case where id = here.case_id;
  if here.id is null or state_now <> 'LEAD' or exists (select 1 from review_leadend where lead_id = here.id) then why := array_append(why, 'not_a_lead'); end if;
  if not exists (select 1 from review_action where action = of_action) then why := array_append(why, 'unknown_action'); end if;
  if exists (select 1 from review_countersignature where lead_id = here.id and action = of_action
              and (state in ('ASKED', 'STARTED') or (state = 'SIGNED' and act_by > house_now()))) then
    why := array_append(why, 'already_asked');
  end if;
  if btrim(coalesce(at_place, '')) = '' then why := array_append(why, 'no_place'); end if;
  if not person_holds(by_person, 'detective', house_today()) then why := array_append(why, 'not_a_detective'); end if;
  if cardinality(why) > 0 then return jsonb_build_object('reasons', to_jsonb(why)); end if;
  new_ref := 'CS-' || to_char(house_now() at time zone 'UTC', 'YYYY') || '-' || to_char(nextval('review_countersignature_number'), 'FM999999999000000');
  insert into review_countersignature(ref, lead_id, action, place, because, state, asked_by_id)
    values (new_ref, here.id, of_action, at_place, coalesce(because_, ''), 'ASKED', by_person);
  perform ledger_write('ask', new_ref, details || jsonb_build_object('lead', of_lead, 'action', of_action));
  return jsonb_build_object('ref', new_ref, 'reasons', '[]'::jsonb);
end $$;

create function signer_reasons(s review_countersignature, who bigint, said text) returns text[] language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  why text[] := '{}';
  whole bigint[] := investigation_set((select c.investigation_id from cases_case c join review_lead l on l.case_id = c.id where l.id = s.lead_id));
begin
  if s.state <> 'ASKED' then why := array_append(why, 'not_waiting'); end if;
  if not person_holds(who, 'supervisor', house_today()) then why := array_append(why, 'signer_not_supervisor'); end if;
  if s.asked_by_id = who then why := array_append(why, 'signer_asked'); end if;
  if of_a_unit_that_asked(who, whole, 'infinity') then why := array_append(why, 'signer_of_the_unit'); end if;
  if exists (select 1 from parts_in(whole) x where x.person_id = who and x.part <> 'supervisor') then why := array_append(why, 'signer_took_part'); end if;
  if btrim(coalesce(said, '')) = '' then why := array_append(why, 'no_sentence'); end if;
  return why;
end $$;

-- Sentences that say the same but for case, spaces and signs have one value, and are found by it.
create function as_said(sentence text) returns text language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
  select md5(btrim(regexp_replace(lower(sentence), '[^[:alnum:]]+', ' ', 'g')))
$$;
create index sentences_that_were_signed on review_decision (as_said(sentence)) where signed;

-- pages_say: what the other gate, in Python, answered. If the two differ nothing is signed and the alarm is an entry.
create function countersign(of_ref text, by_person bigint, sign boolean, said text, pages_say text[], details jsonb) returns jsonb
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  s review_countersignature%rowtype;
  why text[];
  seq bigint;
  outcome text;
begin
  select * into s from review_countersignature where ref = of_ref;
  if not found then
    raise exception 'there is no request %', of_ref using errcode = 'CS007';
  end if;
  perform units_stand_still();
  perform pg_advisory_xact_lock_shared(hashtextextended('policy in force', 0));
  perform lock_investigation((select c.investigation_id from cases_case c join review_lead l on l.case_id = c.id where l.id = s.lead_id), true);
  select * into s from review_countersignature where ref = of_ref for update;

  why := signer_reasons(s, by_person, said);
  if sign and witnesses_silent_since() is not null then why := array_append(why, 'witnesses_silent'); end if;
  if cardinality(why) > 0 then return jsonb_build_object('state', s.state, 'reasons', to_jsonb(why)); end if;
  if sign then
    why := gate_reasons(s.lead_id, s.action);
    if 'same_picture_not_linked' = any (why) and not 'same_picture_not_linked' = any (pages_say) then
      -- it came since the pages asked: a result that comes in waits for nobody, and nobody alarms for it; the request goes on waiting
      return jsonb_build_object('state', s.state, 'reasons', jsonb_build_array('same_picture_not_linked'));
    end if;
    if (select array_agg(x order by x) from unnest(why) x) is distinct from (select array_agg(x order by x) from unnest(pages_say) x) then
      perform ledger_write('gates_disagree', of_ref, jsonb_build_object('database', to_jsonb(why), 'pages', to_jsonb(pages_say)));
      return jsonb_build_object('state', s.state, 'reasons', jsonb_build_array('gates_disagree'));
    end if;
  end if;
  outcome := case when sign and cardinality(why) = 0 then 'SIGNED' else 'REFUSED' end;
  seq := ledger_write('countersign', of_ref, details || jsonb_build_object('from', 'ASKED', 'to', outcome, 'reasons', to_jsonb(why),
      'policy', (select digest from cases_policy where id = policy_in_force())));
  update review_countersignature set state = outcome,
      act_by = case when outcome = 'SIGNED' then house_now() + make_interval(hours => coalesce(policy_number('hours_to_act'), 72)) end
    where id = s.id;
  insert into review_decision(countersignature_id, by_id, signed, sentence, reasons, rests_on, policy_digest, entry)
    values (s.id, by_person, outcome = 'SIGNED', said, why,
            coalesce((select array_agg(e.ref order by e.id) from items_weighed(s.lead_id) w join review_evidence e on e.id = w.item_id where w.counts), '{}'),
            coalesce((select digest from cases_policy where id = policy_in_force()), ''), seq);
  if outcome = 'SIGNED' and exists (select 1 from review_decision d where d.signed and as_said(d.sentence) = as_said(said) and d.countersignature_id <> s.id) then
    perform ledger_write('sentence_repeated', of_ref, details);
  end if;
  return jsonb_build_object('state', outcome, 'reasons', to_jsonb(why));
end $$;

-- Computed each time it is asked: any new edge, item, exclusion or policy shuts it at once.
create function countersignature_holds(of_ref text) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select coalesce((select s.state in ('SIGNED', 'STARTED') and (s.state = 'STARTED' or s.act_by > house_now())
                          and cardinality(gate_reasons(s.lead_id, s.action)) = 0
                     from review_countersignature s where s.ref = of_ref), false)
$$;

create function start(of_ref text, by_person bigint, details jsonb) returns jsonb language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  s review_countersignature%rowtype;
  whole bigint[];
  why text[] := '{}';
begin
  select * into s from review_countersignature where ref = of_ref;
  if not found then
    raise exception 'there is no countersignature %', of_ref using errcode = 'CS007';
  end if;
  perform units_stand_still();
  perform pg_advisory_xact_lock_shared(hashtextextended('policy in force', 0));
  perform lock_investigation((select c.investigation_id from cases_case c join review_lead l on l.case_id = c.id where l.id = s.lead_id), true);
  select * into s from review_countersignature where ref = of_ref for update;
  whole := investigation_set((select c.investigation_id from cases_case c join review_lead l on l.case_id = c.id where l.id = s.lead_id));
  if s.state <> 'SIGNED' then
    why := array_append(why, 'not_signed');
  elsif not countersignature_holds(of_ref) then
    why := array_append(why, 'does_not_hold');
  end if;
  if not exists (select 1 from parts_in(whole) x where x.person_id = by_person and x.part = 'detective')
     or not person_holds(by_person, 'detective', house_today()) then
    why := array_append(why, 'starter_did_not_ask');
  end if;
  if cardinality(why) > 0 then return jsonb_build_object('state', s.state, 'reasons', to_jsonb(why)); end if;
  update review_countersignature set state = 'STARTED' where id = s.id;
  perform ledger_write('start', of_ref, details || jsonb_build_object('from', 'SIGNED', 'to', 'STARTED'));
  if (select takes_into_custody from review_action where action = s.action) then
    insert into review_custody(case_id, lead_id, countersignature_id, recheck_by)
      select l.case_id, l.id, s.id, house_now() + make_interval(hours => coalesce(policy_number('hours_to_recheck'), 2)) from review_lead l where l.id = s.lead_id;
    perform ledger_write('custody_began', of_ref, details);
  end if;
  return jsonb_build_object('state', 'STARTED', 'reasons', '[]'::jsonb);
end $$;
revoke all on function as_said(text), ask(text, bigint, text, text, text, jsonb), signer_reasons(review_countersignature, bigint, text),
  countersign(text, bigint, boolean, text, text[], jsonb), countersignature_holds(text), start(text, bigint, jsonb) from public;
grant execute on function ask(text, bigint, text, text, text, jsonb), countersign(text, bigint, boolean, text, text[], jsonb),
  start(text, bigint, jsonb) to app;
grant execute on function countersignature_holds(text) to app, worker, auditor;
