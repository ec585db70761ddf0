-- What a text says is fixed by its digest: nobody stores another text under it.
alter table cases_policytext add constraint a_text_is_its_digest check (digest = encode(sha256(convert_to(text, 'UTF8')), 'hex'));

-- What merged packs come to is known by one digest: of the list of offences, of each pack in its place, and of each settlement.
create function digest_of_proposal(of_proposal bigint) returns text language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select encode(sha256(convert_to(string_agg(line, E'\n' order by part, place, line collate "C"), 'UTF8')), 'hex') from (
    select 1 as part, 0 as place, 'offences ' || p.offence_list_id as line from cases_policyproposal p where p.id = of_proposal
    union all
    select 2, k.place, k.pack || ' ' || k.text_id || ' ' || array_to_string(k.sides, ',') from cases_proposedpack k where k.proposal_id = of_proposal
    union all
    select 3, 0, s.conflict || ' ' || s.goes_first || ' ' || s.settled_by || ' ' || s.in_writing from cases_proposedsettlement s
     where s.proposal_id = of_proposal) spoken
$$;

-- What comes to the digest under which it was proposed is whole: nothing is added to it. One row more, and no machine could read the law in
-- force again. A proposal that is not whole yet is its writer's alone, who has not committed it; or it is never adopted.
create function cases_a_whole_proposal_stays() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if digest_of_proposal(new.proposal_id) = (select digest from cases_policyproposal where id = new.proposal_id) then
    raise exception 'proposal % is whole', new.proposal_id using errcode = 'CS003';
  end if;
  return new;
end $$;
create trigger a_whole_proposal_stays before insert on cases_proposedpack for each row execute function cases_a_whole_proposal_stays();
create trigger a_whole_proposal_stays before insert on cases_proposedsettlement for each row execute function cases_a_whole_proposal_stays();
alter table cases_proposedpack enable always trigger a_whole_proposal_stays;
alter table cases_proposedsettlement enable always trigger a_whole_proposal_stays;
revoke all on function cases_a_whole_proposal_stays() from public;

