-- A case is opened by a person's request, by a source system, or by a person filing what another agency sent.
-- Its number has six digits, and more after the millionth case: it is never cut.
create sequence cases_case_number;

create function open_case(of_agency bigint, of_agency_case text, of_track text, by_door text, searched boolean, by_person bigint)
  returns cases_case language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  inv bigint;
  opened cases_case%rowtype;
  now_ timestamptz;
begin
  insert into cases_investigation(agency_id, agency_case) values (of_agency, btrim(of_agency_case))
    on conflict (agency_id, agency_case) do nothing returning id into inv;
  if inv is null then
    select id into inv from cases_investigation where agency_id = of_agency and agency_case = btrim(of_agency_case);
    perform lock_investigation(inv, false);  -- with all that is linked, in the order in which a countersignature takes them
  end if;
  now_ := house_now();  -- asked once for all three, because every result of a batch asks; and after any wait for the investigation
  insert into cases_case(ref, agency_id, investigation_id, state, track, door, searched_before_screening, requested_by_id, received_at)
    values ('FR-' || to_char(now_ at time zone 'UTC', 'YYYY') || '-' || to_char(nextval('cases_case_number'), 'FM999999999000000'),
            of_agency, inv, 'RECEIVED', of_track, by_door, searched, by_person, now_)
    returning * into opened;
  insert into cases_job(kind, key, case_id, details, created_at, not_before)
    values ('link', 'link:' || opened.ref, opened.id, '{}', now_, now_);
  return opened;
end $$;

-- Pictures come as parallel arrays: what is said of each, and its sealed bytes.
create function store_pictures(of_case bigint, pictures jsonb, sealed bytea[]) returns void
  language sql set search_path = pg_catalog, public, pg_temp as $$
  insert into cases_storedimage(id, case_id, shows, key_id, sealed, original_sha256, stored_sha256, media_type, width, height, demo)
  select (p ->> 'id')::uuid, of_case, p ->> 'shows', p ->> 'key_id', sealed[n], p ->> 'original_sha256', p ->> 'stored_sha256',
         p ->> 'media_type', (p ->> 'width')::int, (p ->> 'height')::int, coalesce((p ->> 'demo')::boolean, false)
    from jsonb_array_elements(pictures) with ordinality as x(p, n)
$$;

create function store_probe(of_case bigint, p jsonb) returns void
  language sql set search_path = pg_catalog, public, pg_temp as $$
  insert into cases_probe(case_id, version, image_id, kind, source, place, captured_at, clock_error_seconds, frame, actors,
                          first_description, target_box, target_because, edit)
  values (of_case, 1, (p ->> 'image')::uuid, coalesce(p ->> 'kind', 'other_still'), coalesce(p ->> 'source', ''), coalesce(p ->> 'place', ''),
          (p ->> 'captured_at')::timestamptz, (p ->> 'clock_error_seconds')::int, coalesce(p ->> 'frame', ''),
          coalesce((p ->> 'actors')::int, 1), coalesce(p ->> 'first_description', ''),
          (select array_agg(x::int order by n) from jsonb_array_elements_text(nullif(p -> 'target_box', 'null'::jsonb)) with ordinality as b(x, n)),
          coalesce(p ->> 'target_because', ''), '')
$$;

create function the_detective(by_person bigint) returns people_person language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare who people_person%rowtype;
begin
  select * into who from people_person where id = by_person and is_active;
  if not found or not person_holds(by_person, 'detective', house_today()) then
    raise exception 'only an active detective opens a case' using errcode = 'CS008';
  end if;
  return who;
end $$;

-- What the law asks of a request besides, in the words of the law; what nobody said stays null.
create function store_ground(of_case bigint, g jsonb) returns void
  language sql set search_path = pg_catalog, public, pg_temp as $$
  insert into cases_searchground(case_id, purpose, channel, suspicion, grounds, in_writing, bases, uses, protected_activity,
      records_protected_activity, authority, authority_document, authority_granted_at, authority_ends_at, authority_refused, exigent,
      exigent_since, exigent_reasons, conditions, minor, sealed)
  select of_case, coalesce(x.purpose, ''), coalesce(x.channel, 'desktop'), coalesce(x.suspicion, ''), coalesce(x.grounds, '{}'),
         coalesce(x.in_writing, ''), coalesce(x.bases, '{}'), x.uses, x.protected_activity, x.records_protected_activity,
         coalesce(x.authority, ''), coalesce(x.authority_document, ''), x.authority_granted_at, x.authority_ends_at, x.authority_refused,
         x.exigent, x.exigent_since, coalesce(x.exigent_reasons, ''), coalesce(x.conditions, '{}'), x.minor, x.sealed
    from jsonb_to_record(coalesce(g, '{}')) as x(purpose text, channel text, suspicion text, grounds text[], in_writing text, bases text[],
      uses text[], protected_activity boolean, records_protected_activity boolean, authority text, authority_document text,
      authority_granted_at timestamptz, authority_ends_at timestamptz, authority_refused boolean, exigent boolean,
      exigent_since timestamptz, exigent_reasons text, conditions text[], minor boolean, sealed boolean)
$$;

create function receive_request(by_person bigint, request jsonb, pictures jsonb, sealed bytea[], details jsonb) returns jsonb
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  who people_person%rowtype;
  opened cases_case%rowtype;
  job bigint;
