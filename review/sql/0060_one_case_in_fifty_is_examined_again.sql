-- Of the joined cases one in fifty is examined again, blind, by another agency that lends its reviewers. The lot is drawn here, as a case is
-- joined, from the source of keys; a policy asks for more, never for fewer. Each lot is an entry, drawn or not, sealed by a commitment:
-- until the result is there neither page nor count nor record tells which. No login reads these tables; the result is read once it is there.
create function reexamined_one_in() returns integer language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select least(50, greatest(1, coalesce(policy_number('reexamined_one_in'), 50)))::integer
$$;

create function lot_of(of_ref text, of_lender text, is_chosen boolean, with_nonce text) returns text language sql immutable
  set search_path = pg_catalog, public, pg_temp as $$
  select encode(sha256(convert_to(concat_ws('|', with_nonce, of_ref, of_lender, is_chosen), 'UTF8')), 'hex')
$$;

-- Only an agency of whose reviewers none had a turn: who examined it examines nothing again.
create function lender_by_lot(of_case bigint) returns bigint language sql volatile set search_path = pg_catalog, public, pg_temp as $$
  select a.lender_id from people_agreement a join cases_case c on c.agency_id = a.borrower_id
   where c.id = of_case and 'reviewer' = any (a.roles) and house_today() between a.from_on and a.until_on
     and not exists (select 1 from review_drawn d join people_person p on p.id = d.reviewer_id where d.case_id = of_case and p.agency_id = a.lender_id)
   order by gen_random_uuid() limit 1
$$;

-- A known case ends without a lead whatever was found: it draws a lot like any other, and is never examined again.
create function review_a_joined_case_draws_its_lot() returns trigger language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp as $$
declare
  here cases_case%rowtype;
  lender people_agency%rowtype;
  is_chosen boolean := strong_chance() < 1.0 / reexamined_one_in();
  sealed text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
begin
  select * into here from cases_case where id = new.case_id;
  select * into lender from people_agency where id = lender_by_lot(here.id);
  if lender.id is null then return null; end if;
  is_chosen := not is_seed(here.id) and is_chosen;
  insert into review_reexamination(case_id, lender_id, chosen, nonce, commitment)
    values (here.id, lender.id, is_chosen, sealed, lot_of(here.ref, lender.ori, is_chosen, sealed));
  if is_chosen then insert into review_reexaminationwaiting(reexamination_id, lender_id) values (here.id, lender.id); end if;
  perform ledger_write('draw_lot', here.ref, jsonb_build_object('by', 'machine', 'commitment', lot_of(here.ref, lender.ori, is_chosen, sealed)));
  return null;
end $$;
create trigger a_joined_case_draws_its_lot after insert on cases_move for each row
  when (new.act = 'join' and new.target in ('LEAD', 'NO_LEAD')) execute function review_a_joined_case_draws_its_lot();
alter table cases_move enable always trigger a_joined_case_draws_its_lot;

do $$
declare t text;
begin
  foreach t in array array['review_reexamination', 'review_reexaminationturn', 'review_reexaminationnonmate', 'review_reexaminationstep',
      'review_reexaminationend', 'review_reexaminationhold', 'review_reexaminationtold', 'review_reexaminationresult'] loop
    execute format('create trigger stays_as_it_is before update or delete on %I for each row execute function ledger_frozen()', t);
    execute format('alter table %I enable always trigger stays_as_it_is', t);
  end loop;
end $$;
revoke all on function reexamined_one_in(), lot_of(text, text, boolean, text), lender_by_lot(bigint), review_a_joined_case_draws_its_lot() from public;
grant select on review_reexaminationresult to app, worker;  -- it mails notices
grant select on review_reexamination, review_reexaminationturn, review_reexaminationnonmate, review_reexaminationstep, review_reexaminationend,
  review_reexaminationresult to auditor;
