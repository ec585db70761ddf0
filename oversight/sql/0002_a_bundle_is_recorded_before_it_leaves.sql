-- A bundle leaves the agency only after the record says so: its number in the case, the hashes of its files, who gets it, why and by whose
-- authority; and the same row as for whatever else leaves. Only the login that makes bundles may write that, and each number stands once.
create function export_recorded(of_ref text, of_number integer, said jsonb) returns bigint language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare seq bigint;
begin
  if not exists (select 1 from cases_case where ref = of_ref) then
    raise exception 'there is no case %', of_ref using errcode = 'CS006';
  end if;
  perform pg_advisory_xact_lock(hashtext('export ' || of_ref));
  if of_number is distinct from (select count(*) + 1 from ledger_entry where subject = of_ref and kind = 'export_bundle') then
    raise exception 'bundle % of case % is not the next', of_number, of_ref using errcode = 'CS006', hint = 'Another was made meanwhile; make it again.';
  end if;
  perform court_copy_door((select id from cases_case where ref = of_ref), said);
  seq := ledger_write('export_bundle', of_ref, said || jsonb_build_object('by', 'auditor', 'bundle', of_number));
  perform review_leaves((select id from cases_case where ref = of_ref), null, 'bundle', said, null, seq);
  return seq;
end $$;
revoke all on function export_recorded(text, integer, jsonb) from public;
grant execute on function export_recorded(text, integer, jsonb) to auditor;
