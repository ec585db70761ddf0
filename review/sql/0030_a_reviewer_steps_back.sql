-- A reviewer may step back at any time. He answers nothing more, whoever writes the row; what he has locked lies where nothing that joins
-- reads it, and his turn is free. That he was drawn stays: he is not drawn again. Once a case is decided nothing is taken out; a lead that
-- rests on him is then shut, because he was not apart. His reasons are sealed: an auditor reads them, never one who
-- is drawn in the same investigation, and that he did is an entry.
create function recuse(of_ref text, by_person bigint, ground text, words text, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here cases_case%rowtype;
  mine review_drawn%rowtype;
  why text[] := '{}';
begin
  perform lock_investigation((select investigation_id from cases_case where ref = of_ref), false);
  select * into here from cases_case where ref = of_ref for no key update;
  select * into mine from review_drawn where case_id = here.id and reviewer_id = by_person;
  if mine.id is null then return array['not_drawn']; end if;
  if exists (select 1 from review_recusal where drawn_id = mine.id) then why := array_append(why, 'already_recused'); end if;
  if (ground in ('knows_person', 'saw_case', 'other_tie')) is not true then why := array_append(why, 'unknown_ground'); end if;
  if btrim(coalesce(words, '')) = '' then why := array_append(why, 'no_words'); end if;
  if cardinality(why) > 0 then return why; end if;
  insert into review_recusal(drawn_id, sorting_stays) values (mine.id, sorting_settled(here.id));
  insert into review_sealedreason(drawn_id, about, ground, words) values (mine.id, 'recusal', recuse.ground, recuse.words);
  if here.state in ('FIT', 'DISPUTED') then
    insert into review_conclusionsetaside(candidate_id, by_id, rating, grounds, features, limits, nothing_because)
      select c.candidate_id, c.by_id, c.rating, c.grounds, c.features, c.limits, c.nothing_because from review_conclusion c join cases_candidate k on k.id = c.candidate_id
       where k.case_id = here.id and c.by_id = by_person;
    delete from review_conclusion c using cases_candidate k where k.id = c.candidate_id and k.case_id = here.id and c.by_id = by_person;
  end if;
  perform ledger_write('recuse', of_ref, details);
  return '{}';
end $$;

create function report_contact(of_ref text, by_person bigint, ground text, words text, details jsonb) returns text[] language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  mine bigint := (select d.id from review_drawn d join cases_case c on c.id = d.case_id where c.ref = of_ref and d.reviewer_id = by_person);
  why text[] := '{}';
begin
  if mine is null then return array['not_drawn']; end if;
  if (ground in ('of_the_case', 'of_the_answer', 'other_talk')) is not true then why := array_append(why, 'unknown_ground'); end if;
  if btrim(coalesce(words, '')) = '' then why := array_append(why, 'no_words'); end if;
  if cardinality(why) > 0 then return why; end if;
  insert into review_sealedreason(drawn_id, about, ground, words) values (mine, 'spoken_to', report_contact.ground, report_contact.words);
  perform ledger_write('report_contact', of_ref, details);
  return '{}';
end $$;

create function sealed_reasons_told(by_person bigint, details jsonb) returns table (of_case text, who text, about text, ground text, words text, told_at timestamptz)
  language plpgsql rows 20 security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not person_holds(by_person, 'auditor', house_today()) then
    raise exception 'only an auditor reads what a reviewer told him' using errcode = 'CS008';
  end if;
  perform ledger_write('read_sealed_reasons', 'reviewers', details);
  return query
    (select c.ref, p.display_name::text, r.about, r.ground, r.words, r.at
      from review_sealedreason r join review_drawn d on d.id = r.drawn_id join cases_case c on c.id = d.case_id join people_person p on p.id = d.reviewer_id
     where c.agency_id = (select agency_id from people_person where id = by_person)
       and not exists (select 1 from review_drawn own join cases_case o on o.id = own.case_id where own.reviewer_id = by_person
                          and o.investigation_id in (select unnest(investigation_set(c.investigation_id))))
       and not examined_again(by_person, c.investigation_id) order by r.id desc limit 500)
    union all  -- what his own reviewers told who examine a case of another agency again: under the examination's code
    (select r.code, p.display_name::text, r.about, r.ground, r.words, r.at
      from review_reexaminationtold r join review_reexaminationturn t on t.id = r.turn_id join people_person p on p.id = t.reviewer_id
     where r.agency_id = (select agency_id from people_person where id = by_person) and t.reviewer_id <> by_person order by r.id desc limit 500)
    order by 6 desc;
end $$;

-- A conclusion leaves only with its author, while the case is open, and only to lie among what was set aside.
create function review_a_conclusion_leaves_with_its_author() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select 1 from review_recusal r join review_drawn d on d.id = r.drawn_id join cases_candidate k on k.case_id = d.case_id
                   join cases_case c on c.id = d.case_id
                  where k.id = old.candidate_id and d.reviewer_id = old.by_id and c.state in ('FIT', 'DISPUTED'))
     or not exists (select 1 from review_conclusionsetaside s
                     where s.candidate_id = old.candidate_id and s.by_id = old.by_id and s.rating = old.rating and s.grounds = old.grounds) then
    raise exception 'review_conclusion rows stay as they are' using errcode = 'CS003', hint = 'What comes after is a new row.';
  end if;
  return old;
