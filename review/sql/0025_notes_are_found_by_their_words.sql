-- The words of a note are written with it, once, and stay. A note is what the case page shows to everybody who reads the case, and no more:
-- not what a reviewer wrote, nothing sealed, nobody's name as a person of the house or as one who was named to a detective. The rows say
-- nothing of who may read them: whoever asks is asked for his cases first.
create function review_note_words() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  row_ jsonb := to_jsonb(new);
  said text := (select string_agg(row_ ->> part, ' ') from unnest(tg_argv) part);
begin
  if btrim(said) = '' then return null; end if;
  insert into review_notewords(case_id, words)
    select coalesce(review_case_of(row_),
                    (select case_id from review_countersignature c join review_lead l on l.id = c.lead_id where c.id = (row_ ->> 'countersignature_id')::bigint)),
           to_tsvector('pg_catalog.english', left(said, 100000));  -- no note is refused because it is long
  return null;
end $$;
revoke all on function review_note_words() from public;

do $$
declare n record;
begin
  for n in select * from (values
      ('cases_searchrequest', '''purpose'', ''earlier_search'', ''armed'''), ('cases_probe', '''source'', ''place'', ''first_description'''),
      ('review_evidence', '''description'', ''source_document'''), ('review_closing', '''because'''), ('review_countersignature', '''because'''),
      ('review_decision', '''sentence'''), ('review_outsidegate', '''description''')) as x(t, parts) loop
    execute format('create trigger words_are_found after insert on %I for each row execute function review_note_words(%s)', n.t, n.parts);
    execute format('alter table %I enable always trigger words_are_found', n.t);
  end loop;
end $$;

create trigger stays_as_it_is before update or delete on review_notewords for each row execute function ledger_frozen();
alter table review_notewords enable always trigger stays_as_it_is;
grant select on review_notewords to app;
