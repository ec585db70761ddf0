-- When a row was written is said by the database and by nobody else: a time that comes with it is overwritten. An earlier entry of ours,
-- papers that are newer than the file, a check before the look: all of them rest on these times. It is dated after it has the
-- investigation's lock (triggers run by name), so that a row that waited for a countersignature is not dated before it.
do $$
declare t record;
begin
  for t in select c.table_name, c.column_name from information_schema.columns c join information_schema.tables b using (table_schema, table_name)
            where c.table_schema = 'public' and b.table_type = 'BASE TABLE' and c.table_name like 'review\_%'
              and c.column_name in ('at', 'entered_at', 'asked_at', 'opened_at') loop
    execute format('create trigger b_dated_by_the_house before insert on %I for each row execute function dated_by_the_house(%L)',
                   t.table_name, t.column_name);
    execute format('alter table %I enable always trigger b_dated_by_the_house', t.table_name);
  end loop;
end $$;

-- What a person gives as a time or a day is of a year that Python can hold (ledger/0001).
call takes_these_centuries('review_evidence', 'claimed_at');
call takes_these_centuries('review_fixing', 'outside_at');
call takes_these_centuries('review_statement', 'taken_at');
call takes_these_centuries('review_outsidegate', 'happened_at');
call takes_these_centuries('review_release', 'released_at');
call days_of_these_centuries('review');
