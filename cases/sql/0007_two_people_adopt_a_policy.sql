-- One person proposes a compiled pack, another adopts it; numbers, codes and flags become the rows that the gate reads.
-- A policy change takes the lock that every countersigning shares.
create function adopt_policy(of_proposal bigint, by_person bigint, details jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  p cases_policyproposal%rowtype;
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
  end if;
  insert into cases_policy(pack, title, digest, source, proposal_id, first_adopter_id, second_adopter_id)
    values (p.pack, p.title, p.digest, p.source, p.id, p.by_id, by_person) returning id into adopted;
  insert into cases_policyoffence(policy_id, code, name, citation)
    select adopted, o ->> 'code', o ->> 'name', o ->> 'citation' from jsonb_array_elements(p.compiled -> 'offences') o;
  insert into cases_policynumber(policy_id, name, value, citation)
    select adopted, o ->> 'name', (o ->> 'value')::int, o ->> 'citation' from jsonb_array_elements(p.compiled -> 'numbers') o;
  insert into cases_policyexculpatory(policy_id, code, name, citation)
    select adopted, o ->> 'code', o ->> 'name', o ->> 'citation' from jsonb_array_elements(p.compiled -> 'exculpatory') o;
  if (select count(*) from cases_policynumber where policy_id = adopted and name in ('reviewers', 'items_that_stand_apart')) <> 2 then
    raise exception 'a policy sets how many reviewers conclude and how many items stand apart' using errcode = 'CS006';
  end if;
  perform ledger_write('adopt_policy', 'policy:' || p.pack, details || jsonb_build_object('policy', p.digest));
  return adopted;
end $$;

create function policy_in_force() returns bigint language sql stable set search_path = pg_catalog, public, pg_temp
  as $$ select max(id) from cases_policy $$;
create function policy_number(of_name text) returns integer language sql stable set search_path = pg_catalog, public, pg_temp
  as $$ select value from cases_policynumber where policy_id = policy_in_force() and name = of_name $$;
revoke all on function adopt_policy(bigint, bigint, jsonb), policy_in_force(), policy_number(text) from public;
grant execute on function adopt_policy(bigint, bigint, jsonb) to app;
