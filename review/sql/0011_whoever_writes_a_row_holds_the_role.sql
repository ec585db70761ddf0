-- The person that a row names as its author holds the role on that day, and no other part in the investigation. Whoever writes a
-- form into the table past the program still has to be somebody who could.
create function review_author_holds_the_role() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  row_ jsonb := to_jsonb(new);
  of_case bigint := review_case_of(row_);
  column_ text;
  who bigint;
begin
  foreach column_ in array tg_argv[1:] loop
    who := (row_ ->> column_)::bigint;
    if who is not null and not person_holds(who, tg_argv[0], house_today()) then
      raise exception '% in % holds not the role of %', column_, tg_table_name, tg_argv[0] using errcode = 'CS008';
    elsif who is not null and exists (select 1 from parts_in(investigation_set((select investigation_id from cases_case where id = of_case))) x
                                       where x.person_id = who and x.part <> tg_argv[0]) then
      raise exception '% in % holds another part in the investigation', column_, tg_table_name using errcode = 'CS008';
    end if;
  end loop;
  return new;
end $$;
do $$
declare t record;
begin
  for t in select * from (values
      ('cases_offencereport', 'analyst, by_id'), ('review_probecheck', 'analyst, by_id'),
      ('review_evidence', 'detective, entered_by_id'), ('review_statement', 'detective, by_id'), ('review_edge', 'detective, written_by_id'),
      ('review_existingwarrant', 'detective, by_id'), ('review_lineupform', 'detective, by_id'), ('review_lineupheld', 'detective, by_id'),
      ('review_papers', 'detective, by_id'), ('review_outsidegate', 'detective, entered_by_id'), ('review_recheck', 'detective, by_id'),
      ('review_release', 'detective, by_id'), ('review_fixing', 'corroboration_officer, by_id, second_id'),
      ('review_closing', 'corroboration_officer, by_id'), ('review_rivalweighed', 'corroboration_officer, by_id, second_id'),
      ('review_holddecision', 'legal_adviser, by_id'), ('review_legalview', 'legal_adviser, by_id')) v(name, arguments) loop
    execute format('create trigger c_author_holds_the_role before insert on %I for each row execute function review_author_holds_the_role(%s)',
                   t.name, (select string_agg(quote_literal(a), ', ') from unnest(string_to_array(t.arguments, ', ')) a));
    execute format('alter table %I enable always trigger c_author_holds_the_role', t.name);
  end loop;
end $$;
revoke all on function review_author_holds_the_role() from public;