-- One person proposes compiled packs, another adopts them, with the record of the vote; codes, statutes, numbers, tests, flags,
-- periods and obligations become the rows that the gate reads. A policy change takes the lock that every countersigning shares,
-- and every screening and search before it answers.
create function adopt_policy(of_proposal bigint, by_person bigint, said jsonb, details jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p cases_policyproposal%rowtype;
  r cases_policy%rowtype;
  adopted bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('policy in force', 0));
  select * into p from cases_policyproposal where id = of_proposal;
  if not found then
    raise exception 'there is no proposal %', of_proposal using errcode = 'CS007';
  elsif exists (select 1 from cases_policy where proposal_id = p.id) then
    raise exception 'proposal % was adopted once; what comes after is proposed anew', of_proposal using errcode = 'CS008';
  elsif p.by_id = by_person then
    raise exception 'whoever proposed a policy does not adopt it' using errcode = 'CS008';
  elsif not person_holds(by_person, 'policy_board', house_today()) or not person_holds(p.by_id, 'policy_board', house_today()) then
    raise exception 'a policy is adopted by two members of the policy board' using errcode = 'CS008';
  elsif not exists (select 1 from cases_proposedpack where proposal_id = p.id) or digest_of_proposal(p.id) is distinct from p.digest then
    raise exception 'the texts on file are not those that were proposed' using errcode = 'CS006';
  end if;
  r := jsonb_populate_record(null::cases_policy, said);
  if r.voted_on > house_today() then
    raise exception 'the vote has not been taken yet' using errcode = 'CS006';
  elsif least(p.stands_until, r.pilot_ends_on) <= house_today() then
    raise exception 'this adoption would have ended before it began' using errcode = 'CS006';
  end if;
  insert into cases_policy(pack, title, digest, source, proposal_id, first_adopter_id, second_adopter_id, governing_body, voted_on, votes_for,
                           votes_against, votes_abstained, noticed_on, comments_from, comments_until, meetings_on, published_at,
                           written_policy, assessments, review_on, pilot_ends_on, holds_until)
    values (p.pack, p.title, p.digest, p.source, p.id, p.by_id, by_person, r.governing_body, r.voted_on, r.votes_for,
            r.votes_against, r.votes_abstained, r.noticed_on, r.comments_from, r.comments_until, coalesce(r.meetings_on, '{}'), r.published_at,
            coalesce(r.written_policy, ''), coalesce(r.assessments, '{}'), r.review_on, r.pilot_ends_on, least(p.stands_until, r.pilot_ends_on))
    returning id into adopted;
  insert into cases_policyoffence(policy_id, code, name, citation)
    select adopted, o ->> 'code', o ->> 'name', o ->> 'citation' from jsonb_array_elements(p.compiled -> 'offences') o;
  insert into cases_policystatute(policy_id, statute, code, citation)
    select adopted, o ->> 'statute', o ->> 'code', o ->> 'citation' from jsonb_array_elements(p.compiled -> 'statutes') o;
  insert into cases_policynumber(policy_id, name, value, citation)
    select adopted, o ->> 'name', (o ->> 'value')::int, o ->> 'citation' from jsonb_array_elements(p.compiled -> 'numbers') o;
  insert into cases_policyexculpatory(policy_id, code, name, citation)
    select adopted, o ->> 'code', o ->> 'name', o ->> 'citation' from jsonb_array_elements(p.compiled -> 'exculpatory') o;
  insert into cases_policyflag(policy_id, name, reach, value, citation)
    select adopted, o ->> 'name', o ->> 'reach', o -> 'value', o ->> 'citation' from jsonb_array_elements(p.compiled -> 'flags') o;
  insert into cases_policyperiod(policy_id, rule, wants, since, outcome, days, only_purposes, except_purposes, only_channels, citation)
    select adopted, o.rule, o.wants, o.since, o.outcome, o.days, o.only_purposes, o.except_purposes, o.only_channels, o.citation
      from jsonb_populate_recordset(null::cases_policyperiod, p.compiled -> 'periods') o;
  insert into cases_policyobligation(policy_id, key, owner, said)
    select adopted, o ->> 'key', o ->> 'owner', o from jsonb_array_elements(p.compiled -> 'obligations') o;
  if (select count(*) from cases_policynumber where policy_id = adopted and name in ('reviewers', 'items_that_stand_apart')) <> 2 then
    raise exception 'a policy sets how many reviewers conclude and how many items stand apart' using errcode = 'CS006';
  end if;
  perform ledger_write('adopt_policy', 'policy:' || p.pack, details || said || jsonb_build_object('policy', p.digest));
  return adopted;
end $$;

-- The newest adoption, as long as it has not ended by its pilot, or because its packs no longer say what was compiled.
create function policy_in_force() returns bigint language sql stable security definer set search_path = pg_catalog, public, pg_temp
  as $$ select id from (select id, holds_until from cases_policy order by id desc limit 1) newest
         where newest.holds_until is null or house_today() < newest.holds_until $$;
create function policy_number(of_name text) returns integer language sql stable set search_path = pg_catalog, public, pg_temp
  as $$ select value from cases_policynumber where policy_id = policy_in_force() and name = of_name $$;
-- Whether an offence stands on the list in force: by its code, or by the statute that goes with it.
create function offence_listed(of_code text, of_statute text) returns boolean language sql stable
  set search_path = pg_catalog, public, pg_temp
  as $$ select exists (select 1 from cases_policyoffence where policy_id = policy_in_force() and code = of_code)
            or exists (select 1 from cases_policystatute where policy_id = policy_in_force() and code = of_code and statute = of_statute) $$;
revoke all on function digest_of_proposal(bigint), adopt_policy(bigint, bigint, jsonb, jsonb), policy_in_force(), policy_number(text),
  offence_listed(text, text) from public;
grant execute on function adopt_policy(bigint, bigint, jsonb, jsonb) to app;
grant execute on function policy_in_force() to app, worker, auditor;
