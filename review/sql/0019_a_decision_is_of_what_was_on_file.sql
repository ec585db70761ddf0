-- A legal decision is of the item as the file stood. What is entered later of the item, or of anything that it rests on, asks for it again: an
-- item that was let through for one power does not count by it once another is known, or once what it rested on is read otherwise.
create function entered_since(item bigint, since timestamptz) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  with recursive line(id) as (
    values (item) union select g.parent_id from line l join review_edge g on g.item_id = l.id where g.parent_id is not null
  )
  select exists (
    select 1 from line l cross join lateral (
      select 1 from review_edge g where g.item_id = l.id and g.at > since
      union all select 1 from review_fixing f where f.item_id = l.id and f.at > since
      union all select 1 from review_statement s where s.item_id = l.id and s.at > since
      union all select 1 from review_holddecision h where h.item_id = l.id and l.id <> item and h.at > since) later)
$$;

-- The newest ruling of a judge forbids for good. Where none forbids, the newest ruling or the newest view of a legal adviser lets it through, as
-- long as nothing was entered since.
create function may_be_used(item bigint) returns boolean language sql stable set search_path = pg_catalog, public, pg_temp as $$
  with newest as (
    select distinct on (h.court <> '') h.court <> '' as ruling, h.may_be_used, h.at from review_holddecision h
     where h.item_id = item order by h.court <> '', h.id desc
  )
  select not exists (select 1 from newest where ruling and not may_be_used)
     and exists (select 1 from newest where may_be_used and not entered_since(item, at))
$$;
revoke all on function entered_since(bigint, timestamptz), may_be_used(bigint) from public;
