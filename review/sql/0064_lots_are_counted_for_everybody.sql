-- How many cases were drawn to be examined again and what became of them, for everybody: no house quietly never does it. What waits is still
-- not told: it is counted once the fifty lots that were drawn one after another are whole, dated by the last of them. Half a year after its
-- month it is counted by itself, dated by that month; only then is told whether its pictures are gone or its agency lends no more.
create function lots_counted() returns table (lots bigint, drawn bigint, examined bigint, waiting bigint, not_lent bigint, oldest_from date,
    gone_by_time bigint, gone_by_law bigint) language sql rows 1 stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with newest as (
    select case_id from review_reexamination order by at desc, case_id desc limit (select count(*) from review_reexamination) % 50
  ), chosen as (
    select r.case_id, r.lender_id, r.at, exists (select 1 from review_reexaminationresult x where x.case_id = r.case_id) as examined, d.rules,
           (r.at at time zone 'UTC') < date_trunc('month', house_now() at time zone 'UTC') - interval '6 months' as old
      from review_reexamination r left join cases_destruction d on d.case_id = r.case_id where r.chosen
  ), told as (
    select *, not examined and (rules is null or not old) as waits from chosen c
     where c.examined or c.old or not exists (select 1 from newest n where n.case_id = c.case_id)
  ), oldest as (
    select at, old, (select count(*) from review_reexamination b where (b.at, b.case_id) <= (t.at, t.case_id)) as place
      from told t where waits order by at, case_id limit 1
  )
  select (select count(*) from review_reexamination), count(*), count(*) filter (where examined), count(*) filter (where waits),
         count(*) filter (where waits and old and not agreement_lends(lender_id, case_id)),
         (select date_trunc('month', case when o.old then o.at else (
                   select r.at from review_reexamination r order by r.at, r.case_id limit 1 offset (o.place - 1) / 50 * 50 + 49) end at time zone 'UTC')
            from oldest o)::date,
         count(*) filter (where not examined and not waits and rules = '{}'), count(*) filter (where not examined and not waits and rules <> '{}')
    from told
$$;
revoke all on function lots_counted() from public;
grant execute on function lots_counted() to app, auditor;
