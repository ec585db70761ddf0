-- By what a probe is found again is the worker's alone: it says of a face what a template says. It stays, and its template opens only as
-- long as the key of its case lives. Near prints come nearest first; whether they are one picture the template decides.
grant select, insert on cases_probeprint to worker;
create trigger stays_as_it_is before update or delete on cases_probeprint for each row execute function ledger_frozen();
alter table cases_probeprint enable always trigger stays_as_it_is;

create function near_prints(of_agency bigint, of_investigation bigint, of_version text, of_hash bigint, bits integer, newest integer, nearest integer)
  returns setof cases_probeprint language sql rows 10 stable set search_path = pg_catalog, public, pg_temp as $$
  select n.* from (select * from cases_probeprint where agency_id = of_agency and template_version = of_version order by id desc limit newest) n
    join cases_probe p on p.id = n.probe_id join cases_case c on c.id = p.case_id
   where c.investigation_id <> of_investigation and bit_count((n.hash # of_hash)::bit(64)) <= bits
   order by bit_count((n.hash # of_hash)::bit(64)), n.id desc limit nearest
$$;
revoke all on function near_prints(bigint, bigint, text, bigint, integer, integer, integer) from public;
grant execute on function near_prints(bigint, bigint, text, bigint, integer, integer, integer) to worker;
