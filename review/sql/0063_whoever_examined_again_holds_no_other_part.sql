-- Whoever examines a case again stands apart from its investigation for good: by no role that is held or lent later does he read it, enter,
-- tie, fix or close an item of it, open or close a case in it, or sign. What others do there is not asked about him, and tells them nothing.
create function investigations_examined_again(who bigint) returns setof bigint language sql stable rows 10 security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select unnest(investigation_set(c.investigation_id)) from review_reexaminationturn t join cases_case c on c.id = t.reexamination_id where t.reviewer_id = who
$$;

create function review_author_examined_nothing_again() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  row_ jsonb := to_jsonb(new);
  of_case bigint := coalesce(review_case_of(row_),
    (select l.case_id from review_countersignature s join review_lead l on l.id = s.lead_id where s.id = (row_ ->> 'countersignature_id')::bigint));
  column_ text;
begin
  foreach column_ in array tg_argv loop
    if examined_again((row_ ->> column_)::bigint, (select investigation_id from cases_case where id = of_case)) then
      raise exception '% in % examined a case of the investigation again, for another agency', column_, tg_table_name using errcode = 'CS008';
    end if;
  end loop;
  return new;
end $$;
do $$
declare t record;
begin
  for t in select * from (values
      ('cases_searchrequest', 'by_id'), ('cases_outsideresult', 'filed_by_id'), ('review_disposition', 'by_id'), ('review_edge', 'written_by_id'),
      ('review_recheck', 'by_id'), ('review_release', 'by_id'), ('cases_offencereport', 'by_id'), ('review_probecheck', 'by_id'), ('review_evidence', 'entered_by_id'), ('review_statement', 'by_id'),
      ('review_existingwarrant', 'by_id'), ('review_lineupform', 'by_id'), ('review_lineupheld', 'by_id'), ('review_papers', 'by_id'),
      ('review_outsidegate', 'entered_by_id, checked_by_id'), ('review_fixing', 'by_id, second_id'), ('review_closing', 'by_id, second_id'),
      ('review_rivalweighed', 'by_id, second_id'), ('review_holddecision', 'by_id'), ('review_legalview', 'by_id'),
      ('review_countersignature', 'asked_by_id'), ('review_decision', 'by_id')) v(name, arguments) loop
    execute format('create trigger c_author_examined_nothing_again before insert on %I for each row execute function review_author_examined_nothing_again(%s)',
                   t.name, (select string_agg(quote_literal(a), ', ') from unnest(string_to_array(t.arguments, ', ')) a));
    execute format('alter table %I enable always trigger c_author_examined_nothing_again', t.name);
  end loop;
end $$;
-- Whether a notice of an investigation is kept from a person: he examined there, once or again. Asked by the pages and, for the mails, by the
-- worker, which reads no turn; of one who has no notices it says yes, whatever he examined.
create function is_kept_from(who bigint, of_investigation bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select not exists (select 1 from unnest(array['detective', 'supervisor', 'auditor', 'prosecutor', 'policy_board', 'manager']) r(role)
                      where person_holds(who, r.role, house_today()))
      or exists (select 1 from review_drawn d join cases_case o on o.id = d.case_id
                  where d.reviewer_id = who and of_investigation = any (investigation_set(o.investigation_id)))
      or of_investigation in (select investigations_examined_again(who))
$$;

revoke all on function is_kept_from(bigint, bigint), investigations_examined_again(bigint), review_author_examined_nothing_again() from public;
grant execute on function investigations_examined_again(bigint) to app;
grant execute on function is_kept_from(bigint, bigint) to app, worker;
