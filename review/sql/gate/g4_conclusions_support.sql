-- G4: enough locked conclusions support, and no exclusion of the same person stands anywhere in the investigation.
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
  if lead_end_matters and exists (select 1 from review_leadend where lead_id = of_lead) then why := array_append(why, 'lead_ended'); end if;
  return why;
end $$;
revoke all on function same_person_candidates(bigint), ratings_of_same_person(bigint), g4_conclusions_support(bigint, boolean) from public;
grant execute on function same_person_candidates(bigint), ratings_of_same_person(bigint) to app;
