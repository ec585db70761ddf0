-- A job is done once under its key. The pages ask for what a fact on file asks for, under that fact's own key, as not begun and due now:
-- a key that is taken in advance would keep a machine from ever doing what the fact asks for when it comes.
create function cases_a_job_has_its_fact() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  asked boolean;
begin
  if new.kind = 'rescreen' then
    select new.case_id is null and new.key = 'rescreen:' || max(id) || ':0' and new.details = jsonb_build_object('policy', max(id))
      into asked from cases_policy;
  else
    select new.key = new.kind || ':' || c.ref and new.details = '{}' and new.kind =
             case when c.state = 'RECEIVED' and exists (select from cases_offencereport r where r.case_id = c.id) then 'screen'
                  when c.state = 'FIT' and c.searched_before_screening then 'find_empty'
                  when c.state = 'FIT' then 'search' end
      into asked from cases_case c where c.id = new.case_id;
  end if;
  if asked is not true then
    raise exception 'nothing on file asks for job %', new.key using errcode = 'CS013';
  end if;
  new.created_at := house_now();
  new.not_before := new.created_at;
  new.told_at := null;
  new.attempts := 0;
  new.last_error := '';
  new.done_at := null;
  new.given_up_at := null;
  return new;
end $$;
create trigger a_job_has_its_fact before insert on cases_job
  for each row when (current_user = 'app') execute function cases_a_job_has_its_fact();
alter table cases_job enable always trigger a_job_has_its_fact;
revoke all on function cases_a_job_has_its_fact() from public;
