-- No row makes a lead but enough supporting conclusions on that very candidate, none that excludes him, and a third where two
-- are far apart.
create function review_lead_needs_its_conclusions() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.case_id is distinct from (select case_id from cases_candidate where id = new.candidate_id)
     or (select count(distinct by_id) from review_conclusion where candidate_id = new.candidate_id and rating >= 1)
        < greatest(2, coalesce(policy_number('reviewers'), 2))
     or exists (select 1 from review_conclusion where candidate_id = new.candidate_id and rating <= -2)
     or (select count(*) < 3 and max(rating) - min(rating) >= 2 from review_conclusion where candidate_id = new.candidate_id) then
    raise exception 'the conclusions on this candidate do not make a lead' using errcode = 'CS010';
  end if;
  return new;
end $$;
create trigger a_lead_needs_its_conclusions before insert on review_lead for each row execute function review_lead_needs_its_conclusions();
alter table review_lead enable always trigger a_lead_needs_its_conclusions;
revoke all on function review_lead_needs_its_conclusions() from public;
