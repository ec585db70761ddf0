-- G7: the largest set of counting items of which no two rest on the same thing is as large as the action needs, never under one.
create or replace function g7_stands_apart(of_lead bigint, of_action text) returns text[] language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  asked review_action%rowtype;
  needed integer;
  found_ integer;
begin
  select * into asked from review_action where action = of_action;
  needed := greatest(1, asked.standing_apart, case when asked.arrest_like then coalesce(policy_number('items_that_stand_apart'), 1) else 1 end);
  if asked.arrest_like and (select p.grade from review_probecheck p join review_lead l on l.case_id = p.case_id where l.id = of_lead) = 'limited' then
    needed := greatest(needed, 2);
  end if;
  with recursive counting as (
    select w.item_id, w.ancestors from items_weighed(of_lead) w where w.counts
  ), chosen(last, used, size) as (
    select item_id, ancestors, 1 from counting
    union all
    select c.item_id, s.used || c.ancestors, s.size + 1 from chosen s join counting c on c.item_id > s.last and not c.ancestors && s.used
     where s.size < needed
  )
  select coalesce(max(size), 0) into found_ from chosen;
  if found_ = 0 then return array['nothing_stands_apart']; end if;
  if found_ < needed then return array['too_few_stand_apart']; end if;
  return '{}';
end $$;
revoke all on function g7_stands_apart(bigint, text) from public;
