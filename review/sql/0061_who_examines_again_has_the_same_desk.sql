-- Who examines again is drawn with "take the next", among his other work, and has the same desk: the faces of the list among known
-- non-mates, two stages, the whole form, the time to look. These functions answer whoever was drawn, about his own alone. What happens
-- meanwhile is recorded under the examination's code, not under the case: whose case it is stands in the record with the result.
create function agreement_lends(of_lender bigint, of_case bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from people_agreement a join cases_case c on c.agency_id = a.borrower_id
                  where c.id = of_case and a.lender_id = of_lender and 'reviewer' = any (a.roles) and house_today() between a.from_on and a.until_on)
$$;

-- Whoever examined a case of the investigation again is drawn for no other of it.
create function examined_again(who bigint, of_investigation bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from review_reexaminationturn t join cases_case c on c.id = t.reexamination_id
                  where t.reviewer_id = who and c.investigation_id = any (investigation_set(of_investigation)))
$$;

-- Somebody of the lender with no part in the investigation, who never saw a face of it and holds no other role that is lent there.
create function may_examine_again(of_case bigint, who bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select 1 from review_reexaminationwaiting w join people_person p on p.id = who and p.agency_id = w.lender_id
      join cases_case c on c.id = w.reexamination_id
     where w.reexamination_id = of_case and c.state in ('LEAD', 'NO_LEAD', 'CLOSED') and policy_in_force() is not null
       and agreement_lends(w.lender_id, c.id)
       and not exists (select 1 from review_reexaminationturn t where t.reexamination_id = c.id
                          and not exists (select 1 from review_reexaminationend e where e.turn_id = t.id))
       and not examined_again(who, c.investigation_id)
       and not exists (select 1 from parts_in(investigation_set(c.investigation_id)) x where x.person_id = who)
       and not exists (select 1 from people_agreement a join people_roleheld h on h.person_id = who and h.role = any (a.roles) and h.role <> 'reviewer'
                          and house_today() between h.from_on and coalesce(h.until_on, house_today())
                        where a.lender_id = w.lender_id and a.borrower_id = c.agency_id and house_today() between a.from_on and a.until_on)
       and not saw_candidates(who, c.id, 'infinity')
       and apart_as_reviewer(who, c.id, house_today()) and person_admitted(who, house_today()) and pool_suffices(c.id))
$$;

create function reexaminations_for(who bigint) returns setof bigint language sql rows 200 stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select w.reexamination_id from review_reexaminationwaiting w
   where w.lender_id = (select agency_id from people_person where id = who) and may_examine_again(w.reexamination_id, who)
   order by w.reexamination_id limit 50
$$;

create function draw_again(here cases_case, who bigint, with_seed bigint, known_as text, details jsonb) returns integer language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  new_id bigint;
  next_attempt integer;
begin
  perform 1 from review_reexaminationwaiting where reexamination_id = here.id for update;
  if not found or turns_today(who) >= turns_a_day() or not may_examine_again(here.id, who) then return null; end if;
  next_attempt := 1 + (select count(*) from review_reexaminationturn where reexamination_id = here.id);
  insert into review_reexaminationturn(reexamination_id, reviewer_id, attempt, seed, code)
    values (here.id, who, next_attempt, with_seed, known_as) returning id into new_id;
  insert into review_reexaminationnonmate(turn_id, non_mate_id, token, again)
    select new_id, id, gen_random_uuid(), place <= 2 from (
      select n.id, row_number() over (order by
               (select count(*) from review_nonmateshown x join review_drawn y on y.id = x.drawn_id where y.reviewer_id = who and x.non_mate_id = n.id)
               + (select count(*) from review_reexaminationnonmate x join review_reexaminationturn y on y.id = x.turn_id
                   where y.reviewer_id = who and x.non_mate_id = n.id),
               sha256(convert_to(with_seed || ':' || n.original_sha256, 'UTF8'))) as place
        from pool_for(here.id) n) chosen where place <= non_mates_a_sheet();
  perform ledger_write('take_next', 'reexaminations', details || jsonb_build_object('examination', known_as));
  return next_attempt;
