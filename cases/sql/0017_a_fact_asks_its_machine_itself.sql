-- What a machine has to do next is asked for by the fact itself, under the fact's own key and once: nobody writes the fact and asks no machine,
-- nobody asks before there is a fact, and the pages write no job.
create function cases_ask_machine(of_kind text, about text, of_case bigint, said jsonb) returns void
  language sql set search_path = pg_catalog, public, pg_temp as $$
  insert into cases_job(kind, key, case_id, details) values (of_kind, of_kind || ':' || about, of_case, said) on conflict (key) do nothing
$$;

create function cases_a_report_is_screened() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform cases_ask_machine('screen', c.ref, c.id, '{}') from cases_case c where c.id = new.case_id;
  return null;
end $$;
create trigger a_report_is_screened after insert on cases_offencereport for each row execute function cases_a_report_is_screened();

create function cases_a_fit_probe_is_searched() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform cases_ask_machine(case when new.searched_before_screening then 'find_empty' else 'search' end, new.ref, new.id, '{}');
  return null;
end $$;
create trigger a_fit_probe_is_searched after update of state on cases_case
  for each row when (new.state = 'FIT' and old.state <> 'FIT') execute function cases_a_fit_probe_is_searched();

create function cases_an_adoption_is_asked_of_each_case() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform cases_ask_machine('rescreen', new.id || ':0', null, jsonb_build_object('policy', new.id));
  return null;
end $$;
create trigger an_adoption_is_asked_of_each_case after insert on cases_policy for each row execute function cases_an_adoption_is_asked_of_each_case();

-- The key of a job that comes with its fact is the fact's: a machine that took it in advance would keep the case standing, or its door shut.
create function cases_a_facts_key_is_its_own() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  raise exception 'the job % comes with its fact, and with nothing else', new.key using errcode = 'CS008';
end $$;
create trigger a_facts_key_is_its_own before insert on cases_job
  for each row when (current_user = 'worker' and new.key ~ '^(link|screen|search|find_empty):[^:]*$|^rescreen:[^:]*:0$')
  execute function cases_a_facts_key_is_its_own();

alter table cases_job enable always trigger a_facts_key_is_its_own;
alter table cases_offencereport enable always trigger a_report_is_screened;
alter table cases_case enable always trigger a_fit_probe_is_searched;
alter table cases_policy enable always trigger an_adoption_is_asked_of_each_case;
revoke all on function cases_ask_machine(text, text, bigint, jsonb), cases_a_report_is_screened(), cases_a_fit_probe_is_searched(),
  cases_an_adoption_is_asked_of_each_case(), cases_a_facts_key_is_its_own() from public;
