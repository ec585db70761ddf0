-- A step is locked once its reviewer has looked at each of its faces since it opened, and so many seconds a face after his first look. The
-- looks are read from the record, never from a form. A rendered face, which carries its label on every picture, waits no time: whoever
-- examines a demonstration may be a script, and a real face never is one.
create function look_seconds() returns integer language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select greatest(1, coalesce(policy_number('look_seconds'), 5))::integer
$$;
create function break_after_minutes() returns integer language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select greatest(1, coalesce(policy_number('break_after_minutes'), 50))::integer
$$;

create function looks_wanting(of_case bigint, who bigint, one_to_one boolean, out unseen integer, out seconds integer) language plpgsql stable
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  mine review_drawn%rowtype;
  opened timestamptz;
  first_at timestamptz;
  real integer;
  kept bigint[];
begin
  unseen := 0;
  seconds := 0;
  select * into mine from review_drawn where case_id = of_case and reviewer_id = who;
  if mine.id is null or (one_to_one and not sorting_settled(of_case)) then return; end if;
  opened := mine.at;
  if one_to_one then
    kept := kept_candidates(of_case);
    select greatest(mine.at, max(s.at)) into opened from review_sorting s join cases_candidate k on k.id = s.candidate_id where k.case_id = of_case;
  end if;
  with faces as (
    select k.image_id from cases_candidate k where k.case_id = of_case and k.image_id is not null and (not one_to_one or k.id = any (kept))
    union select m.image_id from non_mates_of(of_case, who) n join review_nonmate m on m.id = n.non_mate_id
     where not one_to_one or (cardinality(kept) > 0 and comes_one_to_one(n))
  ), looked as (
    select l.image_id, min(l.at) as at from cases_look l where l.by_id = who and l.at >= opened group by l.image_id
  )
  select count(*) filter (where l.image_id is null), count(*) filter (where not i.demo), min(l.at) into unseen, real, first_at
    from faces f join cases_storedimage i on i.id = f.image_id left join looked l on l.image_id = f.image_id;
  seconds := greatest(0, ceil(look_seconds() * real - coalesce(extract(epoch from house_now() - first_at), 0)));
end $$;

create function look_reasons(of_case bigint, who bigint, one_to_one boolean) returns text[] language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select array_remove(array[case when unseen > 0 then 'not_looked' end, case when seconds > 0 then 'too_soon' end], null)
    from looks_wanting(of_case, who, one_to_one)
$$;

-- For how long a person has looked at faces, or written on them, without a pause of ten minutes: advice for himself, which locks nothing.
create function minutes_without_a_break(who bigint) returns integer language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  with worked as (
    select at from cases_look where by_id = who and at > house_now() - interval '6 hours'
    union all select f.at from review_draft f join review_drawn d on d.id = f.drawn_id
               where d.reviewer_id = who and f.at > house_now() - interval '6 hours'
    union all select f.at from review_reexaminationdraft f join review_reexaminationturn t on t.id = f.turn_id
               where t.reviewer_id = who and f.at > house_now() - interval '6 hours'
  ), looked as (
    select at, at - lag(at) over (order by at) as pause from worked
  ), stretch as (
    select coalesce(max(at) filter (where pause is null or pause > interval '10 minutes'), max(at)) as since, max(at) as last from looked
  )
  select case when house_now() - last <= interval '10 minutes' then floor(extract(epoch from last - since) / 60)::integer else 0 end from stretch
$$;
create function break_is_due(who bigint) returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select coalesce(minutes_without_a_break(who), 0) >= break_after_minutes()
$$;

revoke all on function look_seconds(), break_after_minutes(), looks_wanting(bigint, bigint, boolean), look_reasons(bigint, bigint, boolean), minutes_without_a_break(bigint),
  break_is_due(bigint) from public;
grant execute on function looks_wanting(bigint, bigint, boolean), break_after_minutes(), break_is_due(bigint) to app;
