-- A seed is a case whose probe was sealed as known before it was received. It can never become a lead, reach the gate or count as real
-- work, whoever writes. Only the owner's functions and the auditor's login read what is sealed.
grant select on review_sealedseed to auditor;

create function is_seed(of_case bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from cases_case c join cases_probe p on p.case_id = c.id join cases_storedimage i on i.id = p.image_id
                   join review_sealedseed s on s.probe_sha256 = i.original_sha256
                  where c.id = of_case and s.sealed_at < c.received_at)
$$;

-- Asked when conclusions are joined, and before that it always says no: nobody learns from it what waits to be examined.
create function ends_as_known(of_case bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select is_seed(of_case) and sorting_settled(of_case)
     and not exists (select 1 from review_drawn d cross join unnest(kept_candidates(of_case)) k(id)
                      where d.case_id = of_case
                        and counts_as_drawn(d)
                        and not exists (select 1 from review_conclusion c where c.candidate_id = k.id and c.by_id = d.reviewer_id))
     and not exists (select 1 from review_conclusion c join cases_candidate k on k.id = c.candidate_id
                      where k.case_id = of_case group by c.candidate_id
                     having count(*) < 3 and max(c.rating) - min(c.rating) >= 2 and min(c.rating) > -2)
$$;

create function review_no_lead_of_a_seed() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if is_seed(case tg_table_name when 'review_lead' then (to_jsonb(new) ->> 'case_id')::bigint
             else (select case_id from review_lead where id = (to_jsonb(new) ->> 'lead_id')::bigint) end) then
    raise exception 'a known case becomes no lead and reaches no gate' using errcode = 'CS014';
  end if;
  return new;
end $$;
create trigger a_seed_is_no_lead before insert on review_lead for each row execute function review_no_lead_of_a_seed();
alter table review_lead enable always trigger a_seed_is_no_lead;
create trigger a_seed_reaches_no_gate before insert on review_countersignature for each row execute function review_no_lead_of_a_seed();
alter table review_countersignature enable always trigger a_seed_reaches_no_gate;

-- What statistics of real work count: decided before the last reveal, when every seed of that time was told, and no seed. What was decided
-- since is in no statistic yet, so that none tells a seed by leaving it out.
create view review_realwork as
  select m.case_id, c.agency_id, m.target as ended, m.at from cases_move m join cases_case c on c.id = m.case_id
   where m.act = 'join' and m.target in ('LEAD', 'NO_LEAD')
     and m.at < (select max(r.at) from review_reveal r where r.agency_id = c.agency_id)
     and not exists (select 1 from cases_probe p join cases_storedimage i on i.id = p.image_id
                       join review_sealedseed s on s.probe_sha256 = i.original_sha256
                      where p.case_id = c.id and s.sealed_at < c.received_at);
grant select on review_realwork to app, auditor;
revoke all on function is_seed(bigint), ends_as_known(bigint), review_no_lead_of_a_seed() from public;
grant execute on function ends_as_known(bigint) to app;
grant execute on function is_seed(bigint) to auditor;
