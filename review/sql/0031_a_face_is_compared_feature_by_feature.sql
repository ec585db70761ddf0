-- Every rating stands on a whole form: each feature of the public list, a note where it differs, the limits that cap it, a reason where
-- there is no conclusion. These lists are the ones in code. What lacks a part comes back as reasons; a row without it is refused.
create function feature_lists() returns jsonb language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select jsonb_build_object(
    'features', jsonb_build_array('skin', 'outline', 'composition', 'hair', 'forehead', 'eyebrows', 'eyes', 'cheeks', 'nose', 'ears', 'mouth', 'chin',
                                  'neck', 'facial_hair', 'lines', 'scars', 'marks', 'alterations'),
    'found', jsonb_build_array('similar', 'different', 'not_comparable', 'not_visible'),
    'limits', jsonb_build_object('low_quality', 2, 'cover', 1, 'years_between', 2),
    'nothing_because', jsonb_build_array('too_little_detail', 'angle_or_expression', 'covered', 'light', 'years_between', 'both_ways'),
    'set_aside', jsonb_build_array('outline', 'hair', 'forehead', 'eyebrows', 'eyes', 'nose', 'ears', 'mouth', 'chin', 'lines_scars_marks', 'not_comparable'))
$$;

create function form_reasons(answer jsonb) returns text[] language plpgsql immutable set search_path = pg_catalog, public, pg_temp as $$
declare
  lists jsonb := feature_lists();
  rating integer := (answer ->> 'rating')::integer;
  features jsonb := coalesce(answer -> 'features', '{}');
  limits jsonb := coalesce(answer -> 'limits', '[]');
  nothing jsonb := to_jsonb(coalesce(answer ->> 'nothing_because', ''));
  why text[] := '{}';
begin
  if not features ?& array(select jsonb_array_elements_text(lists -> 'features'))
     or exists (select 1 from jsonb_each(features) f where not lists -> 'features' ? f.key or (lists -> 'found' ? (f.value ->> 0)) is not true) then
    why := array_append(why, 'not_every_feature');
  end if;
  if exists (select 1 from jsonb_each(features) f where f.value ->> 0 = 'different' and coalesce(f.value ->> 1, '') !~ '\S') then
    why := array_append(why, 'no_note');
  end if;
  if exists (select 1 from jsonb_array_elements_text(limits) l where not lists -> 'limits' ? l) then why := array_append(why, 'unknown_limit'); end if;
  if exists (select 1 from jsonb_array_elements_text(limits) l where rating > (lists -> 'limits' ->> l)::integer) then
    why := array_append(why, 'over_the_cap');
  end if;
  if (case when rating in (0, -1) then not lists -> 'nothing_because' @> nothing else nothing <> '""' end) then
    why := array_append(why, 'no_conclusion_why');
  end if;
  if (rating >= 1 and not exists (select 1 from jsonb_each(features) f where f.value ->> 0 = 'similar'))
     or (rating <= -2 and not exists (select 1 from jsonb_each(features) f where f.value ->> 0 = 'different')) then
    why := array_append(why, 'form_disagrees');
  end if;
  return why;
end $$;

-- A face is set aside for a feature of the list, or because the picture does not allow it; it is kept for a closer look.
create function sorting_reason_known(kept boolean, reason text) returns boolean language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  select case when kept then reason = 'closer_look' else feature_lists() -> 'set_aside' ? reason end
$$;

create function review_no_rating_without_its_form() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if form_reasons(to_jsonb(new)) <> '{}' then
    raise exception 'a rating without its whole form: %', array_to_string(form_reasons(to_jsonb(new)), ', ') using errcode = 'CS014';
  end if;
  return new;
end $$;
create function review_no_sorting_without_its_reason() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if sorting_reason_known(new.kept, new.reason) is not true then
    raise exception 'a face is sorted for a reason of the list' using errcode = 'CS014';
  end if;
  return new;
end $$;
do $$
declare t text;
begin
  foreach t in array array['review_conclusion', 'review_nonmaterating', 'review_conclusionsetaside'] loop
    execute format('create trigger d_no_rating_without_its_form before insert on %I for each row execute function review_no_rating_without_its_form()', t);
    execute format('alter table %I enable always trigger d_no_rating_without_its_form', t);
  end loop;
  foreach t in array array['review_sorting', 'review_nonmatesorting'] loop
    execute format('create trigger d_no_sorting_without_its_reason before insert on %I for each row execute function review_no_sorting_without_its_reason()', t);
    execute format('alter table %I enable always trigger d_no_sorting_without_its_reason', t);
  end loop;
end $$;
revoke all on function feature_lists(), form_reasons(jsonb), sorting_reason_known(boolean, text), review_no_rating_without_its_form(),
  review_no_sorting_without_its_reason() from public;
