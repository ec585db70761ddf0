-- A turn is kept as long as something is done on it. It goes back to the lot when nothing was done for so many hours, when its reviewer
-- gives it back unopened, or when a supervisor sends it back with a reason; a fresh reviewer is drawn, never the same. What was locked
-- stays, and nothing more is taken: whoever was too late is told so. One at a time, under the locks of the acts: either the answer or
-- the end of the turn comes first, and never half of each.
create function turn_hours() returns integer language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select greatest(1, coalesce(policy_number('turn_hours'), 8))::integer
$$;
create function hold_hours() returns integer language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select greatest(1, coalesce(policy_number('hold_hours'), 16))::integer
$$;

-- The timer starts with the draw. While others still sort there is nothing to do and it stands still; it starts anew when the faces to
-- compare are settled, and with each draft that says something new. A hold adds its hours.
create function turn_counts_from(d review_drawn) returns timestamptz language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select greatest(case when not exists (select 1 from review_sorting s join cases_candidate k on k.id = s.candidate_id
                                where k.case_id = d.case_id and s.by_id = d.reviewer_id) then d.at
              when sorting_settled(d.case_id) then (select max(s.at) from review_sorting s join cases_candidate k on k.id = s.candidate_id
                                                     where k.case_id = d.case_id) end, (select max(f.at) from review_draft f where f.drawn_id = d.id))
$$;
create function turn_lapses_at(d review_drawn) returns timestamptz language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select turn_counts_from(d) + make_interval(hours => turn_hours() + coalesce((select h.hours from review_turnhold h where h.drawn_id = d.id), 0))
$$;

create function turn_reasons(d review_drawn) returns text[] language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare why text[] := '{}';
begin
  if d.id is null then return array['not_drawn']; end if;
  if exists (select 1 from review_recusal where drawn_id = d.id) then why := array_append(why, 'recused'); end if;
  if exists (select 1 from review_givenback where drawn_id = d.id) then why := array_append(why, 'went_back'); end if;
  if exists (select 1 from review_setaside where drawn_id = d.id)
     or exists (select 1 from review_conclusion c join cases_candidate k on k.id = c.candidate_id where k.case_id = d.case_id and c.by_id = d.reviewer_id)
     or (select state from cases_case where id = d.case_id) not in ('FIT', 'DISPUTED') then
    why := array_append(why, 'turn_over');
  end if;
  return why;
end $$;

-- Whether its reviewer has looked at a face of it, that of the probe included: read from the looks, never from a form.
create function turn_opened(d review_drawn) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from review_sorting s join cases_candidate k on k.id = s.candidate_id where k.case_id = d.case_id and s.by_id = d.reviewer_id)
      or exists (select 1 from cases_look l where l.by_id = d.reviewer_id and l.at >= d.at and l.image_id in (
                   select k.image_id from cases_candidate k where k.case_id = d.case_id
                   union all select p.image_id from cases_probe p where p.case_id = d.case_id
                   union all select n.image_id from review_nonmateshown s join review_nonmate n on n.id = s.non_mate_id where s.drawn_id = d.id))
$$;

