-- Many results in one statement: each goes through receive_result, in the order in which they came, and has its own answer. Null for a key
-- that is not known. All are stored together or, where anything is raised, none. Batches of an agency go one after another, so that two that
-- hold the same results in another order never wait for each other.
create function receive_results(key_hash text, results jsonb, sealed bytea[]) returns jsonb language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  one jsonb;
  answers jsonb[] := '{}';
  before integer := 0;
  shown integer;
  agency bigint := (select agency_id from source_of_key(key_hash));
begin
  if agency is null then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtext('receive_results'), agency::integer);
  if jsonb_array_length(results) > 500 then
    raise exception 'at most 500 results come at once' using errcode = 'CS008';
  end if;
  for one in select r.one from jsonb_array_elements(results) with ordinality as r(one, place) order by place loop
    shown := jsonb_array_length(one -> 'pictures');
    answers := array_append(answers, receive_result(key_hash, one -> 'result', one ->> 'body_sha256', one -> 'pictures',
                                                    sealed[before + 1:before + shown], one -> 'details'));
    before := before + shown;
  end loop;
  return to_jsonb(answers);
end $$;
revoke all on function receive_results(text, jsonb, bytea[]) from public;
grant execute on function receive_results(text, jsonb, bytea[]) to intake;