end $$;

-- The faces that come one to one: what anybody kept before him and what he kept, once he has sorted; known non-mates as anywhere.
create function kept_again(t review_reexaminationturn) returns bigint[] language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select array(select k.id from cases_candidate k, review_reexaminationstep s
                where k.case_id = t.reexamination_id and s.turn_id = t.id and s.step = 'sort'
                  and (k.id = any (kept_candidates(t.reexamination_id)) or (s.answers -> k.token::text ->> 'kept')::boolean) order by k.id)
$$;
create function non_mates_again(t review_reexaminationturn) returns table (token uuid, image_id uuid, again boolean) language sql rows 5 stable
  set search_path = pg_catalog, public, pg_temp as $$
  select n.token, m.image_id, n.again or coalesce((s.answers -> n.token::text ->> 'kept')::boolean, false)
    from review_reexaminationnonmate n join review_nonmate m on m.id = n.non_mate_id
    left join review_reexaminationstep s on s.turn_id = t.id and s.step = 'sort' where n.turn_id = t.id
$$;
create function faces_again(t review_reexaminationturn, one_to_one boolean) returns table (token uuid, image_id uuid, candidate boolean) language sql rows 20 stable
  set search_path = pg_catalog, public, pg_temp as $$
  with kept as materialized (select kept_again(t) as ids)
  select k.token, k.image_id, true from cases_candidate k, kept where k.case_id = t.reexamination_id and (not one_to_one or k.id = any (kept.ids))
  union all
  select n.token, n.image_id, false from non_mates_again(t) n, kept where not one_to_one or (n.again and cardinality(kept.ids) > 0)
$$;

create function looks_again(t review_reexaminationturn, one_to_one boolean, out unseen integer, out seconds integer) language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  opened timestamptz := case when one_to_one then (select at from review_reexaminationstep where turn_id = t.id and step = 'sort') else t.at end;
  first_at timestamptz;
  real integer;
begin
  with faces as (select distinct f.image_id from faces_again(t, one_to_one) f where f.image_id is not null),
       looked as (select l.image_id, min(l.at) as at from cases_look l where l.by_id = t.reviewer_id and l.at >= opened group by l.image_id)
  select count(*) filter (where l.image_id is null), count(*) filter (where not i.demo), min(l.at) into unseen, real, first_at
    from faces f join cases_storedimage i on i.id = f.image_id left join looked l on l.image_id = f.image_id;
  seconds := greatest(0, ceil(look_seconds() * real - coalesce(extract(epoch from house_now() - first_at), 0)));
end $$;

create function opened_again(t review_reexaminationturn) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from review_reexaminationstep s where s.turn_id = t.id)
      or exists (select 1 from cases_look l where l.by_id = t.reviewer_id and l.at >= t.at and l.image_id in (
                   select f.image_id from faces_again(t, false) f
                   union all select p.image_id from cases_probe p where p.case_id = t.reexamination_id))
$$;

-- What the desk needs to show it, for its reviewer alone.
create function reexamination_of(by_person bigint, of_code text) returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object('turn', t.id, 'case', t.reexamination_id, 'seed', t.seed, 'at', t.at,
           'sorted', exists (select 1 from review_reexaminationstep s where s.turn_id = t.id and s.step = 'sort'),
           'lender', (select r.lender_id from review_reexamination r where r.case_id = t.reexamination_id),
           'recused', exists (select 1 from review_reexaminationtold x where x.turn_id = t.id and x.about = 'recusal'),
           'kept', to_jsonb(kept_again(t)), 'ended', coalesce(e.how, ''), 'ended_at', e.at,
           'non_mates', (select jsonb_agg(jsonb_build_object('token', n.token, 'image', n.image_id, 'again', n.again)) from non_mates_again(t) n),
           'held', exists (select 1 from review_reexaminationhold h where h.turn_id = t.id), 'opened', opened_again(t))
    from review_reexaminationturn t left join review_reexaminationend e on e.turn_id = t.id
   where t.reviewer_id = by_person and t.code = of_code
