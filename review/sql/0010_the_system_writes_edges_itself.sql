-- What was got under a countersignature rests on what that one rested on; where that was the face alone, on the face. What was got at
-- a stop of a candidate rests on the face, unless it is on file that the lead was not known. Nobody has to remember to write it.
create function review_got_by_power() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare rests text[];
begin
  if new.got_under_id is not null then
    if not exists (select 1 from review_countersignature s join review_lead l on l.id = s.lead_id join cases_case c on c.id = l.case_id
                    where s.id = new.got_under_id and s.state = 'STARTED'
                      and c.investigation_id = any (investigation_set((select investigation_id from cases_case where id = new.case_id)))) then
      raise exception 'nothing was got under a countersignature that was not started in this investigation' using errcode = 'CS011';
    end if;
    select d.rests_on into rests from review_decision d where d.countersignature_id = new.got_under_id;
    insert into review_edge(item_id, kind, parent_id, root) select new.id, 'authorised_by', e.id, '' from review_evidence e where e.ref = any (rests);
    if coalesce(cardinality(rests), 0) = 0 then
      insert into review_edge(item_id, kind, root) values (new.id, 'authorised_by', 'face_result');
    end if;
  end if;
  if new.got_at_stop_id is not null and (select lead_known from review_outsidegate where id = new.got_at_stop_id) is distinct from 'no' then
    insert into review_edge(item_id, kind, root) values (new.id, 'authorised_by', 'face_result');
  end if;
  return null;
end $$;
create trigger got_by_power after insert on review_evidence for each row execute function review_got_by_power();
alter table review_evidence enable always trigger got_by_power;

-- An arrest outside the gate starts the clock of the custody re-check too.
create function review_custody_outside() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select 1 from review_action where action = new.action and takes_into_custody) then
    insert into review_custody(case_id, lead_id, outside_id, began_at, recheck_by)
      values (new.case_id, new.lead_id, new.id, new.happened_at, new.happened_at + make_interval(hours => coalesce(policy_number('hours_to_recheck'), 2)));
    perform ledger_write('custody_began', (select ref from cases_case where id = new.case_id), jsonb_build_object('by', 'machine', 'basis', new.basis));
  end if;
  return null;
end $$;
create trigger custody_outside after insert on review_outsidegate for each row execute function review_custody_outside();
alter table review_outsidegate enable always trigger custody_outside;
revoke all on function review_got_by_power(), review_custody_outside() from public;
