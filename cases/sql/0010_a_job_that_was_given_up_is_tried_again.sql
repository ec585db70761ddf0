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

-- An attempt is counted in a transaction of its own, before the effect: a job that ends its worker is given up too. From then on the
-- session alone has the job, until it lets it go or ends; null where another has it, or it is done or given up.
create function begin_job(which bigint) returns integer language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare attempt integer;
begin
  if not pg_try_advisory_lock(hashtextextended('job ' || which, 0)) then return null; end if;
  begin
    update cases_job set attempts = attempts + 1 where done_at is null and given_up_at is null
      and id = (select id from cases_job where id = which for update skip locked) returning attempts into attempt;
  exception when query_canceled or others then  -- the session lives on, and would keep what no transaction gives back
    perform let_job_go(which);
    raise;
  end;
  if attempt is null then
    perform let_job_go(which);
  else
    perform set_config('synchronous_commit', 'off', true);  -- it has to outlive the worker, not the server
  end if;
  return attempt;
end $$;
create function let_job_go(which bigint) returns boolean language sql set search_path = pg_catalog, public, pg_temp
  as $$ select pg_advisory_unlock(hashtextextended('job ' || which, 0)) $$;
revoke all on function begin_job(bigint), let_job_go(bigint) from public;
grant execute on function begin_job(bigint), let_job_go(bigint) to worker;
