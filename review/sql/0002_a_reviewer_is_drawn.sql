-- Examinations are drawn, not picked, while a policy is in force, for whoever is trained and measured. A third is drawn only while the case
-- is disputed. Where a set was set aside, its reviewer stepped back or the turn went back to the lot, the turn is free again, for a fresh
-- reviewer; without enough known non-mates nobody is drawn, nor is anybody more often than his day allows. Of a case that is joined the same
-- door draws whoever examines it again, if anybody does.
create function counts_as_drawn(d review_drawn) returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select not exists (select 1 from review_setaside s where s.drawn_id = d.id) and not exists (select 1 from review_recusal r where r.drawn_id = d.id)
     and not exists (select 1 from review_givenback g where g.drawn_id = d.id)
$$;

-- Tired people err: so many turns a day of his agency, and no more.
create function turns_a_day() returns integer language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select greatest(1, coalesce(policy_number('turns_a_day'), 40))::integer
$$;
create function turns_today(who bigint) returns integer language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with day as materialized (
    select date_trunc('day', house_now() at time zone a.time_zone) at time zone a.time_zone as began
      from people_person p join people_agency a on a.id = p.agency_id where p.id = who)
  select ((select count(*) from review_drawn d, day where d.reviewer_id = who and d.at >= day.began)
        + (select count(*) from review_reexaminationturn t, day where t.reviewer_id = who and t.at >= day.began))::integer
$$;
revoke all on function counts_as_drawn(review_drawn), turns_a_day(), turns_today(bigint) from public;
grant execute on function turns_a_day(), turns_today(bigint) to app;

create function draw(of_case bigint, who bigint, with_seed bigint, known_as text, details jsonb) returns integer language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here cases_case%rowtype;
  needed integer;
  next_turn integer;
  new_id bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('drawn', who));  -- two browsers of one person go one after another, before any other lock
  select * into here from cases_case where id = of_case for no key update;
  if here.state not in ('FIT', 'DISPUTED') then return draw_again(here, who, with_seed, known_as, details); end if;
  next_turn := (select min(t) from generate_series(1, 4) t where not exists (
                  select 1 from review_drawn d where d.case_id = of_case and d.turn = t and counts_as_drawn(d)));
  needed := greatest(2, coalesce(policy_number('reviewers'), 2));
  if not ((here.state = 'FIT' and next_turn <= needed) or (here.state = 'DISPUTED' and next_turn <= 3))
     or policy_in_force() is null
     or turns_today(who) >= turns_a_day()
     or not exists (select 1 from cases_candidatelist where case_id = of_case and number > 0)
     or not apart_as_reviewer(who, of_case, house_today())
     or not person_admitted(who, house_today())
     or exists (select 1 from review_drawn where case_id = of_case and reviewer_id = who)
     or examined_again(who, here.investigation_id)
     or not pool_suffices(of_case) then
    return null;
  end if;
  insert into review_drawn(case_id, reviewer_id, turn, attempt, seed, code)
    values (of_case, who, next_turn, 1 + (select count(*) from review_drawn where case_id = of_case and turn = next_turn), with_seed, known_as)
    returning id into new_id;
  perform show_non_mates(new_id);
  perform ledger_write('take_next', here.ref, details);
  return next_turn;
end $$;
revoke all on function draw(bigint, bigint, bigint, text, jsonb) from public;
grant execute on function draw(bigint, bigint, bigint, text, jsonb) to app;
