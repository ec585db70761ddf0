-- What binds people outside the program is marked as met by a manager, with its document, for the day on which it was due.
create function meet_obligation(of_key text, on_day date, by_document text, by_person bigint, details jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare met bigint;
begin
  if not person_holds(by_person, 'manager', house_today()) then
    raise exception 'only a manager says that an obligation was met' using errcode = 'CS008';
  elsif not exists (select 1 from cases_proposedpack k join cases_policy p on p.proposal_id = k.proposal_id
                      where p.id = (select max(id) from cases_policy) and starts_with(of_key, k.pack || '/')) then
    raise exception 'no pack of the newest policy knows the obligation %', of_key using errcode = 'CS007';
  end if;
  insert into cases_obligationmet(key, due_on, document, by_id) values (of_key, on_day, by_document, by_person) returning id into met;
  perform ledger_write('meet_obligation', 'obligation:' || of_key, details || jsonb_build_object('due_on', on_day));
  return met;
end $$;
revoke all on function meet_obligation(text, date, text, bigint, jsonb) from public;
grant execute on function meet_obligation(text, date, text, bigint, jsonb) to app;