end $$;
drop trigger stays_as_it_is on review_conclusion;
create trigger stays_as_it_is before update on review_conclusion for each row execute function ledger_frozen();
alter table review_conclusion enable always trigger stays_as_it_is;
create trigger leaves_with_its_author before delete on review_conclusion for each row execute function review_a_conclusion_leaves_with_its_author();
alter table review_conclusion enable always trigger leaves_with_its_author;

-- Second wall: whoever stepped back, or whose turn went back, answers nothing, whoever writes the row.
create function review_who_stepped_back_answers_nothing() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select 1 from review_recusal r join review_drawn d on d.id = r.drawn_id join cases_candidate k on k.case_id = d.case_id
              where k.id = new.candidate_id and d.reviewer_id = new.by_id)
     or exists (select 1 from review_givenback g join review_drawn d on d.id = g.drawn_id join cases_candidate k on k.case_id = d.case_id
                 where k.id = new.candidate_id and d.reviewer_id = new.by_id) then
    raise exception 'whoever stepped back, or whose turn went back, answers nothing here' using errcode = 'CS014';
  end if;
  return new;
end $$;
do $$
declare t text;
begin
  foreach t in array array['review_sorting', 'review_conclusion'] loop
    execute format('create trigger a_who_stepped_back_answers_nothing before insert on %I for each row execute function review_who_stepped_back_answers_nothing()', t);
    execute format('alter table %I enable always trigger a_who_stepped_back_answers_nothing', t);
  end loop;
  foreach t in array array['review_recusal', 'review_sealedreason'] loop
    execute format('create trigger stays_as_it_is before update or delete on %I for each row execute function ledger_frozen()', t);
    execute format('alter table %I enable always trigger stays_as_it_is', t);
  end loop;
end $$;
create trigger a_under_the_lock before insert on review_recusal for each row execute function review_under_the_lock();
alter table review_recusal enable always trigger a_under_the_lock;

revoke all on function recuse(text, bigint, text, text, jsonb), report_contact(text, bigint, text, text, jsonb), sealed_reasons_told(bigint, jsonb),
  review_a_conclusion_leaves_with_its_author(), review_who_stepped_back_answers_nothing() from public;
grant execute on function recuse(text, bigint, text, text, jsonb), report_contact(text, bigint, text, text, jsonb), sealed_reasons_told(bigint, jsonb) to app;
grant select on review_recusal to app, auditor;
grant select (id, drawn_id, about, at) on review_sealedreason to app;
grant select on review_sealedreason to auditor;
