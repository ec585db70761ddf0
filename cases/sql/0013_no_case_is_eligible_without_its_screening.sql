-- A case moves to ELIGIBLE on a screening whose newest row found it so: the machine's door alone opens nothing.
create function cases_eligible_has_its_screening() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if (select s.eligible from cases_screening s where s.case_id = new.case_id order by s.id desc limit 1) is not true then
    raise exception 'no screening on file found case % eligible', new.case_id using errcode = 'CS013';
  end if;
  return null;
end $$;
create trigger eligible_has_its_screening after insert on cases_move
  for each row when (new.target = 'ELIGIBLE') execute function cases_eligible_has_its_screening();
alter table cases_move enable always trigger eligible_has_its_screening;
revoke all on function cases_eligible_has_its_screening() from public;
