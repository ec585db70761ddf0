-- Sortings and conclusions are written by these functions alone, whole and locked; a no comes back as reasons, never raised.
create function examination_reasons(here cases_case, who bigint) returns text[] language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare why text[] := '{}';
declare whole bigint[] := investigation_set(here.investigation_id);
begin
  if not exists (select 1 from review_drawn where case_id = here.id and reviewer_id = who) then why := array_append(why, 'not_drawn'); end if;
  if exists (select 1 from review_recusal r join review_drawn d on d.id = r.drawn_id where d.case_id = here.id and d.reviewer_id = who) then
    why := array_append(why, 'recused');
  end if;
  if exists (select 1 from review_givenback g join review_drawn d on d.id = g.drawn_id where d.case_id = here.id and d.reviewer_id = who) then
    why := array_append(why, 'went_back');
  end if;
  if exists (select 1 from parts_in(whole) x where x.person_id = who and x.part <> 'reviewer') then why := array_append(why, 'took_other_part'); end if;
  if of_a_unit_that_asked(who, whole, 'infinity') then why := array_append(why, 'of_requesters_unit'); end if;
  if not person_holds(who, 'reviewer', house_today()) or not person_trained(who, 'face_comparison', house_today()) then
    why := array_append(why, 'not_trained');
  end if;
  if not person_admitted(who, house_today()) then why := array_append(why, 'not_admitted'); end if;
  return why;
end $$;

