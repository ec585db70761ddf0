-- G4: enough locked conclusions support, no exclusion of the same person stands anywhere in the investigation, and it is the whole one.
create or replace function same_person_candidates(of_candidate bigint) returns bigint[] language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select array_agg(distinct other.id)
    from cases_candidate me join cases_candidatelist mine on mine.id = me.list_id join cases_case c on c.id = me.case_id
    join cases_case sibling on sibling.investigation_id = any (investigation_set(c.investigation_id))
    join cases_candidate other on other.case_id = sibling.id join cases_candidatelist theirs on theirs.id = other.list_id
   where me.id = of_candidate
     and (other.id = me.id
          or (me.subject_ref <> '' and other.subject_ref = me.subject_ref and theirs.gallery_name = mine.gallery_name)
          or (me.image_sha256 <> '' and other.image_sha256 = me.image_sha256))
$$;

-- Every rating of the same person: also what somebody had locked who then stepped back. An exclusion is not taken away by stepping back.
create or replace function ratings_of_same_person(of_candidate bigint) returns integer[] language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  with same as materialized (select unnest(same_person_candidates(of_candidate)) as id)
  select array(select o.rating::integer from review_conclusion o join same on same.id = o.candidate_id
               union all
               select s.rating::integer from review_conclusionsetaside s join same on same.id = s.candidate_id join cases_candidate k on k.id = s.candidate_id
                 join review_drawn d on d.case_id = k.case_id and d.reviewer_id = s.by_id join review_recusal r on r.drawn_id = d.id)
$$;

-- Whether a case of another investigation, of any agency and in any state, holds the very picture of one of these: a machine's job will link
-- them. Until it has, nothing that is on file there was asked.
create or replace function same_picture_elsewhere(whole bigint[]) returns boolean language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  with pictures as materialized (
    select distinct here.original_sha256 from unnest(whole) w(id) cross join lateral (
      select i.original_sha256 from cases_case c join cases_probe p on p.case_id = c.id join cases_storedimage i on i.id = p.image_id
       where c.investigation_id = w.id) here
  )
  select exists (select 1 from pictures s cross join lateral (
                   select c.investigation_id from cases_storedimage i join cases_probe p on p.image_id = i.id join cases_case c on c.id = p.case_id
                    where i.original_sha256 = s.original_sha256) there
                  where there.investigation_id <> all (whole))
$$;

create or replace function g4_conclusions_support(of_lead bigint, lead_end_matters boolean) returns text[] language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  why text[] := '{}';
  of_candidate bigint := (select candidate_id from review_lead where id = of_lead);
begin
  if (select count(distinct by_id) from review_conclusion where candidate_id = of_candidate and rating >= 1)
     < greatest(2, coalesce(policy_number('reviewers'), 2)) then
    why := array_append(why, 'conclusions_do_not_support');
  end if;
  if -2 >= any (ratings_of_same_person(of_candidate)) then
    why := array_append(why, 'exclusion_stands');
  end if;
  if same_picture_elsewhere(investigation_set((select c.investigation_id from review_lead l join cases_case c on c.id = l.case_id where l.id = of_lead))) then
    why := array_append(why, 'same_picture_not_linked');
  end if;
  if lead_end_matters and exists (select 1 from review_leadend where lead_id = of_lead) then why := array_append(why, 'lead_ended'); end if;
  return why;
end $$;
revoke all on function same_person_candidates(bigint), ratings_of_same_person(bigint), same_picture_elsewhere(bigint[]), g4_conclusions_support(bigint, boolean) from public;
grant execute on function same_person_candidates(bigint), ratings_of_same_person(bigint), same_picture_elsewhere(bigint[]) to app;
