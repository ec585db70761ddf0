-- Whether a person had looked at a candidate of the investigation before a moment: read from the looks, never from a form.
create function saw_candidates(who bigint, of_case bigint, before timestamptz) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (
    select 1 from cases_look k join cases_candidate x on x.image_id = k.image_id join cases_case c on c.id = x.case_id
     where k.by_id = who and k.at < before
       and c.investigation_id = any (investigation_set((select investigation_id from cases_case where id = of_case))))
$$;
revoke all on function saw_candidates(bigint, bigint, timestamptz) from public;
grant execute on function saw_candidates(bigint, bigint, timestamptz) to app;
