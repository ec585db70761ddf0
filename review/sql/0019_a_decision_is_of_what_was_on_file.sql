-- A legal decision is of the item as the file stood. What is entered later of the item, or of anything that it rests on, asks for it again: an
-- item that was let through for one power does not count by it once another is known, or once what it rested on is read otherwise. So does what
-- can be older than what passed for fixed before a face result, or bring looks at a face with it: a link to an investigation that was not linked
-- before, a result from elsewhere, an item that is a face result or is fixed as one, and a list of our own with a face, on no list here before, at
-- which somebody had looked who judged, took or heard it.
create function entered_since(item bigint, since timestamptz) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  with recursive here(whole) as (
    select investigation_set(c.investigation_id) from review_evidence e join cases_case c on c.id = e.case_id where e.id = item
  ), line(id) as (
    values (item) union select g.parent_id from line l join review_edge g on g.item_id = l.id where g.parent_id is not null
  )
  select exists (
    select 1 from line l cross join lateral (
      select 1 from review_edge g where g.item_id = l.id and g.at >= since
      union all select 1 from review_fixing f where f.item_id = l.id and f.at >= since
      union all select 1 from review_statement s where s.item_id = l.id and s.at >= since
      union all select 1 from review_existingwarrant w where w.item_id = l.id and w.at >= since
      union all select 1 from review_holddecision h where h.item_id = l.id and l.id <> item and not h.may_be_used and h.at > since) later)
    or exists (select 1 from here join cases_investigationlink k on k.one_id = any (whole)
                where k.linked_at >= since and not k.other_id = any (investigation_set(k.one_id, since)))
    or exists (select 1 from here join cases_case c on c.investigation_id = any (whole) join cases_outsideresult o on o.case_id = c.id where c.received_at >= since)
    or exists (select 1 from here join cases_case c on c.investigation_id = any (whole) join review_evidence e on e.case_id = c.id
                 left join review_fixing f on f.item_id = e.id join review_evidencekind k on k.kind in (e.kind, f.kind)
                where 'root' = any (k.traits) and case k.kind when e.kind then e.entered_at else f.at end >= since)
    or exists (select 1 from here join cases_case c on c.investigation_id = any (whole) join cases_candidatelist n on n.case_id = c.id and n.received_at >= since
                 join cases_candidate x on x.list_id = n.id join cases_look v on v.image_id = x.image_id
                 join review_statement s on v.by_id in (s.author_id, s.taken_by_id) or v.by_id = any (s.present)
                where v.at < s.at and s.item_id in (select id from line)
                  and not exists (select 1 from cases_candidate y join cases_candidatelist m on m.id = y.list_id join cases_case d on d.id = y.case_id
                                   where y.image_id = v.image_id and d.investigation_id = any (whole) and m.received_at < since))
$$;

-- Of each item the newest ruling of a judge and the newest view of a legal adviser.
create view review_newestdecision as
  select distinct on (h.item_id, h.court <> '') h.item_id, h.court <> '' as ruling, h.may_be_used, h.at from review_holddecision h
   order by h.item_id, h.court <> '', h.id desc;

-- A ruling that forbids is not asked for again. Where none forbids, a ruling or a view lets the item through, as long as nothing was entered since.
create function a_ruling_forbids(item bigint) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from review_newestdecision n where n.item_id = item and n.ruling and not n.may_be_used)
$$;
create function may_be_used(item bigint) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select not a_ruling_forbids(item)
     and exists (select 1 from review_newestdecision n where n.item_id = item and n.may_be_used and not entered_since(item, n.at))
$$;
revoke all on function entered_since(bigint, timestamptz), a_ruling_forbids(bigint), may_be_used(bigint) from public;
