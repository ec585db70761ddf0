-- A job that was given up stays where a manager sees it, until a manager has it tried once more.
create function try_job_again(which bigint, by_person bigint, details jsonb) returns boolean
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not person_holds(by_person, 'manager', house_now()::date) then
    raise exception 'only a manager has a job tried again' using errcode = 'CS008';
  end if;
  update cases_job set given_up_at = null, not_before = house_now(), attempts = 0 where id = which and given_up_at is not null and done_at is null;
  if not found then
    return false;
  end if;
  perform ledger_write('try_job_again', 'job:' || which, details);
  return true;
end $$;
revoke all on function try_job_again(bigint, bigint, jsonb) from public;
grant execute on function try_job_again(bigint, bigint, jsonb) to app;
