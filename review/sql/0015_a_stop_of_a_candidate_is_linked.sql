-- An action outside the gate is linked to every lead on that person which the house had: between the day on which the face was returned and
-- thirty days after the lead was opened, in any investigation of the agency. Then it has to be said whether the lead was known.
create function leads_on_the_person(of_case bigint, of_lead bigint, of_subject text, happened timestamptz) returns bigint[] language sql stable
  security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(array_agg(distinct l.id), '{}')
    from review_lead l join cases_candidate k on k.id = l.candidate_id join cases_candidatelist t on t.id = k.list_id join cases_case c on c.id = l.case_id
    left join review_lead own on own.id = of_lead left join cases_candidate me on me.id = own.candidate_id
    left join cases_candidatelist mine on mine.id = me.list_id
   where c.agency_id = (select agency_id from cases_case where id = of_case)
     and happened >= t.received_at and happened <= l.opened_at + interval '30 days'
     and (l.id = of_lead
          or (k.subject_ref <> '' and k.subject_ref = of_subject)
          or (k.subject_ref <> '' and k.subject_ref = me.subject_ref and t.gallery_name = mine.gallery_name)
          or (k.image_sha256 <> '' and k.image_sha256 = me.image_sha256))
$$;

create function investigations_on_the_person(of_case bigint, of_lead bigint, of_subject text, happened timestamptz) returns bigint[] language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select array(select distinct c.investigation_id from cases_case c
                where c.id = of_case or c.id in (select case_id from review_lead where id = any (leads_on_the_person(of_case, of_lead, of_subject, happened)))
                order by 1)
$$;

-- Whoever records a stop holds its own investigation and those of all leads on the person, shared and from the lowest, as a link takes them;
-- and again from the lowest, where a lead on the person was opened elsewhere while he waited. ``alone``: what he records is asked of the file.
create function lock_all_on_the_person(case_ref text, lead_ref text, of_subject text, happened timestamptz, alone boolean default false) returns void
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  of_lead bigint := (select id from review_lead where ref = lead_ref);
  of_case bigint := coalesce((select case_id from review_lead where ref = lead_ref), (select id from cases_case where ref = case_ref));
  theirs bigint[];
begin
  loop
    theirs := investigations_on_the_person(of_case, of_lead, of_subject, happened);
    begin
      perform lock_sets(theirs, alone);
      if theirs = investigations_on_the_person(of_case, of_lead, of_subject, happened) then return; end if;
      raise exception 'opened meanwhile' using errcode = 'CS099';
    exception when sqlstate 'CS099' then null;
    end;
  end loop;
end $$;

create function review_stop_is_linked() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare leads bigint[] := leads_on_the_person(new.case_id, new.lead_id, new.subject_ref, new.happened_at);
begin
  if new.basis = 'outside_gate' and new.lead_known = ''
     and (new.action = 'stop_or_detention' or exists (select 1 from unnest(leads) l where l is distinct from new.lead_id)) then
    raise exception 'it is not said whether the lead was known' using errcode = 'CS011';
  end if;
  insert into review_linkedlead(outside_id, lead_id) select new.id, l from unnest(leads) l;
  return null;
end $$;
create trigger stop_is_linked after insert on review_outsidegate for each row execute function review_stop_is_linked();
alter table review_outsidegate enable always trigger stop_is_linked;
create trigger stays_as_it_is before update or delete on review_linkedlead for each row execute function ledger_frozen();
alter table review_linkedlead enable always trigger stays_as_it_is;
revoke all on function leads_on_the_person(bigint, bigint, text, timestamptz), investigations_on_the_person(bigint, bigint, text, timestamptz),
  lock_all_on_the_person(text, text, text, timestamptz, boolean), review_stop_is_linked() from public;
grant execute on function leads_on_the_person(bigint, bigint, text, timestamptz), lock_all_on_the_person(text, text, text, timestamptz, boolean) to app;
grant select on review_linkedlead to app, auditor;
