-- What a prosecutor uses in court is on file with its entry, on a lead that he reaches; after a lead ended only what speaks for the person.
-- The law's answer is the pages' (its words are not compiled to rows); the database holds who, which lead, which stage and under which policy.
create function use_in_court(of_ref text, by_person bigint, said jsonb, details jsonb) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here review_lead%rowtype;
  stage text := said ->> 'stage';
  now_in_force text := (select digest from cases_policy where id = policy_in_force());
  made bigint;
begin
  select * into here from review_lead where ref = of_ref;
  if here.id is null or not prosecutor_reaches(by_person, here.id) then
    raise exception 'there is no lead % that was told to this prosecutor', of_ref using errcode = 'CS008';
  elsif stage is null or stage not in ('warrant', 'preliminary_hearing', 'grand_jury', 'juvenile', 'trial', 'exculpatory_release')
     or coalesce(btrim(said ->> 'court'), '') = '' or coalesce(btrim(said ->> 'cause_number'), '') = '' or said ->> 'on' is null then
    raise exception 'a use in court names its stage, court, cause number and day' using errcode = 'CS006';
  elsif stage <> 'exculpatory_release' and (exists (select 1 from review_leadend where lead_id = here.id)
     or now_in_force is null or now_in_force <> said ->> 'policy_digest') then
    raise exception 'lead % ended, or the policy in force is not the one that was asked', of_ref using errcode = 'CS021';
  end if;
  insert into review_courtuse(lead_id, stage, court, cause_number, "on", showing, policy_digest, by_id, entry)
    values (here.id, stage, btrim(said ->> 'court'), btrim(said ->> 'cause_number'), (said ->> 'on')::date,
            coalesce((select array_agg(x) from jsonb_array_elements_text(said -> 'showing') x), '{}'), coalesce(said ->> 'policy_digest', ''), by_person,
            ledger_write('use_in_court', of_ref, details || jsonb_build_object('stage', stage)))
    returning id into made;
  return made;
end $$;
revoke all on function use_in_court(text, bigint, jsonb, jsonb) from public;
grant execute on function use_in_court(text, bigint, jsonb, jsonb) to app;
grant select on review_courtuse to app, auditor;
create trigger stays_as_it_is before update or delete on review_courtuse for each row execute function ledger_frozen();
alter table review_courtuse enable always trigger stays_as_it_is;
