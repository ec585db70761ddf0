-- Truths are sealed by the auditor's login before their cases arrive, at least half of them strangers, each with a commitment in the
-- record. They are told by an act of an auditor, all that are decided at once; then, and only then, they are trials of their reviewers.
-- However many they are: an entry of the record holds 64 KiB, so that each five hundred have an entry of their own.
create function seal_known(batch jsonb, by_whom text) returns integer language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  number integer := coalesce(jsonb_array_length(batch), 0);
  part record;
begin
  if number = 0 or 2 * (select count(*) from jsonb_array_elements(batch) b where jsonb_array_length(b -> 'mates') > 0) > number then
    raise exception 'at least half of a batch are strangers' using errcode = 'CS006';
  elsif exists (select 1 from jsonb_array_elements(batch) b where (b ->> 'probe_sha256' ~ '^[0-9a-f]{64}$' and length(b ->> 'nonce') >= 32) is not true) then
    raise exception 'a seed names the SHA-256 of its probe and carries a nonce' using errcode = 'CS006';
  end if;
  insert into review_sealedseed(probe_sha256, mates, nonce, commitment)
    select b ->> 'probe_sha256', array(select jsonb_array_elements_text(b -> 'mates') order by 1), b ->> 'nonce',
           encode(sha256(convert_to(concat_ws('|', b ->> 'nonce', b ->> 'probe_sha256',
             (select string_agg(x, ',' order by x) from jsonb_array_elements_text(b -> 'mates') x)), 'UTF8')), 'hex')
      from jsonb_array_elements(batch) b;
  for part in
    select count(*) as number, jsonb_agg(x.commitment order by x.commitment) as commitments
      from (select s.commitment, (row_number() over (order by s.commitment) - 1) / 500 as nth from review_sealedseed s
             where s.probe_sha256 in (select b ->> 'probe_sha256' from jsonb_array_elements(batch) b)) x
     group by x.nth order by x.nth
  loop
    perform ledger_write('seal_seeds', 'seeds', jsonb_build_object('by', by_whom, 'number', part.number, 'commitments', part.commitments));
  end loop;
  return number;
end $$;
create function seal_seeds(batch jsonb) returns integer language sql security definer
  set search_path = pg_catalog, public, pg_temp as $$ select seal_known(batch, 'auditor') $$;

-- One reviewer's answer on one seed: on the person where he is in the list, else over all faces; who supported any stranger, supported.
create function trials_of_seed(of_case bigint, of_mates text[]) returns table (who bigint, mated boolean, answer text, seconds float8, answered timestamptz)
  language sql rows 20 stable set search_path = pg_catalog, public, pg_temp as $$
  with faces as (
    select d.reviewer_id, k.id, k.image_sha256 = any (of_mates) as mate, s.at as sorted, d.at as drawn, c.rating, c.at as concluded,
           count(s.id) over (partition by d.reviewer_id) as number
      from review_drawn d join cases_candidate k on k.case_id = d.case_id
      left join review_sorting s on s.candidate_id = k.id and s.by_id = d.reviewer_id
      left join review_conclusion c on c.candidate_id = k.id and c.by_id = d.reviewer_id
     where d.case_id = of_case and (s.id is not null or c.id is not null) and not exists (select 1 from review_recusal r where r.drawn_id = d.id)
       and not exists (select 1 from review_givenback g where g.drawn_id = d.id)
  ), whole as (
    select exists (select 1 from cases_candidate where case_id = of_case and image_sha256 = any (of_mates)) as has_mate
  ), answers as (
    select f.reviewer_id, w.has_mate as mated,
           case when max(rating) filter (where mate = w.has_mate) >= 1 then 'supports'
                when max(rating) filter (where mate = w.has_mate) >= -1 then 'no_conclusion'
                when max(rating) filter (where mate = w.has_mate) is not null then 'excludes' else 'set_aside' end as answer,
           extract(epoch from min(sorted) - min(drawn)) / nullif(max(number), 0) as seconds, max(greatest(sorted, concluded)) as answered
      from faces f cross join whole w group by f.reviewer_id, w.has_mate
     having bool_or(mate = w.has_mate)
    union all
    select f.reviewer_id, false, 'supports', null, max(concluded) from faces f cross join whole w
     where w.has_mate and not mate and rating >= 1 group by f.reviewer_id
  ) select reviewer_id, mated, answer, seconds::float8, answered from answers
$$;

create function reveal_seeds(by_person bigint, details jsonb) returns integer language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  of_agency bigint := (select agency_id from people_person where id = by_person);
  decided bigint[];
  told bigint;
  part record;
begin
  if not person_holds(by_person, 'auditor', house_today()) then
    raise exception 'only an auditor has seeds revealed' using errcode = 'CS008';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('reveal of seeds', of_agency));
  select array_agg(distinct c.id order by c.id) into decided  -- from the few that are sealed, and not from all cases
    from review_sealedseed s join cases_storedimage i on i.original_sha256 = s.probe_sha256 join cases_probe p on p.image_id = i.id join cases_case c on c.id = p.case_id
   where c.agency_id = of_agency and is_seed(c.id) and not exists (select 1 from review_revealedseed r where r.case_id = c.id)
     and exists (select 1 from cases_move m where m.case_id = c.id and m.act = 'join' and m.target in ('LEAD', 'NO_LEAD'));
  if coalesce(cardinality(decided), 0) < 5 then return 0; end if;
  insert into review_reveal(agency_id, by_id, seeds) values (of_agency, by_person, cardinality(decided)) returning id into told;
  insert into review_revealedseed(case_id, reveal_id, mated, commitment, nonce)
    select c.id, told, exists (select 1 from cases_candidate k where k.case_id = c.id and k.image_sha256 = any (s.mates)), s.commitment, s.nonce
      from cases_case c join cases_probe p on p.case_id = c.id and p.version = 1 join cases_storedimage i on i.id = p.image_id
      join review_sealedseed s on s.probe_sha256 = i.original_sha256 where c.id = any (decided);
  insert into people_trial(person_id, source, case_key, mated, answer, seconds, answered_at)
    select t.who, 'seed', left(r.commitment, 32), t.mated, t.answer, t.seconds, t.answered
      from review_revealedseed r join review_sealedseed s on s.commitment = r.commitment
      cross join lateral trials_of_seed(r.case_id, s.mates) t where r.reveal_id = told
    on conflict do nothing;
  for part in
    select count(*) as number, jsonb_object_agg(x.ref, x.commitment) as opened
      from (select c.ref, r.commitment, (row_number() over (order by c.id) - 1) / 500 as nth
              from review_revealedseed r join cases_case c on c.id = r.case_id where r.reveal_id = told) x
     group by x.nth order by x.nth
  loop
    perform ledger_write('reveal_seeds', 'seeds', details || jsonb_build_object('seeds', part.number, 'opened', part.opened));
  end loop;
  return cardinality(decided);
end $$;
revoke all on function seal_known(jsonb, text), seal_seeds(jsonb), trials_of_seed(bigint, text[]), reveal_seeds(bigint, jsonb) from public;
grant execute on function seal_seeds(jsonb) to auditor;
grant execute on function reveal_seeds(bigint, jsonb) to app;
grant select on review_reveal, review_revealedseed to app, auditor;

do $$
declare t text;
begin
  foreach t in array array['review_sealedseed', 'review_reveal', 'review_revealedseed'] loop
    execute format('create trigger stays_as_it_is before update or delete on %I for each row execute function ledger_frozen()', t);
    execute format('alter table %I enable always trigger stays_as_it_is', t);
  end loop;
end $$;
