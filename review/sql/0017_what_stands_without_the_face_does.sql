-- An action is on file as standing without the face where the file says so at that moment, also by raw SQL. Whoever records one keeps the policy
-- in force and then holds alone its own investigation, and those of all leads on the person, which are put on hold with it: what speaks for the
-- person is there before, or comes later. Whoever checked it holds the role.
create function review_stands_without_the_face() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare why text[];
begin
  if new.lead_id is not null and new.case_id is distinct from (select case_id from review_lead where id = new.lead_id) then
    raise exception 'an action on a lead is of the case of that lead' using errcode = 'CS011';
  end if;
  perform pg_advisory_xact_lock_shared(hashtextextended('policy in force', 0));
  perform lock_all_on_the_person((select ref from cases_case where id = new.case_id), (select ref from review_lead where id = new.lead_id),
                                 new.subject_ref, new.happened_at, true);
  -- held already; asked for because whoever reads from an older picture is refused by it
  perform lock_investigation((select investigation_id from cases_case where id = new.case_id), true);
  why := without_face_reasons(new.case_id, new.lead_id);
  if cardinality(why) > 0 then
    raise exception 'this does not stand without the face: %', array_to_string(why, ', ') using errcode = 'CS015';
  end if;
  return new;
end $$;
create trigger a_stands_without_the_face before insert on review_outsidegate
  for each row when (new.basis = 'stands_without_face') execute function review_stands_without_the_face();
alter table review_outsidegate enable always trigger a_stands_without_the_face;
create trigger c_checker_holds_the_role before insert on review_outsidegate
  for each row execute function review_author_holds_the_role('corroboration_officer', 'checked_by_id');
alter table review_outsidegate enable always trigger c_checker_holds_the_role;
revoke all on function review_stands_without_the_face() from public;
