-- A refused act is recorded with all its reasons; so is each look at a face, before a byte of it is sent.
create function record_refusal(of_case text, by_act text, by_person bigint, why text[], details jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare seq bigint;
begin
  if coalesce(cardinality(why), 0) = 0 then
    raise exception 'a refusal says why' using errcode = 'CS006';
  end if;
  seq := ledger_write('refused', coalesce(of_case, details ->> 'about', 'house'),
                      details || jsonb_build_object('act', by_act, 'reasons', to_jsonb(why)));
  insert into cases_refused(case_id, act, by_id, reasons, entry)
    values ((select id from cases_case where ref = of_case), by_act, by_person, why, seq);
  return seq;
end $$;

create function record_look(at_image uuid, by_person bigint, for_purpose text, details jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare seq bigint;
begin
  if not exists (select 1 from people_person where id = by_person and is_active) then
    raise exception 'only an active person looks' using errcode = 'CS008';
  end if;
  seq := ledger_write('look', case when for_purpose = 'reexamination' then 'reexaminations' else coalesce(
    (select c.ref from cases_case c join cases_storedimage i on i.case_id = c.id where i.id = at_image), 'gallery') end, details);
  insert into cases_look(image_id, by_id, purpose, entry) values (at_image, by_person, for_purpose, seq);
  return seq;
end $$;
revoke all on function record_refusal(text, text, bigint, text[], jsonb), record_look(uuid, bigint, text, jsonb) from public;
grant execute on function record_refusal(text, text, bigint, text[], jsonb) to app, worker;
grant execute on function record_look(uuid, bigint, text, jsonb) to app;
