-- A job that was given up stays where a manager sees it, until a manager of its agency has it tried once more; one of the whole house
-- (a new policy, the day's retention) until any manager does.
create function try_job_again(which bigint, by_person bigint, details jsonb) returns boolean
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not person_holds(by_person, 'manager', house_today()) then
    raise exception 'only a manager has a job tried again' using errcode = 'CS008';
  end if;
  update cases_job j set given_up_at = null, not_before = house_now(), attempts = 0
    where j.id = which and j.given_up_at is not null and j.done_at is null
      and ((j.case_id is null and j.kind <> 'enrol')
           or (select p.agency_id from people_person p where p.id = by_person) = coalesce(
             (select c.agency_id from cases_case c where c.id = j.case_id),
             (select g.agency_id from cases_enrolmentrun r join cases_gallery g on g.id = r.gallery_id
               where j.kind = 'enrol' and r.id = (j.details ->> 'run')::bigint)));
  if not found then
    return false;
  end if;
  perform ledger_write('try_job_again', 'job:' || which, details);
  return true;
end $$;
revoke all on function try_job_again(bigint, bigint, jsonb) from public;
grant execute on function try_job_again(bigint, bigint, jsonb) to app;
