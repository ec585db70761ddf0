-- What another agency found when it examined a case again: for each face what was joined and what was found. It moves nothing and helps
-- nothing. Where it excludes the person of an open lead, here or in a linked case, that is put on file as something that speaks for him, and
-- the gate is shut until it is closed, by the rule that stands for every such item. Now the lot is opened in the record, and the result is told.
create function compared_again(t review_reexaminationturn) returns table (candidate_id bigint, joined text, rating integer, grounds text, limits jsonb, agrees boolean)
  language sql rows 20 stable set search_path = pg_catalog, public, pg_temp as $$
  select k.id, case when l.id is not null then 'lead' else coalesce(x.because, '') end, (a.form ->> 'rating')::int, coalesce(a.form ->> 'grounds', ''),
         coalesce(a.form -> 'limits', '[]'), (l.id is not null) = coalesce((a.form ->> 'rating')::int >= 1, false)
    from cases_candidate k left join review_lead l on l.candidate_id = k.id left join review_candidateend x on x.candidate_id = k.id
    cross join lateral (select (select s.answers -> k.token::text from review_reexaminationstep s where s.turn_id = t.id and s.step = 'rate') as form) a
   where k.case_id = t.reexamination_id
$$;

-- Once for each lead, however often it is asked.
create function exclusion_put_on_file(lead review_lead, of_ref text, by_whom text, rating integer) returns text language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  said text := format('Examination again of %s', of_ref);
  new_ref text;
begin
  perform lock_entries(lead.case_id, lead.id);
  if exists (select 1 from review_evidence e where e.lead_id = lead.id and e.source_document = said and e.kind = 'examined_again') then
    return null;
  end if;
  new_ref := next_item(lead.case_id, lead.id);
  insert into review_evidence(ref, case_id, lead_id, kind, direction, description, source_document, exculpatory_code)
    values (new_ref, lead.case_id, lead.id, 'examined_again', 'exculpatory',
            format('Examined again, blind, by a reviewer of another agency (%s), who excludes that the images show the same person (%s)', by_whom, rating),
            said, '');
  perform ledger_write('add_evidence', new_ref, jsonb_build_object('by', 'machine', 'kind_of_item', 'examined_again', 'direction', 'exculpatory'));
  return new_ref;
end $$;

-- And nobody writes it before it was found, to close it in advance: it is of an examination that is done and excluded the person of its lead.
create function review_what_another_agency_excluded_it_did() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (
    select 1 from review_lead l, review_reexaminationturn t join review_reexaminationend e on e.turn_id = t.id and e.how = 'done'
      join cases_case c on c.id = t.reexamination_id cross join lateral compared_again(t) x
     where l.id = new.lead_id and new.source_document = format('Examination again of %s', c.ref) and x.rating <= -2
       and l.candidate_id = any (same_person_candidates(x.candidate_id))) then
    raise exception 'another agency has excluded nobody of this lead there' using errcode = 'CS014';
  end if;
  return new;
end $$;
create trigger c_another_agency_did before insert on review_evidence for each row when (new.kind = 'examined_again')
  execute function review_what_another_agency_excluded_it_did();
alter table review_evidence enable always trigger c_another_agency_did;

-- Nor does anybody fix it as something else: its kind is what another agency did.
create function review_nobody_fixes_what_another_agency_excluded() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if (select kind from review_evidence where id = new.item_id) = 'examined_again' then
    raise exception 'what another agency excluded is fixed by nobody' using errcode = 'CS014';
  end if;
  return new;
end $$;
create trigger c_nobody_fixes_what_another_agency_excluded before insert on review_fixing for each row
  execute function review_nobody_fixes_what_another_agency_excluded();
alter table review_fixing enable always trigger c_nobody_fixes_what_another_agency_excluded;

create function examined_again_is_done(t review_reexaminationturn) returns void language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  lot review_reexamination%rowtype;
  of_ref text := (select ref from cases_case where id = t.reexamination_id);
  by_whom text;
  excluded record;
  refs text[] := '{}';
begin
  select * into lot from review_reexamination where case_id = t.reexamination_id;
  select ori into by_whom from people_agency where id = lot.lender_id;
  insert into review_reexaminationend(turn_id, how) values (t.id, 'done');
  perform lock_entries(l.case_id, l.id)  -- from the lowest, before they are gone through in another order
    from (select distinct l.id, l.case_id from compared_again(t) c join review_lead l on l.candidate_id = any (same_person_candidates(c.candidate_id))
           where c.rating <= -2 order by l.id) l;
  for excluded in
    select l as lead, c.rating from compared_again(t) c join review_lead l on l.candidate_id = any (same_person_candidates(c.candidate_id))
     where c.rating <= -2 and not exists (select 1 from review_leadend x where x.lead_id = l.id) order by l.candidate_id <> c.candidate_id, l.id
  loop
    refs := array_append(refs, exclusion_put_on_file(excluded.lead, of_ref, by_whom, excluded.rating));
  end loop;
  refs := array_remove(refs, null);
  insert into review_reexaminationresult(case_id, lender_id, agrees, faces, items)
    select lot.case_id, lot.lender_id, coalesce(bool_and(c.agrees), true),
           coalesce(jsonb_agg(jsonb_build_object('candidate', c.candidate_id, 'joined', c.joined, 'rating', c.rating, 'grounds', c.grounds, 'limits', c.limits)
                              order by c.candidate_id), '[]'), refs from compared_again(t) c;
  delete from review_reexaminationwaiting where reexamination_id = lot.case_id;
  perform ledger_write('reexamined', of_ref, jsonb_build_object('by', 'machine', 'lender', by_whom, 'commitment', lot.commitment, 'nonce', lot.nonce,
    'agrees', (select r.agrees from review_reexaminationresult r where r.case_id = lot.case_id), 'items', to_jsonb(refs),
    'examinations', (select jsonb_agg(u.code order by u.attempt) from review_reexaminationturn u where u.reexamination_id = lot.case_id)));