create function release_turn(of_ref text, by_person bigint, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here cases_case%rowtype;
  mine review_drawn%rowtype;
  why text[];
begin
  perform lock_investigation((select investigation_id from cases_case where ref = of_ref), false);
  select * into here from cases_case where ref = of_ref for no key update;
  select * into mine from review_drawn where case_id = here.id and reviewer_id = by_person;
  why := turn_reasons(mine);
  if mine.id is not null and turn_opened(mine) then why := array_append(why, 'turn_opened'); end if;
  if cardinality(why) > 0 then return why; end if;
  insert into review_givenback(drawn_id, how, by_id) values (mine.id, 'released', by_person);
  perform ledger_write('release_turn', of_ref, details);
  return '{}';
end $$;

create function hold_turn(of_ref text, by_person bigint, for_hours integer, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here cases_case%rowtype;
  mine review_drawn%rowtype;
  why text[];
begin
  select * into here from cases_case where ref = of_ref for no key update;
  select * into mine from review_drawn where case_id = here.id and reviewer_id = by_person;
  why := turn_reasons(mine);
  if exists (select 1 from review_turnhold where drawn_id = mine.id) then why := array_append(why, 'held_before'); end if;
  if (for_hours between 1 and hold_hours()) is not true then why := array_append(why, 'hold_too_long'); end if;
  if cardinality(why) > 0 then return why; end if;
  insert into review_turnhold(drawn_id, hours) values (mine.id, for_hours);
  perform ledger_write('hold_turn', of_ref, details);
  return '{}';
end $$;

create function send_turn_back(of_turn bigint, by_person bigint, why_said text, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here cases_case%rowtype;
  turn review_drawn%rowtype;
  whole bigint[];
  why text[];
begin
  perform units_stand_still();
  select c.* into here from cases_case c join review_drawn d on d.case_id = c.id where d.id = of_turn;
  perform lock_investigation(here.investigation_id, false);
  perform 1 from cases_case where id = here.id for no key update;
  select * into turn from review_drawn where id = of_turn;
  whole := investigation_set(here.investigation_id);
  why := turn_reasons(turn);
  if not person_holds(by_person, 'supervisor', house_today()) then why := array_append(why, 'not_a_supervisor'); end if;
  if exists (select 1 from parts_in(whole) x where x.person_id = by_person and x.part <> 'supervisor') then why := array_append(why, 'took_other_part'); end if;
  if of_a_unit_that_asked(by_person, whole, 'infinity') then why := array_append(why, 'of_requesters_unit'); end if;
  if btrim(coalesce(why_said, '')) = '' then why := array_append(why, 'not_said_why'); end if;
  if cardinality(why) > 0 then return why; end if;
  insert into review_givenback(drawn_id, how, by_id, because) values (turn.id, 'sent_back', by_person, why_said);
  perform ledger_write('send_turn_back', here.ref, details);
  return '{}';
end $$;

-- One at a time, so that no transaction holds two cases.
create function lapse_turn(details jsonb) returns boolean language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  turn review_drawn%rowtype;
  of_ref text;
begin
  select d.* into turn from review_waiting w join review_drawn d on d.case_id = w.case_id
   where w.drawn > 0 and turn_lapses_at(d) <= house_now() and cardinality(turn_reasons(d)) = 0 order by d.id limit 1;
  if turn.id is null then return false; end if;
  perform lock_investigation((select investigation_id from cases_case where id = turn.case_id), false);
  select ref into of_ref from cases_case where id = turn.case_id for no key update;
  if cardinality(turn_reasons(turn)) > 0 or not coalesce(turn_lapses_at(turn) <= house_now(), false) then return true; end if;
  insert into review_givenback(drawn_id, how) values (turn.id, 'lapsed');
  perform ledger_write('lapse_turn', of_ref, details);
  return true;
end $$;

-- What is being examined, by whom and until when, for those who keep the queue: neither an answer nor how far anybody is. Nobody sees here
-- what he was drawn for: who has no part in a file was not. The turns are those that ``turn_reasons`` leaves open, asked for all at once;
-- names are looked up for those alone that are shown.
create function open_turns(for_person bigint) returns table (of_turn bigint, of_case text, who text, drawn_at timestamptz, lapses_at timestamptz, held integer)
  language sql stable rows 200 security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off set enable_hashjoin = off
  set enable_mergejoin = off as $$
  with me as materialized (
    select id, agency_id, turn_hours() as hours from people_person where id = for_person
  ), again(id) as materialized (
    select unnest(investigation_set((select c.investigation_id from cases_case c where c.id = t.reexamination_id)))
      from review_reexaminationturn t where t.reviewer_id = for_person
  ), open as materialized (
    select d.id, d.case_id, d.reviewer_id, d.at, turn_counts_from(d) + make_interval(hours => me.hours + coalesce(h.hours, 0)) as until, h.hours
      from me join review_waiting w on w.agency_id = me.agency_id and w.drawn > 0 join review_drawn d on d.case_id = w.case_id
      left join review_turnhold h on h.drawn_id = d.id
     where not exists (select 1 from review_setaside s where s.drawn_id = d.id)
       and not exists (select 1 from review_recusal r where r.drawn_id = d.id)
       and not exists (select 1 from review_givenback g where g.drawn_id = d.id)
       and not exists (select 1 from cases_candidate k join review_conclusion c on c.candidate_id = k.id where k.case_id = d.case_id and c.by_id = d.reviewer_id)
       and not (me.id = any (w.parts) and exists (
             select 1 from cases_case c join cases_case o on o.investigation_id = any (investigation_set(c.investigation_id))
               join review_drawn own on own.case_id = o.id and own.reviewer_id = for_person where c.id = w.case_id))
       and not exists (select 1 from again a where a.id = (select c.investigation_id from cases_case c where c.id = w.case_id))
     order by until nulls last, d.id limit 200
  )
  select o.id, c.ref, p.display_name, o.at, o.until, o.hours
    from open o join cases_case c on c.id = o.case_id join people_person p on p.id = o.reviewer_id order by o.until nulls last, o.id
$$;

do $$
declare t text;
begin
  foreach t in array array['review_givenback', 'review_turnhold'] loop
    execute format('create trigger stays_as_it_is before update or delete on %I for each row execute function ledger_frozen()', t);
    execute format('alter table %I enable always trigger stays_as_it_is', t);
    execute format('create trigger a_under_the_lock before insert on %I for each row execute function review_under_the_lock()', t);
    execute format('alter table %I enable always trigger a_under_the_lock', t);
  end loop;
end $$;

revoke all on function turn_hours(), hold_hours(), turn_counts_from(review_drawn), turn_lapses_at(review_drawn), turn_reasons(review_drawn), turn_opened(review_drawn),
  release_turn(text, bigint, jsonb), hold_turn(text, bigint, integer, jsonb), send_turn_back(bigint, bigint, text, jsonb), lapse_turn(jsonb),
  open_turns(bigint) from public;
grant execute on function turn_hours(), hold_hours(), turn_lapses_at(review_drawn), turn_opened(review_drawn), release_turn(text, bigint, jsonb),
  hold_turn(text, bigint, integer, jsonb), send_turn_back(bigint, bigint, text, jsonb), open_turns(bigint) to app;
grant execute on function lapse_turn(jsonb) to worker;
grant select on review_givenback, review_turnhold to app, auditor;
