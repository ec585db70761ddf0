-- What auditors ask for is found by an index, each in the order in which it is shown: kinds, days, persons by their keyed hash, and what was
-- refused. The words of the questions stand in oversight/record_search.py; a test asks that each is answered this way.
-- A body that somebody made unreadable says nothing: that it was altered is for the verifier to name, not for an index to hide.
create function ledger_said(body bytea, what text) returns text language plpgsql immutable strict parallel safe
  set search_path = pg_catalog, pg_temp as $$
begin
  return convert_from(body, 'UTF8')::jsonb ->> what;
exception when others then
  return null;
end $$;
revoke all on function ledger_said(bytea, text) from public;
grant execute on function ledger_said(bytea, text) to app, intake, worker, auditor;

create index entries_of_one_kind on ledger_entry (kind, seq);
create index entries_of_a_day on ledger_entry (at);
create index entries_by_one_person on ledger_entry (ledger_said(body, 'by'), seq);
create index entries_under_one_name on ledger_entry (ledger_said(body, 'name'), seq) where ledger_said(body, 'name') is not null;
create index entries_that_were_refused on ledger_entry (seq)
  where kind in ('refused', 'refuse_probe', 'sign_in_failed', 'job_given_up') or ledger_said(body, 'to') = 'REFUSED';
