-- Custody, an action that started, one outside the gate and a court's request each put a legal hold on the case by themselves. A legal
-- adviser without another part sets further ones, and alone lifts one, each on a document.
create trigger holds_the_pictures after insert on review_custody for each row execute function holds_the_pictures('custody');
create trigger holds_the_pictures after insert on review_outsidegate for each row execute function holds_the_pictures('outside_gate');
create trigger holds_the_pictures after insert on review_discoveryrequest for each row execute function holds_the_pictures('discovery');
create function review_a_started_action_holds_the_pictures() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  perform hold_by_itself((select case_id from review_lead where id = new.lead_id), 'action_started');
  return null;
end $$;
create trigger holds_the_pictures after update on review_countersignature
  for each row when (new.state = 'STARTED' and old.state <> 'STARTED') execute function review_a_started_action_holds_the_pictures();
-- An action outside the gate is linked to every lead on the person; the cases of those leads are held with it.
create function review_a_linked_lead_holds_the_pictures() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare of_case bigint := (select case_id from review_lead where id = new.lead_id);
begin
  if not (select c.investigation_id = any (investigation_set(o.investigation_id)) from cases_case c, cases_case o
           where c.id = of_case and o.id = (select case_id from review_outsidegate where id = new.outside_id)) then
    perform hold_by_itself(of_case, 'outside_gate');
  end if;
  return null;
end $$;
create trigger holds_the_pictures after insert on review_linkedlead for each row execute function review_a_linked_lead_holds_the_pictures();

-- What is asked for in an open case, or signed and may still start, holds them too, by itself and only as long as that is so.
create or replace function legal_hold_on(of_investigation bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from cases_legalhold h join cases_case c on c.id = h.case_id
                  where c.investigation_id = any (investigation_set(of_investigation))
                    and not exists (select 1 from cases_legalholdlifted x where x.hold_id = h.id))
      or exists (select 1 from review_countersignature s join review_lead l on l.id = s.lead_id join cases_case c on c.id = l.case_id
                  where c.investigation_id = any (investigation_set(of_investigation))
                    and (s.state = 'ASKED' and c.state = 'LEAD' or s.state = 'SIGNED' and s.act_by > house_now()))
$$;

do $$
declare t text;
begin
  foreach t in array array['review_linkedlead', 'review_custody', 'review_outsidegate', 'review_discoveryrequest', 'review_countersignature'] loop
    execute format('alter table %I enable always trigger holds_the_pictures', t);
  end loop;
end $$;

create function set_legal_hold(of_ref text, by_person bigint, on_document text, details jsonb) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare of_case bigint := (select id from cases_case where ref = of_ref);
begin
  perform discovery_door(by_person, of_case);
  if coalesce(btrim(on_document), '') = '' then
    raise exception 'a legal hold names its document' using errcode = 'CS006';
  end if;
  return put_on_hold(of_case, 'order', btrim(on_document), by_person, details);
end $$;

create function lift_legal_hold(of_hold bigint, by_person bigint, on_document text, details jsonb) returns void language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare here record;
begin
  select h.id, h.because, h.case_id, c.ref, c.investigation_id into here from cases_legalhold h join cases_case c on c.id = h.case_id where h.id = of_hold;
  perform discovery_door(by_person, here.case_id);
  perform lock_investigation(here.investigation_id, false);
  if coalesce(btrim(on_document), '') = '' then
    raise exception 'lifting a legal hold names its document' using errcode = 'CS006';
  elsif exists (select 1 from review_custody u join cases_case c on c.id = u.case_id where c.investigation_id = any (investigation_set(here.investigation_id))
                   and not exists (select 1 from review_release r where r.custody_id = u.id)) and here.because = 'custody' then
    raise exception 'somebody is in custody and not released' using errcode = 'CS020';
  end if;
  insert into cases_legalholdlifted(hold_id, document, by_id, entry)
    values (here.id, btrim(on_document), by_person, ledger_write('lift_legal_hold', here.ref, details || jsonb_build_object('because', here.because)));
end $$;
revoke all on function review_a_started_action_holds_the_pictures(), review_a_linked_lead_holds_the_pictures(), set_legal_hold(text, bigint, text, jsonb), lift_legal_hold(bigint, bigint, text, jsonb) from public;
grant execute on function set_legal_hold(text, bigint, text, jsonb), lift_legal_hold(bigint, bigint, text, jsonb) to app;
