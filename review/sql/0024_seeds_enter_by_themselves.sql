-- Known cases enter by themselves, by the ordinary machine's door, one for each twenty real ones that come to be examined. Lots decide
-- whether, which and when, and the database draws them: the worker that asks learns neither that one entered nor which. Nothing is
-- marked used: a case of the stock is used once its probe is in a case, and the pace is written whether one enters or not.
create function strong_chance() returns float8 language sql volatile set search_path = pg_catalog, public, pg_temp as $$
  select ('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint / 4294967296.0  -- the source of keys, which nobody can foretell
$$;

create function send_seed(of_agency bigint) returns void language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  share constant float8 := 0.05;
  now_ timestamptz := house_now();
  pace review_seedpace%rowtype;
  newest bigint;
  chosen review_seedstock%rowtype;
  answer jsonb;
begin
  insert into review_seedpace(agency_id, seen_move, owed, looked_at)
    values (of_agency, (select coalesce(max(id), 0) from cases_move), 0, now_) on conflict do nothing;
  select * into pace from review_seedpace where agency_id = of_agency for update;
  if now_ < pace.looked_at + interval '20 seconds' and now_ > pace.looked_at then return; end if;
  newest := (select coalesce(max(id), 0) from cases_move);
  pace.owed := pace.owed + (
    select count(*) from generate_series(1, (
      select count(*) from cases_move m join cases_case c on c.id = m.case_id
       where m.id > pace.seen_move and m.id <= newest and m.target = 'FIT' and c.agency_id = of_agency and not is_seed(c.id)))
     where strong_chance() < share);
  -- Each that is owed enters at a rate of once an hour, however often this is asked, and no two at once.
  if pace.owed > 0 and strong_chance() < 1 - exp(- pace.owed * extract(epoch from now_ - pace.looked_at) / 3600) then
    select s.* into chosen
      from review_seedstock s join review_sealedseed k on k.id = s.seed_id join cases_sourcesystem y on y.id = s.source_id
     where y.agency_id = of_agency and y.active_until > now_
       and not exists (select 1 from cases_storedimage i where i.original_sha256 = k.probe_sha256 and i.case_id is not null)
       and not exists (select 1 from cases_searchresult r where r.source_id = s.source_id
                          and (r.external_id = s.result ->> 'external_id' or r.idempotency_key = s.result ->> 'idempotency_key'))
     order by gen_random_uuid() limit 1;
    if chosen.id is null then
      pace.owed := 0;  -- what was missed is not made up for later: a rush would tell
      pace.wanted_in_vain_at := now_;
    else
      if chosen.result #>> '{probe,captured_at}' is not null then  -- as old as it was when it was registered
        chosen.result := jsonb_set(chosen.result, '{probe,captured_at}',
          to_jsonb((chosen.result #>> '{probe,captured_at}')::timestamptz + (now_ - chosen.stocked_at)));
      end if;
      answer := receive_result((select key_sha256 from cases_sourcesystem where id = chosen.source_id),
                               chosen.result, chosen.body_sha256, chosen.pictures, chosen.sealed, chosen.said);
      pace.owed := pace.owed - (answer ->> 'status' = '201')::integer;
    end if;
  end if;
  update review_seedpace set seen_move = newest, owed = pace.owed, looked_at = now_, wanted_in_vain_at = pace.wanted_in_vain_at
   where agency_id = of_agency;
end $$;

-- Since when an agency's stock has been asked in vain: told when one is missed, never when the last has entered.
create function stock_empty_since(of_agency bigint) returns timestamptz language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select p.wanted_in_vain_at from review_seedpace p
   where p.agency_id = of_agency
     and not exists (select 1 from review_seedstock s join cases_sourcesystem y on y.id = s.source_id
                      where y.agency_id = of_agency and s.stocked_at > p.wanted_in_vain_at)
$$;

revoke all on function strong_chance(), send_seed(bigint), stock_empty_since(bigint) from public;
grant execute on function send_seed(bigint) to worker;
grant execute on function stock_empty_since(bigint) to app;
create trigger stays_as_it_is before update or delete on review_seedstock for each row execute function ledger_frozen();
alter table review_seedstock enable always trigger stays_as_it_is;
