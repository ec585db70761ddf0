-- Practice has its own pictures and its own rows: no case, no trial, no figure. A pair is drawn by lot, half of them of one person; the
-- truth is told with the answer, which is given once, and nobody reads it before.
grant select (id, agency_id, image_id) on review_practicepicture to app;
grant select on review_practicepicture to auditor;
grant select on review_practice, review_practiceanswer to app, auditor;

create function draw_practice(by_person bigint, known_as text) returns boolean language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  first review_practicepicture%rowtype;
  second bigint;
  of_one boolean := random() < 0.5;
begin
  if not person_holds(by_person, 'reviewer', house_today()) then
    raise exception 'only a reviewer practises' using errcode = 'CS008';
  end if;
  select p.* into first from review_practicepicture p where p.agency_id = (select agency_id from people_person where id = by_person)
     and exists (select 1 from review_practicepicture o where o.agency_id = p.agency_id and o.id <> p.id and (o.subject = p.subject) = of_one)
   order by random() limit 1;
  select o.id into second from review_practicepicture o where o.agency_id = first.agency_id and o.id <> first.id and (o.subject = first.subject) = of_one
   order by random() limit 1;
  if second is null then return false; end if;
  insert into review_practice(reviewer_id, code, one_id, other_id) values (by_person, known_as, first.id, second);
  return true;
end $$;

create function answer_practice(by_person bigint, of_code text, given integer, details jsonb) returns boolean language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here review_practice%rowtype;
  truth boolean;
begin
  select * into here from review_practice where code = of_code and reviewer_id = by_person for update;
  if here.id is null or given not between -3 and 3 or exists (select 1 from review_practiceanswer where practice_id = here.id) then return false; end if;
  truth := (select a.subject = b.subject from review_practicepicture a, review_practicepicture b where a.id = here.one_id and b.id = here.other_id);
  insert into review_practiceanswer(practice_id, rating, same) values (here.id, given, truth);
  perform ledger_write('practise', 'practice', details);
  return true;
end $$;
revoke all on function draw_practice(bigint, text), answer_practice(bigint, text, integer, jsonb) from public;
grant execute on function draw_practice(bigint, text), answer_practice(bigint, text, integer, jsonb) to app;

do $$
declare t text;
begin
  foreach t in array array['review_practicepicture', 'review_practice', 'review_practiceanswer'] loop
    execute format('create trigger stays_as_it_is before update or delete on %I for each row execute function ledger_frozen()', t);
    execute format('alter table %I enable always trigger stays_as_it_is', t);
  end loop;
end $$;
