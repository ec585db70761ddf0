-- Every item, weighed from raw rows (the same rule as review/rules/graph.py): why it depends on the face result, whether it counts,
-- and everything it rests on. Grows to a fixed point; what is missing never helps. Asked over the whole investigation.
create or replace view review_fixed as
  select f.* from review_fixing f where not exists (select 1 from review_fixing newer where newer.item_id = f.item_id and newer.number > f.number);

create or replace function lead_family(of_lead bigint) returns bigint[] language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select array_agg(l.id) from review_lead me join review_lead l on l.candidate_id = any (same_person_candidates(me.candidate_id)) where me.id = of_lead
$$;

-- When the first face result of the investigation existed: lists, papers and results from elsewhere, and items that were entered as face
-- results or are fixed as such.
create or replace function first_face_result_at(whole bigint[]) returns timestamptz language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  with here as (select id, received_at, searched_before_screening from cases_case where investigation_id = any (whole))
  select min(t) from (
    select l.received_at as t from cases_candidatelist l join here w on w.id = l.case_id
    union all select s.at from cases_search s join here w on w.id = s.case_id
    union all select w.received_at from here w where w.searched_before_screening
    union all select o.they_sent_at from cases_outsideresult o join here w on w.id = o.case_id
    union all select least(e.claimed_at, e.entered_at) from review_evidence e join here w on w.id = e.case_id
               left join review_fixed f on f.item_id = e.id
               join review_evidencekind k on k.kind in (e.kind, f.kind) where 'root' = any (k.traits)) all_of_them
$$;

-- What rows say of each item beside its edges: all items of the linked investigations in one statement.
-- Fixed before the face result: an outside record system's time read from the document, or our own earlier entry that says the same.
-- Exposed: somebody showed a candidate or said the name first; or, before the statement was written down here, its author had looked at
-- a candidate, or its taker had and it was not recorded with the name unprompted. A time that somebody typed excuses nobody; only what
-- was fixed before the face result is excused.
-- It discriminates; and a confession only if it was recorded, warned and holds a detail that was not public.
-- It may be used: so a ruling of a judge or, where none forbids it, the view of a legal adviser, as the file still stands (0019).
-- ``rows``: a planner that expects a thousand items reads the evidence of the whole house to find them.
create or replace function items_as_read(whole bigint[])
  returns table (item_id bigint, fixed_before boolean, exposed boolean, discriminates boolean, may_be_used boolean)
  language sql stable security definer rows 20 set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
  with face as materialized (
    select first_face_result_at(whole) as seen_at
  ), looked as materialized (
    select k.by_id, min(k.at) as first_at from cases_look k join cases_candidate x on x.image_id = k.image_id join cases_case c on c.id = x.case_id
     where c.investigation_id = any (whole) group by k.by_id
  ), items as (
    select e.id, coalesce((f.outside_system <> '' and f.outside_at < face.seen_at) or (f.earlier_agrees and prior.entered_at < face.seen_at), false) as before,
           coalesce(f.discriminates, false) as sharp, coalesce('confession' = any (k.traits), false) as confession
      from face cross join review_evidence e join cases_case c on c.id = e.case_id left join review_fixed f on f.item_id = e.id
      left join review_evidencekind k on k.kind = f.kind left join review_evidence prior on prior.id = e.earlier_id
     where c.investigation_id = any (whole)
  )
  select i.id, i.before,
         coalesce(s.shown in ('candidate', 'array') or s.told_of_search or s.named_first_by in ('taker', 'other')
             or (not i.before and (exists (select 1 from looked l where l.by_id = s.author_id and l.first_at < s.at)
                 or (not (s.recorded and s.name_unprompted)
                     and exists (select 1 from looked l where (l.by_id = s.taken_by_id or l.by_id = any (s.present)) and l.first_at < s.at)))), false),
         i.sharp and (not i.confession or coalesce(s.recorded and s.warned and s.detail_not_public, false)),
         exists (select 1 from review_holddecision h where h.item_id = i.id) and may_be_used(i.id)
    from items i left join review_statement s on s.item_id = i.id
$$;

create or replace function weigh_items(whole bigint[], mine bigint[])
  returns table (item_id bigint, taints text[], counts boolean, shows_identity boolean, fixed_before boolean, statement boolean, ancestors bigint[])
  language plpgsql stable rows 20 set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  all_ bigint[]; roots bigint[]; judgement bigint[]; appearance bigint[]; used bigint[]; from_probe bigint[]; before bigint[]; sharp bigint[];
  needy bigint[]; t0 bigint[]; t1 bigint[] := '{}'; t2 bigint[]; t2u bigint[]; t3 bigint[] := '{}'; t4 bigint[];
  bad bigint[]; picked bigint[] := '{}'; held bigint[] := '{}';
  size_before integer := -1;
