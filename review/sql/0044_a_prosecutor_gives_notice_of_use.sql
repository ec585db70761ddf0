-- A notice to the defence that a face search was used is given by a prosecutor, on a lead that was told to his office: an action was asked
-- for on it or taken outside the gate, in his own agency or one to which an agreement lends the role. He examined nothing that is linked.
create function prosecutor_reaches(who bigint, of_lead bigint) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select exists (
      select 1 from review_lead l join cases_case c on c.id = l.case_id join people_person p on p.id = who
       where l.id = of_lead and person_holds(who, 'prosecutor', house_today())
         and (p.agency_id = c.agency_id or exists (
           select 1 from people_agreement a where a.lender_id = p.agency_id and a.borrower_id = c.agency_id and 'prosecutor' = any (a.roles)
              and house_today() between a.from_on and a.until_on))
         and not exists (select 1 from review_drawn d join cases_case o on o.id = d.case_id
                          where d.reviewer_id = who and c.investigation_id = any (investigation_set(o.investigation_id))))
    and (exists (select 1 from review_countersignature where lead_id = of_lead)
      or exists (select 1 from review_outsidegate where lead_id = of_lead)
      or exists (select 1 from review_linkedlead where lead_id = of_lead))
$$;

create function give_notice_of_use(of_ref text, by_person bigint, said jsonb, details jsonb) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare here review_lead%rowtype;
begin
  select * into here from review_lead where ref = of_ref;
  if here.id is null or not prosecutor_reaches(by_person, here.id) then
    raise exception 'there is no lead % that was told to this prosecutor', of_ref using errcode = 'CS008';
  end if;
  return review_leaves(here.case_id, here.id, 'notice_of_use', said, by_person,
    ledger_write('give_notice_of_use', of_ref, details || jsonb_build_object('what', 'notice_of_use', 'ori', coalesce(said ->> 'ori', ''))));
end $$;
revoke all on function prosecutor_reaches(bigint, bigint), give_notice_of_use(text, bigint, jsonb, jsonb) from public;
grant execute on function give_notice_of_use(text, bigint, jsonb, jsonb) to app;
