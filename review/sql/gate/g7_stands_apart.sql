-- G7: the largest set of counting items of which no two rest on the same thing is as large as is needed, never under one.
-- Two where the probe was graded limited, and where only statements count and none was fixed before the face result.
create or replace function g7_stands_apart(of_lead bigint, of_action text) returns text[] language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  asked review_action%rowtype;
  needed integer;
  found_ integer;
  counting bigint[];
  lines jsonb;
  weak boolean;
begin
  select * into asked from review_action where action = of_action;
  select coalesce(array_agg(w.item_id order by w.item_id), '{}'), coalesce(jsonb_object_agg(w.item_id::text, to_jsonb(w.ancestors)), '{}'),
         coalesce(bool_and(w.statement and not w.fixed_before), false)
    into counting, lines, weak from items_weighed(of_lead) w where w.counts;
  needed := greatest(1, asked.standing_apart);
  if asked.arrest_like then
    weak := weak or (select p.grade from review_probecheck p join review_lead l on l.case_id = p.case_id where l.id = of_lead) is not distinct from 'limited';
    needed := greatest(needed, coalesce(policy_number('items_that_stand_apart'), 1), case when weak then 2 else 1 end);
  end if;
  found_ := apart_from_each_other(counting, lines, needed);
  if found_ = 0 then return array['nothing_stands_apart']; end if;
  if found_ < needed then return array['too_few_stand_apart']; end if;
  return '{}';
end $$;

-- An existing warrant: issued before the search, its papers did not use it; and something apart from the face shows who the person is.
create or replace function g7w_warrant_and_identity(of_lead bigint) returns text[] language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  with w as (select * from items_weighed(of_lead))
  select array_remove(array[
    case when not exists (select 1 from w join review_existingwarrant x on x.item_id = w.item_id
                            join review_fixed f on f.item_id = w.item_id join review_evidencekind k on k.kind = f.kind
                           where w.counts and w.fixed_before and x.search_used = 'no' and 'warrant' = any (k.traits)) then 'no_warrant_before' end,
    case when not exists (select 1 from w where w.shows_identity) then 'identity_not_shown' end], null)
$$;
revoke all on function g7_stands_apart(bigint, text), g7w_warrant_and_identity(bigint) from public;
