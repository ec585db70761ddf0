-- Whatever the gate reads is written while the investigation's lock is shared, also by raw SQL; an edge stays in its investigation and
-- never closes a circle. Which case a row is about is said here once, for every trigger that asks.
create function review_case_of(row_ jsonb) returns bigint language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(
    (row_ ->> 'case_id')::bigint,
    (select case_id from review_lead where id = (row_ ->> 'lead_id')::bigint),
    (select case_id from cases_candidate where id = (row_ ->> 'candidate_id')::bigint),
    (select case_id from review_evidence where id = (row_ ->> 'item_id')::bigint),
    (select case_id from review_drawn where id = (row_ ->> 'drawn_id')::bigint),
    (select case_id from review_custody where id = (row_ ->> 'custody_id')::bigint),
    (select l.case_id from review_lineupform f join review_lead l on l.id = f.lead_id where f.id = (row_ ->> 'form_id')::bigint))
$$;
revoke all on function review_case_of(jsonb) from public;

create function review_under_the_lock() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  perform lock_investigation((select investigation_id from cases_case where id = review_case_of(to_jsonb(new))), tg_nargs > 0);
  return new;
end $$;
-- (A legal decision takes it alone: what it was decided of has to be known, and what comes later to be later.)
do $$
declare t text;
begin
  foreach t in array array['review_probecheck', 'review_drawn', 'review_sorting', 'review_conclusion', 'review_lead', 'review_leadend',
      'review_candidateend', 'review_evidence', 'review_fixing', 'review_statement', 'review_edge', 'review_closing', 'review_holddecision',
      'review_existingwarrant', 'review_rivalweighed', 'review_lineupform', 'review_lineupheld', 'review_papers', 'review_legalview',
      'review_outsidegate', 'review_custody', 'review_recheck', 'review_release', 'review_disposition', 'review_countersignature'] loop
    execute format('create trigger a_under_the_lock before insert on %I for each row execute function review_under_the_lock(%s)', t,
                   case t when 'review_holddecision' then quote_literal('alone') else '' end);
    execute format('alter table %I enable always trigger a_under_the_lock', t);
  end loop;
end $$;

create function review_no_circle() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare whole bigint[];
begin
  if new.parent_id is null then return new; end if;
  whole := investigation_set((select c.investigation_id from cases_case c join review_evidence e on e.case_id = c.id where e.id = new.item_id));
  perform pg_advisory_xact_lock(hashtextextended('edges', whole[1]));
  if not exists (select 1 from review_evidence e join cases_case c on c.id = e.case_id where e.id = new.parent_id and c.investigation_id = any (whole)) then
    raise exception 'an edge stays in one investigation' using errcode = 'CS011';
  end if;
  if exists (with recursive up(id) as (
               values (new.parent_id) union select e.parent_id from review_edge e join up on e.item_id = up.id where e.parent_id is not null)
             select 1 from up where id = new.item_id) then
    raise exception 'with this edge an item would depend on itself' using errcode = 'CS011';
  end if;
  return new;
end $$;
create trigger b_no_circle before insert on review_edge for each row execute function review_no_circle();
alter table review_edge enable always trigger b_no_circle;

create function review_an_item_is_of_its_case() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare whole bigint[] := investigation_set((select investigation_id from cases_case where id = new.case_id));
begin
  if new.lead_id is not null and new.case_id is distinct from (select case_id from review_lead where id = new.lead_id) then
    raise exception 'an item is of the case of its lead' using errcode = 'CS011';
  elsif new.earlier_id is not null
     and not exists (select 1 from review_evidence e join cases_case c on c.id = e.case_id where e.id = new.earlier_id and c.investigation_id = any (whole)) then
    raise exception 'an earlier entry is of the same investigation' using errcode = 'CS011';
  end if;
  return new;
end $$;
create trigger b_an_item_is_of_its_case before insert on review_evidence for each row execute function review_an_item_is_of_its_case();
alter table review_evidence enable always trigger b_an_item_is_of_its_case;
revoke all on function review_under_the_lock(), review_no_circle(), review_an_item_is_of_its_case() from public;
-- What an item rests on is told by its name: another item's, or one of the two roots.
alter table review_evidence add constraint an_item_is_not_called_like_a_root check (ref not in ('face_result', 'probe'));

-- The newest fixing counts, and they are counted: whoever numbers his the last there can be is never followed by another. And a lead is
-- numbered in its own case, or the other could not open its own.
create function review_a_fixing_comes_next() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.number is distinct from 1 + (select count(*) from review_fixing where item_id = new.item_id) then
    raise exception 'fixing % of an item is not the next', new.number using errcode = 'CS011';
  end if;
  return new;
end $$;
create function review_a_lead_is_of_its_case() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.ref !~ ('^' || (select ref from cases_case where id = new.case_id) || '-L[1-9][0-9]*$') then
    raise exception 'lead % is not numbered in its case', new.ref using errcode = 'CS011';
  end if;
  return new;
end $$;
create trigger b_a_fixing_comes_next before insert on review_fixing for each row execute function review_a_fixing_comes_next();
create trigger b_a_lead_is_of_its_case before insert on review_lead for each row execute function review_a_lead_is_of_its_case();
alter table review_fixing enable always trigger b_a_fixing_comes_next;
alter table review_lead enable always trigger b_a_lead_is_of_its_case;
revoke all on function review_a_fixing_comes_next(), review_a_lead_is_of_its_case() from public;

-- Writers share that lock. So that two who write on one lead, or on a case as such, or on an item of either, are judged one after the other,
-- each takes its row too: after the investigation's, several leads from the lowest. As with a case, rows that point to it can still be written.
create function lock_entries(of_case bigint, of_lead bigint) returns void language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if of_lead is null then
    perform 1 from cases_case where id = of_case for no key update;
  else
    perform 1 from review_lead where id = of_lead for no key update;
  end if;
end $$;

-- The one place that numbers an item: the next one on its lead, or on its case as such, that is free.
create function next_item(of_case bigint, of_lead bigint) returns text language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  on_ref text := coalesce((select ref from review_lead where id = of_lead), (select ref from cases_case where id = of_case));
  number integer;
begin
  perform lock_entries(of_case, of_lead);
  number := 1 + (select count(*) from review_evidence e where e.case_id = of_case and e.lead_id is not distinct from of_lead);
  while exists (select 1 from review_evidence e where e.ref = on_ref || '-E' || number) loop number := number + 1; end loop;
  return on_ref || '-E' || number;
end $$;
revoke all on function lock_entries(bigint, bigint), next_item(bigint, bigint) from public;
grant execute on function lock_entries(bigint, bigint), next_item(bigint, bigint) to app;