$$;
create function reexaminations_open(by_person bigint) returns table (code text, at timestamptz) language sql rows 10 stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select t.code, t.at from review_reexaminationturn t join cases_case c on c.id = t.reexamination_id
   where t.reviewer_id = by_person and c.state <> 'DESTROYED' and not exists (select 1 from review_reexaminationend e where e.turn_id = t.id)
$$;
create function code_again(by_person bigint, of_ref text) returns text language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select t.code from review_reexaminationturn t join cases_case c on c.id = t.reexamination_id where t.reviewer_id = by_person and c.ref = of_ref
$$;
create function looks_wanting_again(by_person bigint, of_code text, one_to_one boolean) returns table (unseen integer, seconds integer) language sql rows 1 stable
  security definer set search_path = pg_catalog, public, pg_temp as $$
  select l.unseen, l.seconds from review_reexaminationturn t, looks_again(t, one_to_one) l where t.reviewer_id = by_person and t.code = of_code
$$;

-- Every act on it begins here: the investigation's lock, then the turn, so that an answer or an end comes first and never half of each.
create function turn_again(by_person bigint, of_code text) returns review_reexaminationturn language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare t review_reexaminationturn%rowtype;
begin
  perform units_stand_still();
  select * into t from review_reexaminationturn where reviewer_id = by_person and code = of_code;
  perform lock_investigation((select investigation_id from cases_case where id = t.reexamination_id), false);
  select * into t from review_reexaminationturn where id = t.id for no key update;
  return t;
end $$;
create function turn_reasons_again(t review_reexaminationturn) returns text[] language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case when t.id is null then array['not_drawn'] else array_remove(array[
    case when exists (select 1 from review_reexaminationtold x where x.turn_id = t.id and x.about = 'recusal') then 'recused' end,
    (select case when e.how in ('released', 'lapsed') then 'went_back' when e.how <> 'recused' then 'turn_over' end
       from review_reexaminationend e where e.turn_id = t.id),
    case when (select state from cases_case where id = t.reexamination_id) = 'DESTROYED' then 'turn_over' end], null) end
$$;
create function reasons_again(t review_reexaminationturn) returns text[] language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  why text[] := array_remove(turn_reasons_again(t), 'turn_over');
  whole bigint[] := investigation_set((select investigation_id from cases_case where id = t.reexamination_id));
begin
  if t.id is null then return why; end if;
  if exists (select 1 from parts_in(whole) x where x.person_id = t.reviewer_id) then why := array_append(why, 'took_other_part'); end if;
  if of_a_unit_that_asked(t.reviewer_id, whole, 'infinity') then why := array_append(why, 'of_requesters_unit'); end if;
  if (select agency_id from people_person where id = t.reviewer_id) <> (select lender_id from review_reexamination where case_id = t.reexamination_id) then
    why := array_append(why, 'left_the_lender');
  end if;
  if not person_holds(t.reviewer_id, 'reviewer', house_today()) or not person_trained(t.reviewer_id, 'face_comparison', house_today()) then
    why := array_append(why, 'not_trained');
  end if;
  if not person_admitted(t.reviewer_id, house_today()) then why := array_append(why, 'not_admitted'); end if;
  return why;
end $$;
create function not_every_face_again(t review_reexaminationturn, one_to_one boolean, answers jsonb) returns boolean language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select (select array_agg(f.token order by f.token) from faces_again(t, one_to_one) f)
         is distinct from (select array_agg(a::uuid order by a::uuid) from jsonb_object_keys(answers) a)
$$;

