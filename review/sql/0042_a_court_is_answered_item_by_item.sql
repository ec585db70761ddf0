-- What a court asked for is answered item by item: given in something that is on file as having left, withheld with its ground, or under a
-- protective order. What was served, and the receipt, name what left. No login writes the tables; each function asks for a legal adviser
-- who reads the case and holds no other part, and its entry stands in the same transaction. What was answered stays; the newest counts.
create function discovery_door(who bigint, of_case bigint) returns void language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
  if of_case is null or not person_holds(who, 'legal_adviser', house_today()) or not review_reads(who, of_case) or exists (
      select 1 from parts_in(investigation_set((select investigation_id from cases_case where id = of_case))) x
       where x.person_id = who and x.part <> 'legal_adviser') then
    raise exception 'only a legal adviser who reads the case and holds no other part answers its court' using errcode = 'CS008';
  end if;
end $$;

-- Something that left the agency about this investigation.
create function discovery_left(of_dissemination bigint, of_case bigint) returns review_dissemination language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare here review_dissemination%rowtype;
begin
  select d.* into here from review_dissemination d join cases_case c on c.id = d.case_id
   where d.id = of_dissemination and c.investigation_id = any (investigation_set((select investigation_id from cases_case where id = of_case)));
  if here.id is null then
    raise exception 'nothing of this investigation left under number %', of_dissemination using errcode = 'CS006';
  end if;
  return here;
end $$;

create function take_discovery(of_ref text, by_person bigint, said jsonb, details jsonb) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  of_case bigint := (select id from cases_case where ref = of_ref);
  next_number integer;
  made bigint;
begin
  perform discovery_door(by_person, of_case);
  if exists (select 1 from unnest(array['court', 'cause_number', 'asked_by', 'due_on']) needed where coalesce(btrim(said ->> needed), '') = '')
     or jsonb_array_length(said -> 'items') not between 1 and 200
     or exists (select 1 from jsonb_array_elements_text(said -> 'items') item where btrim(item) = '') then
    raise exception 'a request names court, cause number, who asks, the day on which it is due, and its items' using errcode = 'CS006';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('discovery ' || of_ref, 0));
  next_number := (select count(*) + 1 from review_discoveryrequest where case_id = of_case);
  insert into review_discoveryrequest(case_id, number, court, cause_number, asked_by, due_on, by_id, entry)
    values (of_case, next_number, btrim(said ->> 'court'), btrim(said ->> 'cause_number'), btrim(said ->> 'asked_by'), (said ->> 'due_on')::date, by_person,
            ledger_write('take_discovery', of_ref, details || jsonb_build_object('request', next_number, 'items', jsonb_array_length(said -> 'items'),
                         'due_on', said ->> 'due_on')))
    returning id into made;
  insert into review_discoveryitem(request_id, number, asked)
    select made, place, btrim(item) from jsonb_array_elements_text(said -> 'items') with ordinality x(item, place);
  return made;
end $$;

create function answer_item(of_item bigint, by_person bigint, said jsonb, details jsonb) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here record;
  given review_dissemination%rowtype;
  made bigint;
begin
  select i.number as item, r.number as request, r.case_id, c.ref into here from review_discoveryitem i
    join review_discoveryrequest r on r.id = i.request_id join cases_case c on c.id = r.case_id where i.id = of_item;
  perform discovery_door(by_person, here.case_id);
  if said ->> 'given_in' is not null then given := discovery_left((said ->> 'given_in')::bigint, here.case_id); end if;
  insert into review_discoveryanswer(item_id, answer, ground, given_in_id, by_id, entry)
    values (of_item, said ->> 'answer', btrim(coalesce(said ->> 'ground', '')), given.id, by_person,
            ledger_write('answer_item', here.ref, details || jsonb_build_object('request', here.request, 'item', here.item,
                         'answer', said ->> 'answer', 'given_in', (select index from ledger_leaf where entry_id = given.entry))))
    returning id into made;
  return made;
end $$;