create function sort_candidates(of_ref text, by_person bigint, answers jsonb, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here cases_case%rowtype;
  why text[];
begin
  perform units_stand_still();
  select * into here from cases_case where ref = of_ref for no key update;
  why := examination_reasons(here, by_person);
  if exists (select 1 from review_sorting s join cases_candidate k on k.id = s.candidate_id where k.case_id = here.id and s.by_id = by_person) then
    why := array_append(why, 'already_sorted');
  end if;
  if here.state <> 'FIT' or sorting_settled(here.id) then why := array_append(why, 'sorting_over'); end if;
  if (select array_agg(token::text order by token) from (
        select token from cases_candidate where case_id = here.id union all select token from non_mates_of(here.id, by_person)) t)
     is distinct from (select array_agg(t order by t::uuid) from jsonb_object_keys(answers) t) then
    why := array_append(why, 'not_every_face');
  end if;
  if exists (select 1 from jsonb_each(answers) a where btrim(coalesce(a.value ->> 'reason', '')) = '') then why := array_append(why, 'no_grounds'); end if;
  if exists (select 1 from jsonb_each(answers) a where not sorting_reason_known((a.value ->> 'kept')::boolean, a.value ->> 'reason')) then
    why := array_append(why, 'unknown_sorting_reason');
  end if;
  if exists (select 1 from cases_candidate k where k.case_id = here.id and k.image_id is null and (answers -> k.token::text ->> 'kept')::boolean) then
    why := array_append(why, 'no_picture');
  end if;
  why := why || look_reasons(here.id, by_person, false);
  if cardinality(why) > 0 then return why; end if;
  insert into review_sorting(candidate_id, by_id, kept, reason)
    select k.id, by_person, (answers -> k.token::text ->> 'kept')::boolean, answers -> k.token::text ->> 'reason'
      from cases_candidate k where k.case_id = here.id;
  insert into review_nonmatesorting(shown_id, kept, reason)
    select n.id, (answers -> n.token::text ->> 'kept')::boolean, answers -> n.token::text ->> 'reason' from non_mates_of(here.id, by_person) n;
  perform ledger_write('sort_candidates', of_ref, details);
  return '{}';
end $$;

-- Faces that anybody kept are rated by everybody drawn, once as many as the policy asks for have sorted. A third sorts nothing:
-- he rates the same faces. The sorting of somebody who stepped back before it was settled counts for nothing; later it stays, because a
-- face that disappears would tell the others.
create function sortings_that_count(of_case bigint) returns table (turn integer, candidate_id bigint, kept boolean) language sql rows 20 stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select d.turn, s.candidate_id, s.kept from review_drawn d join cases_candidate k on k.case_id = d.case_id
    join review_sorting s on s.candidate_id = k.id and s.by_id = d.reviewer_id
   where d.case_id = of_case and not exists (select 1 from review_recusal r where r.drawn_id = d.id and not r.sorting_stays)
$$;
create function kept_candidates(of_case bigint) returns bigint[] language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(distinct candidate_id), '{}') from sortings_that_count(of_case) where kept
$$;
create function sorting_settled(of_case bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select count(distinct turn) >= greatest(2, coalesce(policy_number('reviewers'), 2)) from sortings_that_count(of_case)
$$;

create function form_of(answer jsonb) returns table (rating integer, grounds text, features jsonb, limits text[], nothing_because text)
  language sql rows 1 immutable set search_path = pg_catalog, public, pg_temp as $$
  select (answer ->> 'rating')::integer, answer ->> 'grounds', answer -> 'features',
         array(select jsonb_array_elements_text(coalesce(answer -> 'limits', '[]'))), coalesce(answer ->> 'nothing_because', '')
$$;
create function conclude(of_ref text, by_person bigint, answers jsonb, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here cases_case%rowtype;
  why text[];
  kept bigint[];
  supported boolean;
begin
  perform units_stand_still();
  select * into here from cases_case where ref = of_ref for no key update;
  why := examination_reasons(here, by_person);
  kept := kept_candidates(here.id);
  if not sorting_settled(here.id) or here.state not in ('FIT', 'DISPUTED') then why := array_append(why, 'sorting_not_done'); end if;
  if exists (select 1 from review_conclusion c join cases_candidate k on k.id = c.candidate_id where k.case_id = here.id and c.by_id = by_person)
     or exists (select 1 from review_setaside s join review_drawn d on d.id = s.drawn_id where d.case_id = here.id and d.reviewer_id = by_person) then
    why := array_append(why, 'already_concluded');
  end if;
  if (select array_agg(token::text order by token) from (
        select k.token from cases_candidate k where k.id = any (kept)
        union all select n.token from non_mates_of(here.id, by_person) n where cardinality(kept) > 0 and comes_one_to_one(n)) t)
     is distinct from (select array_agg(t order by t::uuid) from jsonb_object_keys(answers) t) then
    why := array_append(why, 'not_every_face');
  end if;
  if exists (select 1 from jsonb_each(answers) a where (a.value ->> 'rating')::int not between -3 and 3) then
    why := array_append(why, 'off_the_scale');
  elsif (select grade from review_probecheck where case_id = here.id) = 'limited'
     and exists (select 1 from jsonb_each(answers) a where (a.value ->> 'rating')::int > 1) then
    why := array_append(why, 'limited_cap');
  end if;
  if exists (select 1 from jsonb_each(answers) a where btrim(coalesce(a.value ->> 'grounds', '')) = '') then why := array_append(why, 'no_grounds'); end if;
  why := why || array(select distinct r from jsonb_each(answers) a, unnest(form_reasons(a.value)) r order by 1);
  why := why || look_reasons(here.id, by_person, true);
  if cardinality(why) > 0 then return why; end if;
  insert into review_nonmaterating(shown_id, rating, grounds, features, limits, nothing_because)
    select n.id, f.* from non_mates_of(here.id, by_person) n, form_of(answers -> n.token::text) f where comes_one_to_one(n);
  supported := exists (select 1 from review_nonmaterating r join non_mates_of(here.id, by_person) n on n.id = r.shown_id where r.rating >= 1);
  execute format('insert into %I(candidate_id, by_id, rating, grounds, features, limits, nothing_because) '
                 'select k.id, $1, f.* from cases_candidate k, form_of($2 -> k.token::text) f where k.id = any ($3)',
                 case when supported then 'review_conclusionsetaside' else 'review_conclusion' end) using by_person, answers, kept;
  if supported then
    insert into review_setaside(drawn_id, because) select id, 'non_mate_supported' from review_drawn where case_id = here.id and reviewer_id = by_person;
  end if;
  perform ledger_write(case when supported then 'set_aside' else 'conclude' end, of_ref, details);
  return '{}';
end $$;
revoke all on function examination_reasons(cases_case, bigint), sort_candidates(text, bigint, jsonb, jsonb), sortings_that_count(bigint),
  kept_candidates(bigint), sorting_settled(bigint), form_of(jsonb), conclude(text, bigint, jsonb, jsonb) from public;
grant execute on function sort_candidates(text, bigint, jsonb, jsonb), conclude(text, bigint, jsonb, jsonb),
  kept_candidates(bigint), sorting_settled(bigint) to app;
