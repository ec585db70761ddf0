-- Third wall: at commit, a move that a person made rests on the row that says what that person found. The door alone would move a
-- case along the table for any active person; with this, the probe was checked, the reviewers have answered, the end has its reason.
create function review_a_persons_move_has_its_rows() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare held boolean;
begin
  held := case new.act
    when 'check_probe' then exists (select 1 from review_probecheck p where p.case_id = new.case_id and p.by_id = new.by_id
                                       and (p.grade = 'unfit') = (new.target = 'UNFIT'))
    when 'close' then exists (select 1 from review_disposition d where d.case_id = new.case_id and d.by_id = new.by_id)
    when 'join' then exists (select 1 from review_drawn d where d.case_id = new.case_id and d.reviewer_id = new.by_id)
       and sorting_settled(new.case_id)
       and (select count(*) from review_drawn d where d.case_id = new.case_id and counts_as_drawn(d))
           >= case new.source when 'DISPUTED' then 3 else greatest(2, coalesce(policy_number('reviewers'), 2)) end
       and not exists (select 1 from review_drawn d cross join unnest(kept_candidates(new.case_id)) k(id)
                        where d.case_id = new.case_id and d.turn <= case new.source when 'FIT' then 2 else 3 end
                          and counts_as_drawn(d)
                          and not exists (select 1 from review_conclusion c where c.candidate_id = k.id and c.by_id = d.reviewer_id))
       and (new.target = 'DISPUTED' or (new.target = 'LEAD') = exists (select 1 from review_lead l where l.case_id = new.case_id))
    else false end;
  if not held then
    raise exception 'nothing on file carries % from % to % by %', new.case_id, new.source, new.target, new.act using errcode = 'CS013';
  end if;
  return null;
end $$;
create constraint trigger a_persons_move_has_its_rows after insert on cases_move deferrable initially deferred
  for each row when (new.by_id is not null) execute function review_a_persons_move_has_its_rows();
alter table cases_move enable always trigger a_persons_move_has_its_rows;
revoke all on function review_a_persons_move_has_its_rows() from public;
