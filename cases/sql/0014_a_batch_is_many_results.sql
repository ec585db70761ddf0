-- Many results in one statement: each goes through receive_result and has its own answer, in the order in which they came. Null for a key
-- that is not known. All are stored together or, where anything is raised, none.
--
-- Batches of an agency go side by side. So that two that open the same investigations do not wait for each other in a circle, each goes through
-- them in the order of their numbers; of one external_id the first that came goes first. A batch can still meet another, or a single result, over
-- what both hold, or a link of two investigations that it named: then one of them is raised. A batch is asked again ``alone``, while no other of
-- its agency is under way.
create function receive_results(key_hash text, results jsonb, sealed bytea[], alone boolean) returns jsonb language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  one record;
  answers jsonb[];
  agency bigint := (select agency_id from source_of_key(key_hash));
begin
  if agency is null then
    return null;
  end if;
  if jsonb_typeof(results) is distinct from 'array' or jsonb_array_length(results) > 500 then
    raise exception 'a batch is an array of at most 500 results' using errcode = 'CS008';
  end if;
  if alone then
    perform pg_advisory_xact_lock(hashtext('receive_results'), agency::integer);
  else
    perform pg_advisory_xact_lock_shared(hashtext('receive_results'), agency::integer);
  end if;
  if not exists (select 1 from source_of_key(key_hash)) then  -- it ended while the batch waited
    return null;
  end if;
  answers := array_fill(null::jsonb, array[jsonb_array_length(results)]);
  for one in
    with came as (
      select place::integer, r.one -> 'result' as said, r.one ->> 'body_sha256' as body_hash, r.one -> 'pictures' as pictures, r.one -> 'details' as details,
             sum(jsonb_array_length(r.one -> 'pictures')) over (order by place)::integer as last_picture
        from jsonb_array_elements(results) with ordinality as r(one, place))
    select came.*, first_value(btrim(said ->> 'agency_case')) over (partition by said ->> 'external_id' order by place) as first_in from came
     order by first_in, said ->> 'external_id', place loop
    answers[one.place] := receive_result(key_hash, one.said, one.body_hash, one.pictures,
                                         sealed[one.last_picture - jsonb_array_length(one.pictures) + 1:one.last_picture], one.details);
  end loop;
  return to_jsonb(answers);
end $$;
revoke all on function receive_results(text, jsonb, bytea[], boolean) from public;
grant execute on function receive_results(text, jsonb, bytea[], boolean) to intake;
