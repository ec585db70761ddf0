-- Every item of a lead, weighed from raw rows (the same rule as review/rules/graph.py): why it depends on the face result,
-- whether it counts, and everything it rests on. Grows to a fixed point; what is missing never helps.
create or replace function items_weighed(of_lead bigint)
  returns table (item_id bigint, taints text[], counts boolean, ancestors bigint[]) language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  t0 bigint[]; t1 bigint[] := '{}'; t2 bigint[] := '{}'; t3 bigint[] := '{}'; t4 bigint[];
  tainted bigint[]; picked bigint[] := '{}';
  size_before integer := -1;
begin
  select coalesce(array_agg(e.id), '{}') into t0
    from review_evidence e left join review_fixing f on f.item_id = e.id
    join review_evidencekind k on k.kind = coalesce(f.kind, e.kind)
   where e.lead_id = of_lead
     and (k.channel = 'unknown' or f.id is null or not f.source_document_seen or btrim(e.source_document) = ''
          or (k.passes_on and not exists (select 1 from review_edge g where g.item_id = e.id and g.kind = 'content_from')));
  with recursive from_probe(id) as (
    select g.item_id from review_edge g join review_evidence e on e.id = g.item_id
     where e.lead_id = of_lead and g.kind = 'content_from' and g.root = 'probe'
    union
    select g.item_id from review_edge g join from_probe p on g.parent_id = p.id where g.kind = 'content_from'
  )
  select coalesce(array_agg(p.id), '{}') into t4
    from from_probe p join review_evidence e on e.id = p.id left join review_fixing f on f.item_id = e.id
    join review_evidencekind k on k.kind = coalesce(f.kind, e.kind) where k.channel = 'appearance';
  tainted := t0 || t4;
  while size_before <> cardinality(tainted) + cardinality(picked) loop
    size_before := cardinality(tainted) + cardinality(picked);
    select coalesce(array_agg(distinct g.item_id), '{}') into picked
      from review_edge g join review_evidence e on e.id = g.item_id
     where e.lead_id = of_lead and g.kind = 'selected_by'
       and (g.root = 'face_result' or g.parent_id = any (tainted) or g.parent_id = any (picked));
    select coalesce(array_agg(distinct g.item_id), '{}') into t1
      from review_edge g join review_evidence e on e.id = g.item_id
     where e.lead_id = of_lead and g.kind = 'content_from' and (g.root = 'face_result' or g.parent_id = any (tainted));
    select coalesce(array_agg(distinct g.item_id), '{}') into t2
      from review_edge g join review_evidence e on e.id = g.item_id left join review_fixing f on f.item_id = e.id
      join review_evidencekind k on k.kind = coalesce(f.kind, e.kind)
     where e.lead_id = of_lead and k.judgement and g.kind = 'exposed_to' and (g.root = 'face_result' or g.parent_id = any (tainted));
    select coalesce(array_agg(e.id), '{}') into t3
      from review_evidence e left join review_fixing f on f.item_id = e.id
      join review_evidencekind k on k.kind = coalesce(f.kind, e.kind)
     where e.lead_id = of_lead and k.channel = 'appearance' and e.id = any (picked);
    select coalesce(array_agg(distinct x), '{}') into tainted from unnest(t0 || t1 || t2 || t3 || t4) x;
  end loop;

  return query
  with recursive upward(start, id) as (
    select e.id, e.id from review_evidence e where e.lead_id = of_lead
    union
    select u.start, g.parent_id from upward u join review_edge g on g.item_id = u.id where g.parent_id is not null
  ), lines as (select u.start, array_agg(u.id order by u.id) as ids from upward u group by u.start)
  select e.id,
         array_remove(array[case when e.id = any (t0) then 'T0' end, case when e.id = any (t1) then 'T1' end,
                            case when e.id = any (t2) then 'T2' end, case when e.id = any (t3) then 'T3' end,
                            case when e.id = any (t4) then 'T4' end,
                            case when not e.id = any (tainted) and not coalesce(f.discriminates, false) then 'T5' end], null),
         not e.id = any (tainted) and coalesce(f.discriminates, false) and e.direction = 'incriminating' and f.links_to = 'offence'
           and k.channel not in ('appearance', 'unknown') and k.kind <> 'informant_tip',
         lines.ids
    from review_evidence e left join review_fixing f on f.item_id = e.id
    join review_evidencekind k on k.kind = coalesce(f.kind, e.kind) join lines on lines.start = e.id
   where e.lead_id = of_lead;
end $$;
revoke all on function items_weighed(bigint) from public;
