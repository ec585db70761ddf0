-- What waits on the desks of the corroboration officer and the legal adviser is one small row an item, so that a desk reads as much in a
-- house of ten million cases as in one of ten thousand. A row says nothing new: it is computed here, over the whole linked set, whenever
-- something changes that says whether an item waits, and no login writes it. What a desk shows is asked of the file once more.
alter table review_itemwaiting set (fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.02);

-- To be fixed: what speaks against a person and has no fixing. To be closed: what speaks for him and has no closing. Not of a lead that ended;
-- but what speaks for him has to be closed as long as another lead on him has not ended, for it shuts the gate of that one too.
create function waits_for_officer(item review_evidence, on_desk text) returns boolean language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select (not exists (select 1 from review_leadend x where x.lead_id = item.lead_id)
          or (on_desk = 'to_close' and exists (select 1 from unnest(lead_family(item.lead_id)) l
                                                where not exists (select 1 from review_leadend x where x.lead_id = l))))
     and case on_desk
           when 'to_fix' then item.direction = 'incriminating' and not exists (select 1 from review_fixing f where f.item_id = item.id)
           when 'to_close' then item.direction = 'exculpatory' and not exists (select 1 from review_closing k where k.item_id = item.id)
           else false end
$$;

-- Which items await a legal decision, as the gate weighs them. Whatever is held rests, by a line of edges, on an item that some power was
-- needed for or rested on: an edge “authorised by”, or a kind that needs authority. Where there is neither, nothing has to be weighed.
create function held_in(whole bigint[]) returns setof bigint language plpgsql stable rows 20
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select 1 from cases_case c join review_evidence e on e.case_id = c.id
              where c.investigation_id = any (whole)
                and (exists (select 1 from review_edge g where g.item_id = e.id and g.kind = 'authorised_by')
                     or exists (select 1 from review_evidencekind k where 'needs_authority' = any (k.traits)
                                   and (k.kind = e.kind or exists (select 1 from review_fixing f where f.item_id = e.id and f.kind = k.kind))))) then
    return query select w.item_id from weigh_items(whole, '{}') w where 'T6' = any (w.taints);
  end if;
end $$;

-- What a decision left held is decided: it lies apart, so that it hides nothing that still waits, until a court or an adviser decides again, or
-- something is entered since (but for what a judge forbade).
create function desk_of_held(item bigint) returns text language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select case when a_ruling_forbids(item) or exists (select 1 from review_holddecision d where d.item_id = item and not entered_since(item, d.at))
              then 'decided' else 'held' end
$$;

-- A held item waits on the desk of its own agency, whose adviser decides of it, as long as any lead of the linked set has not ended.
create function a_lead_is_open_in(whole bigint[]) returns boolean language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from cases_case c join review_lead l on l.case_id = c.id
                  where c.investigation_id = any (whole) and not exists (select 1 from review_leadend x where x.lead_id = l.id))
$$;

create function note_items_waiting(of_investigation bigint) returns void language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
declare whole bigint[] := investigation_set(of_investigation);
begin
  perform what_waits_is_read_now();
  if not exists (select 1 from cases_case c cross join lateral (select 1 from review_evidence e where e.case_id = c.id limit 1) x
                  where c.investigation_id = any (whole)) then return; end if;
  perform pg_advisory_xact_lock(hashtextextended('what waits', whole[1]));  -- two at once would each write what it read before the other
  with items as materialized (
    select e, e.id, e.entered_at, c.agency_id from cases_case c join review_evidence e on e.case_id = c.id where c.investigation_id = any (whole)
  ), waits as materialized (
    select i.id, d.desk, i.agency_id, i.entered_at from items i cross join (values ('to_fix'), ('to_close')) d(desk) where waits_for_officer(i.e, d.desk)
    union all
    select i.id, desk_of_held(i.id), i.agency_id, i.entered_at from held_in(whole) h(id) join items i on i.id = h.id where a_lead_is_open_in(whole)
  ), done as (
    delete from review_itemwaiting w using items i where w.item_id = i.id
       and not exists (select 1 from waits x where x.id = w.item_id and x.desk = w.desk and x.agency_id = w.agency_id)
  )
  insert into review_itemwaiting(item_id, desk, agency_id, entered_at) select id, desk, agency_id, entered_at from waits on conflict do nothing;
end $$;

create function review_items_that_wait_change() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  row_ jsonb := to_jsonb(new);
  of_case bigint := review_case_of(row_);
begin
  perform note_items_waiting(coalesce((row_ ->> 'one_id')::bigint, (select investigation_id from cases_case where id = of_case)));
  return null;
end $$;
-- A link joins what was fixed before and what was seen since. Of face results only one from elsewhere may be older than what is on file. A list
-- of our own never is, but can bring an old look at a face of the gallery with it; it is read when its candidates are there.
do $$
declare t text;
begin
  foreach t in array array['cases_outsideresult', 'cases_investigationlink', 'review_lead', 'review_leadend', 'review_evidence', 'review_fixing', 'review_closing',
      'review_statement', 'review_existingwarrant', 'review_edge', 'review_holddecision'] loop
    execute format('create trigger what_waits_on_a_desk_changes after insert on %I for each row execute function review_items_that_wait_change()', t);
    execute format('alter table %I enable always trigger what_waits_on_a_desk_changes', t);
  end loop;
end $$;
create constraint trigger what_waits_on_a_desk_changes after insert on cases_search deferrable initially deferred
  for each row execute function review_items_that_wait_change();
alter table cases_search enable always trigger what_waits_on_a_desk_changes;

-- The oldest that wait on a desk, by their index, in its order and no further than asked for. How the rows are read is said here, as for
-- what waits to be examined.
create function items_waiting(of_agency bigint, on_desk text, at_most integer) returns setof bigint language sql stable security definer rows 50
  set search_path = pg_catalog, public, pg_temp set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
  set enable_sort = off set plan_cache_mode = force_generic_plan as $$
  select w.item_id from review_itemwaiting w cross join lateral (select e from review_evidence e where e.id = w.item_id) i(e)
    join cases_case c on c.id = (i.e).case_id
   where w.agency_id = of_agency and w.desk = on_desk
     and case when on_desk in ('held', 'decided')
                then on_desk = desk_of_held(w.item_id) and a_lead_is_open_in(investigation_set(c.investigation_id))
                       and w.item_id in (select held_in(investigation_set(c.investigation_id)))
              else waits_for_officer(i.e, on_desk) end
   order by w.entered_at, w.item_id limit at_most
$$;

-- A legal decision is of an item that waits for it, or of one that was decided before (a court rules after an adviser), and not in advance.
create function review_a_decision_is_of_what_is_held() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select 1 from review_holddecision d where d.item_id = new.item_id)
     and not new.item_id in (select held_in(investigation_set((select investigation_id from cases_case where id = review_case_of(to_jsonb(new)))))) then
    raise exception 'this item awaits no legal decision' using errcode = 'CS011';
  end if;
  return new;
end $$;
create trigger b_is_of_what_is_held before insert on review_holddecision for each row execute function review_a_decision_is_of_what_is_held();
alter table review_holddecision enable always trigger b_is_of_what_is_held;

revoke all on function waits_for_officer(review_evidence, text), held_in(bigint[]), desk_of_held(bigint), a_lead_is_open_in(bigint[]), note_items_waiting(bigint),
  review_items_that_wait_change(), items_waiting(bigint, text, integer), review_a_decision_is_of_what_is_held() from public;
grant execute on function items_waiting(bigint, text, integer) to app;
grant select on review_itemwaiting to app, auditor;
