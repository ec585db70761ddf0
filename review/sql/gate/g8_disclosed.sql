-- G8: the newest papers of the action lack no statement, say nothing too strong, and nothing was entered after they were written.
-- What the check of the text found is a row; the rest is computed.
create or replace function last_fact_at(of_lead bigint) returns timestamptz language sql stable security definer
  set search_path = pg_catalog, public, pg_temp as $$
  with whole as (select id, investigation_id from cases_case where investigation_id = any (
                   investigation_set((select c.investigation_id from cases_case c join review_lead l on l.case_id = c.id where l.id = of_lead)))),
       items as (select e.id, e.entered_at from review_evidence e join whole w on w.id = e.case_id),
       brought as (select k.linked_at from cases_investigationlink k where k.one_id in (select investigation_id from whole)
                      and not k.other_id = any (investigation_set(k.one_id, k.linked_at)))  -- what was not linked before
  select max(t) from (
    select entered_at as t from items
    union all select linked_at from brought
    union all select f.at from review_fixing f join items i on i.id = f.item_id
    union all select s.at from review_statement s join items i on i.id = s.item_id
    union all select g.at from review_edge g join items i on i.id = g.item_id
    union all select k.at from review_closing k join items i on i.id = k.item_id
    union all select h.at from review_holddecision h join items i on i.id = h.item_id
    union all select o.at from review_conclusion o join cases_candidate k on k.id = o.candidate_id join whole w on w.id = k.case_id
    union all select x.at from review_leadend x join review_lead l on l.id = x.lead_id join whole w on w.id = l.case_id) all_of_them
$$;

create or replace function g8_disclosed(of_lead bigint, of_action text) returns text[] language plpgsql stable
  set search_path = pg_catalog, public, pg_temp as $$
declare
  newest review_papers%rowtype;
  why text[] := '{}';
begin
  select * into newest from review_papers where lead_id = of_lead and action = of_action order by id desc limit 1;
  if newest.id is null then return array['no_papers']; end if;
  if cardinality(newest.missing) > 0 then why := array_append(why, 'papers_incomplete'); end if;
  if cardinality(newest.wording) > 0 then why := array_append(why, 'papers_wording'); end if;
  if newest.at < last_fact_at(of_lead) then why := array_append(why, 'papers_stale'); end if;
  return why;
end $$;
revoke all on function last_fact_at(bigint), g8_disclosed(bigint, text) from public;
grant execute on function last_fact_at(bigint) to app;