begin
  who := the_detective(by_person);
  opened := open_case(who.agency_id, request ->> 'agency_case', request ->> 'track', 'person', false, by_person);
  perform store_pictures(opened.id, pictures, sealed);
  perform store_probe(opened.id, request -> 'probe');
  insert into cases_searchrequest(case_id, by_id, gallery_id, offence_code, purpose, tried_before, persons_named, repeats_because,
                                  earlier_search, armed)
    values (opened.id, by_person, (request ->> 'gallery')::bigint, request ->> 'offence_code', request ->> 'purpose', request ->> 'tried_before',
            coalesce((select array_agg(x) from jsonb_array_elements_text(request -> 'persons_named') x), '{}'),
            coalesce(request ->> 'repeats_because', ''), coalesce(request ->> 'earlier_search', ''), coalesce(request ->> 'armed', ''));
  perform store_ground(opened.id, request -> 'ground');
  perform ledger_write('request_search', opened.ref, details);
  select id into job from cases_job where key = 'link:' || opened.ref;
  return jsonb_build_object('ref', opened.ref, 'job', job);
end $$;

create function receive_outside(by_person bigint, filed jsonb, pictures jsonb, sealed bytea[], details jsonb) returns jsonb
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  who people_person%rowtype;
  opened cases_case%rowtype;
  job bigint;
begin
  who := the_detective(by_person);
  opened := open_case(who.agency_id, filed ->> 'agency_case', filed ->> 'track', 'person', true, by_person);
  perform store_pictures(opened.id, pictures, sealed);
  if filed ? 'probe' then
    perform store_probe(opened.id, filed -> 'probe');
  end if;
  insert into cases_outsideresult(case_id, filed_by_id, sender, sender_ori, their_number, they_sent_at, attachment_id)
    values (opened.id, by_person, filed ->> 'sender', filed ->> 'sender_ori', filed ->> 'their_number',
            (filed ->> 'they_sent_at')::timestamptz, (filed ->> 'attachment')::uuid);
  perform store_list(opened.id, null, filed -> 'list', coalesce(filed -> 'candidates', '[]'::jsonb));
  perform ledger_write('file_outside_result', opened.ref, details);
  select id into job from cases_job where key = 'link:' || opened.ref;
  return jsonb_build_object('ref', opened.ref, 'job', job);
end $$;

-- The machine's door: 401 for a key that is not known or has ended. It answers 201 with a new case, 200 with the stored answer, or 409 with what does not fit; it never
-- raises for these. A race of two equal results ends in a unique violation, and the caller asks again.
create function receive_result(key_hash text, result jsonb, body_hash text, pictures jsonb, sealed bytea[], details jsonb)
  returns jsonb language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  source record;
  by_name cases_searchresult%rowtype;
  by_key cases_searchresult%rowtype;
  opened cases_case%rowtype;
  answer jsonb;
begin
  select source_id as id, agency_id into source from source_of_key(key_hash);
  if not found then
    return jsonb_build_object('status', 401);
  end if;
  select * into by_name from cases_searchresult
   where agency_id = source.agency_id and source_id = source.id and external_id = result ->> 'external_id';
  select * into by_key from cases_searchresult where source_id = source.id and idempotency_key = result ->> 'idempotency_key';
  if by_name.id is not null or by_key.id is not null then
    if by_name.id is distinct from by_key.id and by_name.id is not null and by_key.id is not null then
      return jsonb_build_object('status', 409, 'conflict', 'key_and_external_id_differ');
    elsif coalesce(by_name.body_sha256, by_key.body_sha256) <> body_hash then
      return jsonb_build_object('status', 409, 'conflict', case when by_key.id is null then 'external_id_reused' else 'key_reused' end);
    end if;
    return jsonb_build_object('status', 200, 'answer', coalesce(by_name.answer, by_key.answer));
  end if;

  opened := open_case(source.agency_id, result ->> 'agency_case', result ->> 'track', 'machine', true, null);
  perform store_pictures(opened.id, pictures, sealed);
  if result ? 'probe' then
    perform store_probe(opened.id, result -> 'probe');
  end if;
  perform store_list(opened.id, null, result -> 'list', result -> 'candidates');
  answer := jsonb_build_object('case', opened.ref, 'state', opened.state, 'external_id', result ->> 'external_id',
      'searched_before_screening', true, 'candidates', jsonb_array_length(result -> 'candidates'));
  insert into cases_searchresult(case_id, agency_id, source_id, external_id, idempotency_key, body_sha256, answer)
    values (opened.id, source.agency_id, source.id, result ->> 'external_id', result ->> 'idempotency_key', body_hash, answer);
  perform ledger_write('receive_result', opened.ref, details || jsonb_build_object('source', source.id));
  return jsonb_build_object('status', 201, 'answer', answer);
end $$;

-- Which source system holds a key: by its hash, so that the door never reads the table.
create function source_of_key(key_hash text) returns table (source_id bigint, agency_id bigint)
  language sql rows 1 stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select id, agency_id from cases_sourcesystem where key_sha256 = key_hash and active_until > house_now()
$$;

revoke all on function open_case(bigint, text, text, text, boolean, bigint), store_pictures(bigint, jsonb, bytea[]),
  store_probe(bigint, jsonb), store_ground(bigint, jsonb), the_detective(bigint), receive_request(bigint, jsonb, jsonb, bytea[], jsonb), receive_outside(bigint, jsonb, jsonb, bytea[], jsonb),
  receive_result(text, jsonb, text, jsonb, bytea[], jsonb), source_of_key(text) from public;
grant execute on function receive_request(bigint, jsonb, jsonb, bytea[], jsonb), receive_outside(bigint, jsonb, jsonb, bytea[], jsonb) to app;
grant execute on function receive_result(text, jsonb, text, jsonb, bytea[], jsonb), source_of_key(text) to intake;
