-- How many cases were drawn to be examined again and what became of them, for everybody: no house quietly never does it. What waits is still
-- not told: it is counted once the fifty lots that were drawn one after another are whole, or from half a year on, and dated by its month.
create function lots_counted() returns table (lots bigint, drawn bigint, examined bigint, waiting bigint, not_lent bigint, oldest_from date,
    gone_by_time bigint, gone_by_law bigint) language sql rows 1 stable security definer set search_path = pg_catalog, public, pg_temp as $$
  with newest as (
    select case_id from review_reexamination order by at desc, case_id desc limit (select count(*) from review_reexamination) % 50
  ), chosen as (
    select r.case_id, r.lender_id, r.at, exists (select 1 from review_reexaminationresult x where x.case_id = r.case_id) as examined, d.rules
      from review_reexamination r left join cases_destruction d on d.case_id = r.case_id where r.chosen
  ), told as (
    select * from chosen c where c.examined or c.rules is not null
        or (c.at at time zone 'UTC') < date_trunc('month', house_now() at time zone 'UTC') - interval '6 months'
        or not exists (select 1 from newest n where n.case_id = c.case_id)
  )
  select (select count(*) from review_reexamination), count(*), count(*) filter (where examined),
         count(*) filter (where not examined and rules is null),
         count(*) filter (where not examined and rules is null and not agreement_lends(lender_id, case_id)),
         (date_trunc('month', min(at) filter (where not examined and rules is null) at time zone 'UTC'))::date,
         count(*) filter (where not examined and rules = '{}'), count(*) filter (where not examined and rules <> '{}')
    from told
$$;
revoke all on function lots_counted() from public;
grant execute on function lots_counted() to app, auditor;