create function sort_again(by_person bigint, of_code text, answers jsonb, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  t review_reexaminationturn%rowtype := turn_again(by_person, of_code);
  why text[] := reasons_again(t);
  looks record;
begin
  if t.id is null then return why; end if;
  looks := looks_again(t, false);
  if exists (select 1 from review_reexaminationstep where turn_id = t.id and step = 'sort') then why := array_append(why, 'already_sorted'); end if;
  if 'turn_over' = any (turn_reasons_again(t)) then why := array_append(why, 'sorting_over'); end if;
  if not_every_face_again(t, false, answers) then why := array_append(why, 'not_every_face'); end if;
  if exists (select 1 from jsonb_each(answers) a where btrim(coalesce(a.value ->> 'reason', '')) = '') then why := array_append(why, 'no_grounds'); end if;
  if exists (select 1 from jsonb_each(answers) a where sorting_reason_known((a.value ->> 'kept')::boolean, a.value ->> 'reason') is not true) then
    why := array_append(why, 'unknown_sorting_reason');
  end if;
  if exists (select 1 from cases_candidate k where k.case_id = t.reexamination_id and k.image_id is null and (answers -> k.token::text ->> 'kept')::boolean) then
    why := array_append(why, 'no_picture');
  end if;
  why := why || array_remove(array[case when looks.unseen > 0 then 'not_looked' end, case when looks.seconds > 0 then 'too_soon' end], null);
  if cardinality(why) > 0 then return why; end if;
  insert into review_reexaminationstep(turn_id, step, answers) values (t.id, 'sort', answers);
  delete from review_reexaminationdraft where turn_id = t.id and step = 'sort';
  perform ledger_write('sort_candidates', 'reexaminations', details || jsonb_build_object('examination', t.code));
  if cardinality(kept_again(t)) = 0 then perform examined_again_is_done(t); end if;
  return '{}';
end $$;

create function conclude_again(by_person bigint, of_code text, answers jsonb, marked jsonb, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  t review_reexaminationturn%rowtype := turn_again(by_person, of_code);
  why text[] := reasons_again(t);
  looks record;
  supported boolean;
begin
  if t.id is null then return why; end if;
  looks := looks_again(t, true);
  if not exists (select 1 from review_reexaminationstep where turn_id = t.id and step = 'sort') then why := array_append(why, 'sorting_not_done'); end if;
  if 'turn_over' = any (turn_reasons_again(t)) then why := array_append(why, 'already_concluded'); end if;
  if not_every_face_again(t, true, answers) then why := array_append(why, 'not_every_face'); end if;
  if exists (select 1 from jsonb_each(answers) a where ((a.value ->> 'rating')::int between -3 and 3) is not true) then
    why := array_append(why, 'off_the_scale');
  elsif (select grade from review_probecheck where case_id = t.reexamination_id) = 'limited'
     and exists (select 1 from jsonb_each(answers) a where (a.value ->> 'rating')::int > 1) then
    why := array_append(why, 'limited_cap');
  end if;
  if exists (select 1 from jsonb_each(answers) a where btrim(coalesce(a.value ->> 'grounds', '')) = '') then why := array_append(why, 'no_grounds'); end if;
  why := why || array(select distinct r from jsonb_each(answers) a, unnest(form_reasons(a.value)) r order by 1);
  why := why || array_remove(array[case when looks.unseen > 0 then 'not_looked' end, case when looks.seconds > 0 then 'too_soon' end], null);
  if cardinality(why) > 0 then return why; end if;
  insert into review_reexaminationstep(turn_id, step, answers, marks) values (t.id, 'rate', answers, marked);
  supported := exists (select 1 from non_mates_again(t) n where (answers -> n.token::text ->> 'rating')::int >= 1);
  perform ledger_write(case when supported then 'set_aside' else 'conclude' end, 'reexaminations', details || jsonb_build_object('examination', t.code));
  if supported then
    insert into review_reexaminationend(turn_id, how) values (t.id, 'set_aside');
  else
    perform examined_again_is_done(t);
  end if;
  return '{}';
end $$;

-- Stepping back is right at any time, with a reason that an auditor of his own agency reads; a turn that is not done goes back to the lot. What
-- was told of a result that is there already stays.
create function recuse_again(by_person bigint, of_code text, ground text, words text, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  t review_reexaminationturn%rowtype := turn_again(by_person, of_code);
  why text[] := '{}';
begin
  if t.id is null then return array['not_drawn']; end if;
  if 'recused' = any (turn_reasons_again(t)) then why := array_append(why, 'already_recused'); end if;
  if (ground in ('knows_person', 'saw_case', 'other_tie')) is not true then why := array_append(why, 'unknown_ground'); end if;
  if btrim(coalesce(words, '')) = '' then why := array_append(why, 'no_words'); end if;
  if cardinality(why) > 0 then return why; end if;
  insert into review_reexaminationend(turn_id, how) values (t.id, 'recused') on conflict do nothing;
  insert into review_reexaminationtold(turn_id, agency_id, code, about, ground, words)
    select t.id, p.agency_id, t.code, 'recusal', recuse_again.ground, recuse_again.words from people_person p where p.id = t.reviewer_id;
  perform ledger_write('recuse', 'reexaminations', details || jsonb_build_object('examination', t.code));
  return '{}';
end $$;

create function release_again(by_person bigint, of_code text, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  t review_reexaminationturn%rowtype := turn_again(by_person, of_code);
  why text[] := turn_reasons_again(t);
begin
  if t.id is not null and opened_again(t) then why := array_append(why, 'turn_opened'); end if;
  if cardinality(why) > 0 then return why; end if;
  insert into review_reexaminationend(turn_id, how) values (t.id, 'released');
  perform ledger_write('release_turn', 'reexaminations', details || jsonb_build_object('examination', t.code));
  return '{}';
end $$;

create function report_contact_again(by_person bigint, of_code text, ground text, words text, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  t review_reexaminationturn%rowtype := turn_again(by_person, of_code);
  why text[] := '{}';
begin
  if t.id is null then return array['not_drawn']; end if;
  if (ground in ('of_the_case', 'of_the_answer', 'other_talk')) is not true then why := array_append(why, 'unknown_ground'); end if;
  if btrim(coalesce(words, '')) = '' then why := array_append(why, 'no_words'); end if;
  if cardinality(why) > 0 then return why; end if;
  insert into review_reexaminationtold(turn_id, agency_id, code, about, ground, words)
    select t.id, p.agency_id, t.code, 'spoken_to', report_contact_again.ground, report_contact_again.words from people_person p where p.id = t.reviewer_id;
  perform ledger_write('report_contact', 'reexaminations', details || jsonb_build_object('examination', t.code));
  return '{}';
end $$;

create function hold_again(by_person bigint, of_code text, for_hours integer, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  t review_reexaminationturn%rowtype := turn_again(by_person, of_code);
  why text[] := turn_reasons_again(t);
begin
  if exists (select 1 from review_reexaminationhold where turn_id = t.id) then why := array_append(why, 'held_before'); end if;
  if (for_hours between 1 and hold_hours()) is not true then why := array_append(why, 'hold_too_long'); end if;
  if cardinality(why) > 0 then return why; end if;
  insert into review_reexaminationhold(turn_id, hours) values (t.id, for_hours);
  perform ledger_write('hold_turn', 'reexaminations', details || jsonb_build_object('examination', t.code));
  return '{}';
end $$;

create function lapse_turn_again(details jsonb) returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare t review_reexaminationturn%rowtype;
begin
  select u.* into t from review_reexaminationwaiting w join review_reexaminationturn u on u.reexamination_id = w.reexamination_id
   where cardinality(turn_reasons_again(u)) = 0
     and greatest(u.at, (select max(s.at) from review_reexaminationstep s where s.turn_id = u.id), (select max(f.at) from review_reexaminationdraft f where f.turn_id = u.id))
         + make_interval(hours => turn_hours() + coalesce((select h.hours from review_reexaminationhold h where h.turn_id = u.id), 0)) <= house_now()
   order by u.id limit 1;
  if t.id is null then return false; end if;
  t := turn_again(t.reviewer_id, t.code);
  if cardinality(turn_reasons_again(t)) > 0 then return true; end if;
  insert into review_reexaminationend(turn_id, how) values (t.id, 'lapsed');
  perform ledger_write('lapse_turn', 'reexaminations', details || jsonb_build_object('examination', t.code, 'agency',
    (select a.ori from people_person p join people_agency a on a.id = p.agency_id where p.id = t.reviewer_id)));  -- for its auditors alone
  return true;
end $$;

create function draft_of_again(by_person bigint, of_code text, of_step text) returns jsonb language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object('version', f.version, 'at', f.at, 'given', f.given) from review_reexaminationdraft f
    join review_reexaminationturn t on t.id = f.turn_id where t.reviewer_id = by_person and t.code = of_code and f.step = of_step
$$;
create function keep_draft_again(by_person bigint, of_code text, of_step text, based_on integer, said jsonb) returns jsonb
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  t review_reexaminationturn%rowtype;
  newest review_reexaminationdraft%rowtype;
begin
  select * into t from review_reexaminationturn where reviewer_id = by_person and code = of_code for no key update;
  if t.id is null or of_step not in ('sort', 'rate') then
    raise exception 'a draft belongs to whoever was drawn' using errcode = 'CS008';
  end if;
  if octet_length(said::text) > 1000000 then
    raise exception 'a draft has at most 1000000 bytes' using errcode = 'CS014';
  end if;
  if cardinality(turn_reasons_again(t)) > 0 or exists (select 1 from review_reexaminationstep s where s.turn_id = t.id and s.step = of_step) then
    return '{"kept": false, "version": 0}';
  end if;
  select * into newest from review_reexaminationdraft where turn_id = t.id and step = of_step;
  if newest.id is null then
    insert into review_reexaminationdraft(turn_id, step, version, given) values (t.id, of_step, 1, said) returning * into newest;
  elsif newest.given <> said then
    if newest.version <> based_on then
      return jsonb_build_object('kept', false, 'version', newest.version, 'at', newest.at, 'given', newest.given);
    end if;
    update review_reexaminationdraft set version = version + 1, given = said, at = house_now() where id = newest.id returning * into newest;
  end if;
  return jsonb_build_object('kept', true, 'version', newest.version, 'at', newest.at);
end $$;
create function review_a_draft_again_goes_with_the_turn() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  delete from review_reexaminationdraft where turn_id = new.turn_id;
  return null;
end $$;
create trigger a_draft_goes_with_the_turn after insert on review_reexaminationend for each row execute function review_a_draft_again_goes_with_the_turn();
alter table review_reexaminationend enable always trigger a_draft_goes_with_the_turn;
create function review_a_draft_again_goes_with_the_pictures() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform 1 from review_reexaminationturn where reexamination_id = new.id for no key update;  -- the lock of keep_draft_again: none comes after
  delete from review_reexaminationdraft f using review_reexaminationturn t where t.id = f.turn_id and t.reexamination_id = new.id;
  return null;
end $$;
create trigger a_draft_again_goes_with_the_pictures after update of state on cases_case for each row when (new.state = 'DESTROYED')
  execute function review_a_draft_again_goes_with_the_pictures();
alter table cases_case enable always trigger a_draft_again_goes_with_the_pictures;

-- A look for this purpose is one of somebody who was drawn for that face and has not left: the record keeps it under no case.
create function review_a_look_again_has_its_turn() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select 1 from review_reexaminationturn t where t.reviewer_id = new.by_id
                    and not exists (select 1 from review_reexaminationend e where e.turn_id = t.id and e.how in ('recused', 'released', 'lapsed'))
                    and (new.image_id in (select f.image_id from faces_again(t, false) f)
                         or new.image_id in (select p.image_id from cases_probe p where p.case_id = t.reexamination_id))) then
    raise exception 'nobody looks again at what he does not examine again' using errcode = 'CS014';
  end if;
  return new;
end $$;
create trigger a_look_again_has_its_turn before insert on cases_look for each row when (new.purpose = 'reexamination')
  execute function review_a_look_again_has_its_turn();
alter table cases_look enable always trigger a_look_again_has_its_turn;

-- Second wall, for the owner too: a step is whole, and a turn that has ended answers nothing.
create function review_a_step_again_is_whole() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare t review_reexaminationturn%rowtype;
begin
  select * into t from review_reexaminationturn where id = new.turn_id;
  if exists (select 1 from review_reexaminationend e where e.turn_id = t.id) or not_every_face_again(t, new.step = 'rate', new.answers) then
    raise exception 'an examination again is answered whole, by whoever was drawn and has not left' using errcode = 'CS014';
  elsif exists (select 1 from jsonb_each(new.answers) a
                 where (case new.step when 'sort' then sorting_reason_known((a.value ->> 'kept')::boolean, a.value ->> 'reason')
                                      else (a.value ->> 'rating')::int between -3 and 3 and form_reasons(a.value) = '{}' end) is not true) then
    raise exception 'each answer of an examination again has its reason or its whole form' using errcode = 'CS014';
  end if;
  return new;
end $$;
create trigger c_a_step_again_is_whole before insert on review_reexaminationstep for each row execute function review_a_step_again_is_whole();
alter table review_reexaminationstep enable always trigger c_a_step_again_is_whole;

revoke all on function agreement_lends(bigint, bigint), may_examine_again(bigint, bigint), examined_again(bigint, bigint), reexaminations_for(bigint),
  draw_again(cases_case, bigint, bigint, text, jsonb), kept_again(review_reexaminationturn), non_mates_again(review_reexaminationturn),
  faces_again(review_reexaminationturn, boolean), looks_again(review_reexaminationturn, boolean), opened_again(review_reexaminationturn),
  reexamination_of(bigint, text), reexaminations_open(bigint), code_again(bigint, text), looks_wanting_again(bigint, text, boolean), turn_again(bigint, text),
  turn_reasons_again(review_reexaminationturn), reasons_again(review_reexaminationturn), not_every_face_again(review_reexaminationturn, boolean, jsonb),
  sort_again(bigint, text, jsonb, jsonb), conclude_again(bigint, text, jsonb, jsonb, jsonb), recuse_again(bigint, text, text, text, jsonb), release_again(bigint, text, jsonb),
  report_contact_again(bigint, text, text, text, jsonb), hold_again(bigint, text, integer, jsonb), lapse_turn_again(jsonb),
  draft_of_again(bigint, text, text), keep_draft_again(bigint, text, text, integer, jsonb), review_a_draft_again_goes_with_the_turn(),
  review_a_draft_again_goes_with_the_pictures(), review_a_look_again_has_its_turn(), review_a_step_again_is_whole() from public;
grant execute on function reexaminations_for(bigint), reexamination_of(bigint, text), reexaminations_open(bigint), code_again(bigint, text),
  looks_wanting_again(bigint, text, boolean), sort_again(bigint, text, jsonb, jsonb), conclude_again(bigint, text, jsonb, jsonb, jsonb),
  recuse_again(bigint, text, text, text, jsonb), release_again(bigint, text, jsonb), report_contact_again(bigint, text, text, text, jsonb), hold_again(bigint, text, integer, jsonb),
  draft_of_again(bigint, text, text), keep_draft_again(bigint, text, text, integer, jsonb) to app;
grant execute on function lapse_turn_again(jsonb) to worker;
grant select (id, agency_id, code, about, at) on review_reexaminationtold to app;
