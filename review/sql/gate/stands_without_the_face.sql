-- An action that stands without the face: as many items as are needed were fixed before it, or DNA or friction ridges tie the person to
-- the offence; nothing that speaks for the person is open, nor can be where nobody asked yet. Asked of a lead, or of a case as such: that names
-- nobody, so what speaks for the person of any lead of the whole investigation is asked, unless the lead has ended.
create or replace function without_face_reasons(of_case bigint, of_lead bigint) returns text[] language plpgsql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  why text[] := '{}';
  mine bigint[];
  speaking bigint[];
  counting bigint[];
  lines jsonb;
  whole bigint[] := investigation_set((select investigation_id from cases_case where id = of_case));
  ridge boolean;
  needed integer := greatest(1, coalesce(policy_number('items_that_stand_apart'), 1));
begin
  if of_lead is null then
    mine := array(select e.id from review_evidence e where e.case_id = of_case and e.lead_id is null);
  else
    mine := array(select e.id from review_evidence e where e.lead_id = any (lead_family(of_lead)));
  end if;
  select coalesce(array_agg(w.item_id order by w.item_id) filter (where w.fixed_before), '{}'),
         coalesce(jsonb_object_agg(w.item_id::text, to_jsonb(w.ancestors)), '{}'),
         coalesce(bool_or('ridge_or_dna' = any (k.traits)), false)
    into counting, lines, ridge
    from weigh_items(whole, mine) w
    join review_fixed f on f.item_id = w.item_id join review_evidencekind k on k.kind = f.kind where w.counts;
  if not ridge and apart_from_each_other(counting, lines, needed) < needed then why := array_append(why, 'rests_on_the_face'); end if;
  speaking := array(select e.id from review_evidence e where e.id = any (mine) and e.direction = 'exculpatory')
    || speaking_on_no_lead(whole);
  if of_lead is null then
    speaking := speaking || array(
      select e.id from unnest(whole) w(id) cross join lateral (select c.id from cases_case c where c.investigation_id = w.id) here
        cross join lateral (select x.id, x.direction, x.lead_id from review_evidence x where x.case_id = here.id) e
       where e.lead_id is not null and e.direction = 'exculpatory' and not exists (select 1 from review_leadend x where x.lead_id = e.lead_id));
  end if;
  if exists (select 1 from unnest(speaking) x(id) where not exists (select 1 from review_closing k where k.item_id = x.id)) then
    why := array_append(why, 'exculpatory_open');
  end if;
  if exists (select 1 from review_closing k where k.item_id = any (speaking) and k.how = 'tested_excludes') then
    why := array_append(why, 'exculpatory_holds');
  end if;
  if same_picture_elsewhere(whole) then
    why := array_append(why, 'same_picture_not_linked');
  end if;
  return why;
end $$;
revoke all on function without_face_reasons(bigint, bigint) from public;
grant execute on function without_face_reasons(bigint, bigint) to app, auditor;
