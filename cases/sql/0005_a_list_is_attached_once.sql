-- A candidate list is stored as received, once a case; ranks and scores go where the pages cannot read them.
create function store_list(of_case bigint, of_search bigint, list jsonb, candidates jsonb) returns bigint
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare new_list bigint;
begin
  insert into cases_candidatelist(case_id, search_id, engine_name, engine_version, template_version, score_scale, threshold,
                                  gallery_name, gallery_revision, compared, number, not_reported)
    values (of_case, of_search, coalesce(list ->> 'engine_name', ''), coalesce(list ->> 'engine_version', ''),
            coalesce(list ->> 'template_version', ''), coalesce(list ->> 'score_scale', ''), (list ->> 'threshold')::float8,
            coalesce(list ->> 'gallery_name', ''), coalesce(list ->> 'gallery_revision', ''), (list ->> 'compared')::bigint,
            jsonb_array_length(candidates),
            coalesce((select array_agg(x) from jsonb_array_elements_text(list -> 'not_reported') x), '{}'))
    returning id into new_list;
  with given as (
    select c, n, (c ->> 'token')::uuid as token from jsonb_array_elements(candidates) with ordinality as x(c, n)
  ), stored as (
    insert into cases_candidate(list_id, case_id, token, subject_ref, image_id, image_sha256, gallery_subject_id)
    select new_list, of_case, token, coalesce(c ->> 'subject_ref', ''), (c ->> 'image')::uuid, coalesce(c ->> 'image_sha256', ''),
           (c ->> 'gallery_subject')::bigint
      from given order by token  -- not in the order of the list: a row's number must not tell its rank
    returning id, token
  )
  insert into cases_sealedscore(candidate_id, rank, score, not_provided_because)
  select stored.id, (c ->> 'rank')::int, (c ->> 'score')::float8, coalesce(c ->> 'not_provided_because', '')
    from stored join given using (token);
  return new_list;
end $$;

create function attach_list(of_ref text, search jsonb, list jsonb, candidates jsonb, details jsonb) returns integer
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  here cases_case%rowtype;
  new_search bigint;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('policy in force', 0));
  select * into here from cases_case where ref = of_ref for no key update;
  if not found or here.state <> 'FIT' or here.searched_before_screening then
    raise exception 'no search is waiting for case %', of_ref using errcode = 'CS001';
  end if;
  if (select s.eligible and s.policy_id = policy_in_force() from cases_screening s where s.case_id = here.id order by s.id desc limit 1) is not true then
    raise exception 'case % was not found eligible under the policy in force', of_ref using errcode = 'CS013';
  end if;
  insert into cases_search(case_id, probe_id, gallery_id, gallery_revision, compared, threshold, at_most, measures)
    values (here.id, (search ->> 'probe')::bigint, (search ->> 'gallery')::bigint, search ->> 'gallery_revision',
            (search ->> 'compared')::int, (search ->> 'threshold')::float8, (search ->> 'at_most')::int, search -> 'measures')
    returning id into new_search;
  perform store_list(here.id, new_search, list, candidates);
  perform ledger_write('attach_list', of_ref, details);
  return jsonb_array_length(candidates);
end $$;
revoke all on function store_list(bigint, bigint, jsonb, jsonb), attach_list(text, jsonb, jsonb, jsonb, jsonb) from public;
grant execute on function attach_list(text, jsonb, jsonb, jsonb, jsonb) to worker;
