-- Whatever the gate reads is written while the investigation's lock is shared, also by raw SQL; an edge never closes a circle.
create function review_under_the_lock() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  row_ jsonb := to_jsonb(new);
  of_case bigint;
begin
  of_case := coalesce(
    (row_ ->> 'case_id')::bigint,
    (select case_id from review_lead where id = (row_ ->> 'lead_id')::bigint),
    (select case_id from cases_candidate where id = (row_ ->> 'candidate_id')::bigint),
    (select l.case_id from review_evidence e join review_lead l on l.id = e.lead_id where e.id = (row_ ->> 'item_id')::bigint));
  perform lock_investigation((select investigation_id from cases_case where id = of_case), false);
  return new;
end $$;
do $$
declare t text;
begin
  foreach t in array array['review_probecheck', 'review_drawn', 'review_sorting', 'review_conclusion', 'review_lead', 'review_leadend',
      'review_candidateend', 'review_evidence', 'review_fixing', 'review_edge', 'review_closing', 'review_outsidegate',
      'review_countersignature'] loop
    execute format('create trigger a_under_the_lock before insert on %I for each row execute function review_under_the_lock()', t);
    execute format('alter table %I enable always trigger a_under_the_lock', t);
  end loop;
end $$;

create function review_no_circle() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.parent_id is null then return new; end if;
  perform pg_advisory_xact_lock(hashtextextended('edges', (select lead_id from review_evidence where id = new.item_id)));
  if (select lead_id from review_evidence where id = new.item_id) is distinct from (select lead_id from review_evidence where id = new.parent_id) then
    raise exception 'an edge stays on one lead' using errcode = 'CS011';
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
revoke all on function review_under_the_lock(), review_no_circle() from public;