begin
  -- what each item is by itself
  with items as (
    select e.id, k.channel, k.traits, r.fixed_before, r.exposed, r.discriminates, r.may_be_used,
           f.item_id is not null and f.source_document_seen and btrim(e.source_document) <> '' as shown
      from items_as_read(whole) r join review_evidence e on e.id = r.item_id left join review_fixed f on f.item_id = e.id
      join review_evidencekind k on k.kind = coalesce(f.kind, e.kind)
  ), named as (
    select i.*, i.channel = 'unknown' or not i.shown
                or ('passes_on' = any (i.traits) and not exists (select 1 from review_edge g where g.item_id = i.id and g.kind = 'content_from')) as sourceless
      from items i
  )
  select coalesce(array_agg(i.id), '{}'),
         coalesce(array_agg(i.id) filter (where 'root' = any (i.traits)), '{}'),
         coalesce(array_agg(i.id) filter (where 'judgement' = any (i.traits)), '{}'),
         coalesce(array_agg(i.id) filter (where i.channel = 'appearance'), '{}'),
         coalesce(array_agg(i.id) filter (where i.may_be_used), '{}'),
         coalesce(array_agg(i.id) filter (where i.fixed_before), '{}'),
         coalesce(array_agg(i.id) filter (where i.discriminates), '{}'),
         coalesce(array_agg(i.id) filter (where 'needs_authority' = any (i.traits)
             and not exists (select 1 from review_edge g where g.item_id = i.id and g.kind = 'authorised_by' and g.root <> 'probe')), '{}'),
         coalesce(array_agg(i.id) filter (where i.sourceless), '{}'),
         coalesce(array_agg(i.id) filter (where 'tip' = any (i.traits) and not i.sourceless and not i.fixed_before), '{}'),
         coalesce(array_agg(i.id) filter (where 'judgement' = any (i.traits) and not 'root' = any (i.traits) and i.exposed), '{}'),
         coalesce(array_agg(i.id) filter (where 'judgement' = any (i.traits)
             and not exists (select 1 from review_statement s where s.item_id = i.id)), '{}')
    into all_, roots, judgement, appearance, used, before, sharp, needy, t0, t4, t2, t2u from named i;
  t0 := array(select unnest(t0) except select unnest(roots));
  t2u := array(select unnest(t2u) except select unnest(roots));
  with recursive up(id) as (
    select g.item_id from review_edge g where g.item_id = any (all_) and not g.item_id = any (roots) and g.kind = 'content_from' and g.root = 'probe'
    union
    select g.item_id from review_edge g join up on g.parent_id = up.id where g.kind = 'content_from' and not g.item_id = any (roots)
  ) select coalesce(array_agg(id), '{}') into from_probe from up;
  t4 := t4 || array(select unnest(from_probe) intersect select unnest(appearance));

  -- what it takes from others, until nothing more is found
  bad := array(select distinct x from unnest(roots || t0 || t2u || t4 || t2) x);
  while size_before <> cardinality(bad) + cardinality(picked) loop
    size_before := cardinality(bad) + cardinality(picked);
    picked := array(select distinct g.item_id from review_edge g
                     where g.item_id = any (all_) and not g.item_id = any (roots) and g.kind = 'selected_by'
                       and (g.root = 'face_result' or g.parent_id = any (bad) or g.parent_id = any (picked)));
    t1 := array(select distinct g.item_id from review_edge g
                 where g.item_id = any (all_) and not g.item_id = any (roots) and g.kind = 'content_from'
                   and (g.root = 'face_result' or g.parent_id = any (bad)));
    t2 := array(select unnest(t2) union
                select g.item_id from review_edge g
                 where g.item_id = any (judgement) and not g.item_id = any (roots) and g.kind = 'exposed_to'
                   and (g.root = 'face_result' or g.parent_id = any (bad)));
    t3 := array(select unnest(picked) intersect select unnest(appearance));
    bad := array(select distinct x from unnest(roots || t0 || t1 || t2 || t2u || t3 || t4) x);
  end loop;
  size_before := -1;
  while size_before <> cardinality(held) loop
    size_before := cardinality(held);
    held := array(select i from unnest(needy) i where not i = any (roots) and not i = any (used)
                  union
                  select g.item_id from review_edge g
                   where g.item_id = any (all_) and not g.item_id = any (roots) and not g.item_id = any (used)
                     and ((g.kind = 'authorised_by' and (g.root = 'face_result' or g.parent_id = any (bad) or g.parent_id = any (held)))
                          or (g.kind = 'content_from' and g.parent_id = any (held))));
  end loop;

  return query
  with recursive edges as materialized (
    select g.item_id as of_item, coalesce(g.parent_id, 0) as rests_on from review_edge g
     where g.item_id = any (all_) and (g.parent_id is not null or g.root = 'probe') and not coalesce(g.parent_id, 0) = any (roots)
  ), upward(start, id) as (
    select i, i from unnest(all_) i where not i = any (roots)
    union
    select u.start, g.rests_on from upward u join edges g on g.of_item = u.id
  ), lines as (
    select u.start, array_agg(u.id order by u.id) as ids from upward u group by u.start
  ), judged as (
    select e.id, e.direction, coalesce(f.links_to, '') as link, k.channel, k.traits, e.id = any (sharp) as sharp, e.id = any (bad) as tainted,
           coalesce(l.ids, '{}') as ids
      from review_evidence e left join review_fixed f on f.item_id = e.id join review_evidencekind k on k.kind = coalesce(f.kind, e.kind)
      left join lines l on l.start = e.id where e.id = any (all_)
  ), clean as (
    select j.*, j.id = any (mine) and not j.tainted and j.sharp and not j.id = any (held) and j.direction = 'incriminating'
                and j.channel not in ('appearance', 'unknown') and not 'tip' = any (j.traits) as weighs from judged j
  )
  select c.id,
         case when c.id = any (roots) then array['ROOT'] else
         array_remove(array[case when c.id = any (t0) then 'T0' end, case when c.id = any (t1) then 'T1' end,
                            case when c.id = any (t2) then 'T2' end, case when c.id = any (t2u) then 'T2u' end,
                            case when c.id = any (t3) then 'T3' end, case when c.id = any (t4) then 'T4' end,
                            case when not c.tainted and not c.sharp then 'T5' end,
                            case when not c.tainted and c.id = any (held) then 'T6' end], null) end,
         c.weighs and c.link = 'offence', c.weighs and c.link = 'identity', c.id = any (before), c.channel = 'statement', c.ids
    from clean c;
