-- Rows of the human floor are added, never edited; of a countersignature only the state moves, and only by its functions.
do $$
declare t text;
begin
  foreach t in array array['review_probecheck', 'review_drawn', 'review_sorting', 'review_conclusion', 'review_nonmate', 'review_nonmateshown', 'review_nonmatesorting',
      'review_nonmaterating', 'review_setaside', 'review_conclusionsetaside', 'review_lead', 'review_leadend',
      'review_candidateend', 'review_evidencekind', 'review_evidence', 'review_fixing', 'review_statement', 'review_edge', 'review_closing',
      'review_holddecision', 'review_existingwarrant', 'review_rivalweighed', 'review_lineupform', 'review_lineupheld', 'review_papers',
      'review_legalview', 'review_custody', 'review_recheck', 'review_release', 'review_decision', 'review_outsidegate', 'review_disposition', 'review_noticesread',
      'review_noticemailed', 'review_action', 'review_countersignaturetransition'] loop
    execute format('create trigger stays_as_it_is before update or delete on %I for each row execute function ledger_frozen()', t);
    execute format('alter table %I enable always trigger stays_as_it_is', t);
  end loop;
end $$;

create function review_only_the_state_moves() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a countersignature is never deleted' using errcode = 'CS003';
  elsif tg_op = 'INSERT' then
    if new.state <> 'ASKED' then
      raise exception 'a countersignature begins at ASKED' using errcode = 'CS001';
    end if;
  elsif (to_jsonb(new) - 'state' - 'act_by') <> (to_jsonb(old) - 'state' - 'act_by')
     or not exists (select 1 from review_countersignaturetransition t where t.source = old.state and t.target = new.state) then
    raise exception 'no countersignature moves from % to %', old.state, new.state using errcode = 'CS001';
  end if;
  return coalesce(new, old);
end $$;
create trigger only_the_state_moves before insert or update or delete on review_countersignature
  for each row execute function review_only_the_state_moves();
alter table review_countersignature enable always trigger only_the_state_moves;

-- Second wall: a row that is SIGNED at commit has its decision, of the same transaction or earlier.
create function review_no_signature_without_its_decision() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select 1 from review_decision d join ledger_entry e on e.seq = d.entry and e.kind = 'countersign'
                  where d.countersignature_id = new.id and d.signed = (new.state in ('SIGNED', 'STARTED'))) then
    raise exception 'countersignature % has no decision', new.ref using errcode = 'CS002';
  end if;
  return null;
end $$;
create constraint trigger no_signature_without_its_decision after update on review_countersignature deferrable initially deferred
  for each row execute function review_no_signature_without_its_decision();
alter table review_countersignature enable always trigger no_signature_without_its_decision;
revoke all on function review_only_the_state_moves(), review_no_signature_without_its_decision() from public;