end $$;

-- Nor is it outrun: a lead that opens after it, or whose investigation is linked after it, meets what was found of the same person.
create function exclusions_again_reach(lead review_lead) returns void language sql set search_path = pg_catalog, public, pg_temp as $$
  select exclusion_put_on_file(lead, c.ref, a.ori, (f ->> 'rating')::int)
    from review_reexaminationresult r join cases_case c on c.id = r.case_id join people_agency a on a.id = r.lender_id
    cross join jsonb_array_elements(r.faces) f
   where (f ->> 'rating')::int <= -2 and (f ->> 'candidate')::bigint = any (same_person_candidates(lead.candidate_id))
     and not exists (select 1 from review_leadend x where x.lead_id = lead.id)
$$;
create function review_a_later_lead_meets_the_exclusion() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  perform exclusions_again_reach(new);
  return null;
end $$;
create trigger meets_the_exclusion after insert on review_lead for each row execute function review_a_later_lead_meets_the_exclusion();
alter table review_lead enable always trigger meets_the_exclusion;

create function review_linked_leads_meet_the_exclusion() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  perform exclusions_again_reach(l) from review_lead l join cases_case c on c.id = l.case_id
    where c.investigation_id = any (investigation_set(new.one_id)) order by l.id;
  return null;
end $$;
create trigger leads_meet_the_exclusion after insert on cases_investigationlink for each row execute function review_linked_leads_meet_the_exclusion();
alter table cases_investigationlink enable always trigger leads_meet_the_exclusion;

-- Second wall, for the owner too: no result but of a lot that was drawn and a turn that was done, and it says what its rows say.
create function review_a_result_again_follows_from_its_rows() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (
    select 1 from review_reexamination r join review_reexaminationturn t on t.reexamination_id = r.case_id
      join review_reexaminationend e on e.turn_id = t.id and e.how = 'done'
     where r.case_id = new.case_id and r.chosen and r.lender_id = new.lender_id
       and not exists (select 1 from non_mates_again(t) n join review_reexaminationstep s on s.turn_id = t.id and s.step = 'rate'
                        where (s.answers -> n.token::text ->> 'rating')::int >= 1)
       and new.agrees = (select coalesce(bool_and(c.agrees), true) from compared_again(t) c)) then
    raise exception 'a case was examined again as its rows say, or not at all' using errcode = 'CS014';
  end if;
  return new;
end $$;
create trigger c_follows_from_its_rows before insert on review_reexaminationresult for each row execute function review_a_result_again_follows_from_its_rows();
alter table review_reexaminationresult enable always trigger c_follows_from_its_rows;

-- What waits goes with its result alone, also for the owner: else a case that was drawn is never examined, and nobody sees it.
create function review_what_waits_again_goes_with_its_result() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'UPDATE' or not exists (select 1 from review_reexaminationresult r where r.case_id = old.reexamination_id) then
    raise exception 'what was drawn to be examined again waits until it is' using errcode = 'CS003';
  end if;
  return old;
end $$;
create trigger goes_with_its_result before update or delete on review_reexaminationwaiting for each row
  execute function review_what_waits_again_goes_with_its_result();
alter table review_reexaminationwaiting enable always trigger goes_with_its_result;
grant select on review_reexaminationwaiting to auditor;

-- And no case is examined again that drew no lot: what waits was chosen, with the lot that the record holds.
create function review_what_is_examined_again_was_drawn() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select 1 from review_reexamination r join cases_case c on c.id = r.case_id join people_agency a on a.id = r.lender_id
                   join ledger_entry e on e.kind = 'draw_lot' and e.subject = c.ref
                  where r.case_id = new.reexamination_id and r.chosen and not is_seed(c.id)
                    and r.commitment = lot_of(c.ref, a.ori, r.chosen, r.nonce)
                    and convert_from(e.body, 'UTF8')::jsonb ->> 'commitment' = r.commitment) then
    raise exception 'nothing is examined again that no lot has drawn' using errcode = 'CS014';
  end if;
  return new;
end $$;
create trigger c_was_drawn before insert on review_reexaminationturn for each row execute function review_what_is_examined_again_was_drawn();
alter table review_reexaminationturn enable always trigger c_was_drawn;

revoke all on function compared_again(review_reexaminationturn), examined_again_is_done(review_reexaminationturn),
  exclusion_put_on_file(review_lead, text, text, integer), review_what_another_agency_excluded_it_did(),
  review_nobody_fixes_what_another_agency_excluded(), exclusions_again_reach(review_lead), review_a_later_lead_meets_the_exclusion(),
  review_linked_leads_meet_the_exclusion(), review_what_waits_again_goes_with_its_result(),
  review_a_result_again_follows_from_its_rows(), review_what_is_examined_again_was_drawn() from public;