create function serve_discovery(of_request bigint, by_person bigint, said jsonb, details jsonb) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here record;
  given review_dissemination%rowtype;
  served date := (said ->> 'served_on')::date;
  made bigint;
begin
  select r.number, r.case_id, c.ref, a.time_zone into here from review_discoveryrequest r join cases_case c on c.id = r.case_id
    join people_agency a on a.id = c.agency_id where r.id = of_request;
  perform discovery_door(by_person, here.case_id);
  given := discovery_left((said ->> 'served')::bigint, here.case_id);
  if served is null or served < (given.at at time zone here.time_zone)::date or served > (house_now() at time zone here.time_zone)::date then
    raise exception 'what left at % was not served on %', given.at, served using errcode = 'CS006';
  elsif coalesce(btrim(said ->> 'served_to'), '') = '' or coalesce(btrim(said ->> 'way'), '') = '' then
    raise exception 'on whom it was served, and how, must be said' using errcode = 'CS006';
  elsif court_copy_left(given.id) and btrim(said ->> 'served_to') <> given.recipient then
    raise exception 'nothing is covered in it: it is for its court alone' using errcode = 'CS006', detail = given.recipient;
  end if;
  insert into review_discoveryservice(request_id, served_id, served_on, served_to, way, by_id, entry)
    values (of_request, given.id, served, btrim(said ->> 'served_to'), btrim(said ->> 'way'), by_person,
            ledger_write('serve_discovery', here.ref, details || jsonb_build_object('request', here.number, 'served_on', served,
                         'served', (select index from ledger_leaf where entry_id = given.entry))))
    returning id into made;
  return made;
end $$;

create function file_receipt(of_service bigint, by_person bigint, said jsonb, details jsonb) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here record;
  received date := (said ->> 'received_on')::date;
  made bigint;
begin
  select r.number, r.case_id, c.ref, s.served_on, a.time_zone into here from review_discoveryservice s join review_discoveryrequest r on r.id = s.request_id
    join cases_case c on c.id = r.case_id join people_agency a on a.id = c.agency_id where s.id = of_service;
  perform discovery_door(by_person, here.case_id);
  if received is null or received < here.served_on or received > (house_now() at time zone here.time_zone)::date then
    raise exception 'what was served on % was not received on %', here.served_on, received using errcode = 'CS006';
  elsif coalesce(btrim(said ->> 'received_by'), '') = '' or coalesce(btrim(said ->> 'document'), '') = '' then
    raise exception 'who received it, and the document that says so, must be said' using errcode = 'CS006';
  end if;
  insert into review_discoveryreceipt(service_id, received_on, received_by, document, by_id, entry)
    values (of_service, received, btrim(said ->> 'received_by'), btrim(said ->> 'document'), by_person,
            ledger_write('file_receipt', here.ref, details || jsonb_build_object('request', here.number, 'received_on', received)))
    returning id into made;
  return made;
end $$;
revoke all on function discovery_door(bigint, bigint), discovery_left(bigint, bigint), take_discovery(text, bigint, jsonb, jsonb),
  answer_item(bigint, bigint, jsonb, jsonb), serve_discovery(bigint, bigint, jsonb, jsonb), file_receipt(bigint, bigint, jsonb, jsonb) from public;
grant execute on function take_discovery(text, bigint, jsonb, jsonb), answer_item(bigint, bigint, jsonb, jsonb),
  serve_discovery(bigint, bigint, jsonb, jsonb), file_receipt(bigint, bigint, jsonb, jsonb) to app;
grant select on review_discoveryrequest, review_discoveryitem, review_discoveryanswer, review_discoveryservice, review_discoveryreceipt to app, auditor;

do $$
declare t text;
begin
  foreach t in array array['review_discoveryrequest', 'review_discoveryitem', 'review_discoveryanswer', 'review_discoveryservice', 'review_discoveryreceipt'] loop
    execute format('create trigger stays_as_it_is before update or delete on %I for each row execute function ledger_frozen()', t);
    execute format('alter table %I enable always trigger stays_as_it_is', t);
  end loop;
end $$;