end $$;

create or replace function items_weighed(of_lead bigint)
  returns table (item_id bigint, taints text[], counts boolean, shows_identity boolean, fixed_before boolean, statement boolean, ancestors bigint[])
  language sql stable security definer rows 20 set search_path = pg_catalog, public, pg_temp as $$
  select w.* from weigh_items(
    investigation_set((select c.investigation_id from cases_case c join review_lead l on l.case_id = c.id where l.id = of_lead)),
    array(select e.id from review_evidence e where e.lead_id = any (lead_family(of_lead)))) w
$$;

-- The largest number of counting items of which no two rest on the same thing, as far as ``needed`` asks. Those that rest on least are taken
-- first; only where they are too few is every set tried that could hold more.
create or replace function apart_from_each_other(items bigint[], lines jsonb, needed integer) returns integer language plpgsql immutable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  line record;
  used bigint[] := '{}';
  found_ integer := 0;
begin
  for line in select array(select x::bigint from jsonb_array_elements_text(lines -> i::text) x) as rests_on from unnest(items) i
               order by jsonb_array_length(lines -> i::text), i loop
    if found_ < needed and not line.rests_on && used then
      used := used || line.rests_on;
      found_ := found_ + 1;
    end if;
  end loop;
  if found_ >= needed then return found_; end if;
  return (
    with recursive counting as materialized (
      select row_number() over (order by cardinality(r.rests_on), r.rests_on) as n, r.rests_on
        from unnest(items) i cross join lateral (select array(select x::bigint from jsonb_array_elements_text(lines -> i::text) x) as rests_on) r
    ), chosen(n, used, size) as (
      select n, rests_on, 1 from counting
      union all
      select c.n, s.used || c.rests_on, s.size + 1 from chosen s join counting c on c.n > s.n and not c.rests_on && s.used
       where s.size < needed and s.size + cardinality(items) - s.n > found_
    ) select greatest(found_, max(size)) from chosen);
end $$;
revoke all on function lead_family(bigint), first_face_result_at(bigint[]), items_as_read(bigint[]), weigh_items(bigint[], bigint[]),
  items_weighed(bigint), apart_from_each_other(bigint[], jsonb, integer) from public;
grant select on review_fixed to app, auditor;
grant execute on function items_as_read(bigint[]) to app;
