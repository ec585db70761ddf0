-- Every reviewer meets known non-mates among the candidates, drawn here from his recorded seed; those he has met least come first.
-- A face that is in a gallery or on the list is none. Without enough of them nobody is drawn. Four a sheet: whoever supports one
-- look-alike in five is found out in three sheets of five.
create function non_mates_a_sheet() returns integer language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select greatest(1, coalesce(policy_number('non_mates'), 4))::integer
$$;

create function pool_for(of_case bigint) returns setof review_nonmate language sql rows 100 stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select n.* from review_nonmate n join cases_case c on c.agency_id = n.agency_id and c.id = of_case
   where not exists (select 1 from cases_storedimage i where i.original_sha256 = n.original_sha256 and i.gallery_id is not null)
     and not exists (select 1 from cases_candidate k left join cases_storedimage i on i.id = k.image_id
                      where k.case_id = of_case and n.original_sha256 in (k.image_sha256, i.original_sha256))
$$;

create function pool_suffices(of_case bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select count(*) >= non_mates_a_sheet() from pool_for(of_case)
$$;

-- Whether an agency has enough of them, before it is asked of one of its cases, on whose list there may stand one.
create function pool_of_agency_suffices(of_agency bigint) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select count(*) = non_mates_a_sheet() from (
    select 1 from review_nonmate n where n.agency_id = of_agency
       and not exists (select 1 from cases_storedimage i where i.original_sha256 = n.original_sha256 and i.gallery_id is not null)
     limit non_mates_a_sheet()) few
$$;

-- Some come back one to one although they were set aside, as a face does that the other reviewer kept: coming back tells nothing.
-- Whoever sorts nothing, because the sorting was settled before he was drawn, rates them all.
create function show_non_mates(of_drawn bigint) returns void language sql set search_path = pg_catalog, public, pg_temp as $$
  with chosen as (
    select n.id, row_number() over (order by (select count(*) from review_nonmateshown x join review_drawn y on y.id = x.drawn_id
                                                where y.reviewer_id = d.reviewer_id and x.non_mate_id = n.id),
                                             sha256(convert_to(d.seed || ':' || n.original_sha256, 'UTF8'))) as place
      from review_drawn d, pool_for(d.case_id) n where d.id = of_drawn)
  insert into review_nonmateshown(drawn_id, non_mate_id, token, again)
    select of_drawn, id, gen_random_uuid(), place <= 2 from chosen where place <= non_mates_a_sheet()
$$;

create function non_mates_of(of_case bigint, who bigint) returns setof review_nonmateshown language sql rows 5 stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select n.* from review_nonmateshown n join review_drawn d on d.id = n.drawn_id where d.case_id = of_case and d.reviewer_id = who
$$;

create function comes_one_to_one(n review_nonmateshown) returns boolean language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  select n.again or coalesce((select s.kept from review_nonmatesorting s where s.shown_id = n.id), true)
$$;

-- Second wall: a set that was set aside carries nothing, whoever writes the row.
create function review_a_set_aside_counts_for_nothing() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select 1 from review_setaside s join review_drawn d on d.id = s.drawn_id join cases_candidate k on k.case_id = d.case_id
              where k.id = new.candidate_id and d.reviewer_id = new.by_id)
     or exists (select 1 from review_nonmaterating r join review_nonmateshown n on n.id = r.shown_id join review_drawn d on d.id = n.drawn_id
                  join cases_candidate k on k.case_id = d.case_id
                 where k.id = new.candidate_id and d.reviewer_id = new.by_id and r.rating >= 1) then
    raise exception 'whoever supported a known non-mate concludes nothing here' using errcode = 'CS014';
  end if;
  return new;
end $$;
create trigger a_set_aside_counts_for_nothing before insert on review_conclusion for each row execute function review_a_set_aside_counts_for_nothing();
alter table review_conclusion enable always trigger a_set_aside_counts_for_nothing;

-- A face of the pool was never enrolled.
create function review_a_non_mate_is_in_no_gallery() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select 1 from cases_storedimage where original_sha256 = new.original_sha256 and gallery_id is not null) then
    raise exception 'a face that is in a gallery is no known non-mate' using errcode = 'CS014';
  end if;
  return new;
end $$;
create trigger a_non_mate_is_in_no_gallery before insert on review_nonmate for each row execute function review_a_non_mate_is_in_no_gallery();
alter table review_nonmate enable always trigger a_non_mate_is_in_no_gallery;
revoke all on function non_mates_a_sheet(), pool_for(bigint), pool_suffices(bigint), pool_of_agency_suffices(bigint), show_non_mates(bigint), non_mates_of(bigint, bigint),
  comes_one_to_one(review_nonmateshown), review_a_set_aside_counts_for_nothing(), review_a_non_mate_is_in_no_gallery() from public;
grant execute on function pool_suffices(bigint), non_mates_a_sheet() to app;
