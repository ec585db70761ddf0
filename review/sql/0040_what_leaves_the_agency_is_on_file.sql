-- Whatever leaves the agency has its row and its entry before it leaves: what, who gets it, his ORI, for what, by whose authority. No login
-- writes the table; only functions do, each for what it lets out. The entry says no name: the recipient stands there as a keyed hash.
create function review_leaves(of_case bigint, of_lead bigint, of_what text, said jsonb, who bigint, of_entry bigint) returns bigint language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare made bigint;
begin
  if exists (select 1 from unnest(array['recipient', 'purpose', 'authority']) needed where coalesce(btrim(said ->> needed), '') = '') then
    raise exception 'who gets it, why and by whose authority must be said' using errcode = 'CS006';
  elsif coalesce(said ->> 'ori', '') !~ '^([A-Z]{2}[A-Z0-9]{7})?$' then
    raise exception '% is no ORI', said ->> 'ori' using errcode = 'CS006',
      hint = 'Two letters of the state, then seven capital letters or digits; leave it empty where the recipient has none.';
  end if;
  insert into review_dissemination(case_id, lead_id, what, recipient, ori, purpose, authority, by_id, entry)
    values (of_case, of_lead, of_what, btrim(said ->> 'recipient'), coalesce(said ->> 'ori', ''), btrim(said ->> 'purpose'),
            btrim(said ->> 'authority'), who, of_entry) returning id into made;
  return made;
end $$;

-- Whether a person may read a case: by a role of his own agency, or one that an agreement lends; never a reviewer of the investigation,
-- nor of one that is linked to it.
create function review_reads(who bigint, of_case bigint) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select exists (
      select 1 from cases_case c join people_person p on p.id = who
        cross join unnest(array['detective', 'analyst', 'supervisor', 'auditor', 'legal_adviser']) role
       where c.id = of_case and person_holds(who, role, house_today())
         and (p.agency_id = c.agency_id or exists (
           select 1 from people_agreement a where a.lender_id = p.agency_id and a.borrower_id = c.agency_id and role = any (a.roles)
              and house_today() between a.from_on and a.until_on)))
    and not exists (select 1 from review_drawn d join cases_case o on o.id = d.case_id join cases_case c on c.id = of_case
                     where d.reviewer_id = who and c.investigation_id = any (investigation_set(o.investigation_id)))
    and not examined_again(who, (select investigation_id from cases_case where id = of_case))
$$;

create function disseminate(of_lead text, by_person bigint, said jsonb, details jsonb) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare here review_lead%rowtype;
begin
  select * into here from review_lead where ref = of_lead;
  if here.id is null or not review_reads(by_person, here.case_id) then
    raise exception 'there is no lead % that this person reads', of_lead using errcode = 'CS008';
  end if;
  return review_leaves(here.case_id, here.id, 'lead_report', said, by_person,
    ledger_write('disseminate', of_lead, details || jsonb_build_object('what', 'lead_report', 'ori', coalesce(said ->> 'ori', ''))));
end $$;
revoke all on function review_leaves(bigint, bigint, text, jsonb, bigint, bigint), review_reads(bigint, bigint),
  disseminate(text, bigint, jsonb, jsonb) from public;
grant execute on function disseminate(text, bigint, jsonb, jsonb) to app;
grant select on review_dissemination to app, auditor;

create trigger stays_as_it_is before update or delete on review_dissemination for each row execute function ledger_frozen();
alter table review_dissemination enable always trigger stays_as_it_is;
