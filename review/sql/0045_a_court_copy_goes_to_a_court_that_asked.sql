-- A bundle in which the faces of other candidates are not covered goes to a court, and to none but one whose request in this case is on
-- file, under the name that stands there. It is asked where a bundle is wanted, and again where the record says that it leaves.
create function court_copy_door(of_case bigint, said jsonb) returns void language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
  if coalesce((said ->> 'court_copy')::boolean, false)
     and not exists (select 1 from review_discoveryrequest where case_id = of_case and court = btrim(said ->> 'recipient')) then
    raise exception 'a court copy goes to a court that has asked in this case; % has not', said ->> 'recipient' using errcode = 'CS006',
      hint = 'Take its request first, and name the court as it stands there.';
  end if;
end $$;
revoke all on function court_copy_door(bigint, jsonb) from public;
