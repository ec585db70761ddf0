-- Who asked and who acts are told apart by their units, years later too: each stay of a person in a unit of his agency is a row that begins when
-- it is written, by the house's clock and after all that is in the record, and ends with the next. What people_person says of his unit is the
-- newest of them and nothing else, for the owner too; an agency is left by nobody.
grant select on people_unitheld to auditor;

-- While somebody is moved nothing is concluded or signed, and while that is done nobody is moved: else a stay could begin before an act that
-- did not see it. Whoever moves waits for the acts that are under way, and those that come for him. A transaction that reads from an older
-- picture would wait for nothing and see no stay that came since: it is refused.
create function units_stand_still() returns void language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'who is of which unit is asked of what is committed now, not %', current_setting('transaction_isolation') using errcode = 'CS012';
  end if;
  perform pg_advisory_xact_lock_shared(hashtextextended('who is of which unit', 0));
end $$;

create function one_is_moved() returns void language sql security definer set search_path = pg_catalog, public, pg_temp
  as $$ select pg_advisory_xact_lock(hashtextextended('who is of which unit', 0)) $$;

create function people_a_stay_follows() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  last people_unitheld%rowtype;
  here people_person%rowtype;
  in_the_record timestamptz;
begin
  if exists (select 1 from people_unitheld where person_id = new.person_id) then
    perform one_is_moved();
    in_the_record := (select max(at) from ledger_entry);  -- no index has it: a move is rare, and an entry is not
  end if;
  select * into here from people_person where id = new.person_id;
  select * into last from people_unitheld where person_id = new.person_id order by from_at desc limit 1;
  new.from_at := greatest(house_now(), last.from_at) + interval '1 microsecond';
  if new.from_at <= in_the_record then  -- the clock was set back by so much that the house went back with it
    new.from_at := in_the_record + interval '2 minutes';  -- behind all that one transaction wrote
  end if;
  if here.agency_id is distinct from (select agency_id from people_unit where id = new.unit_id) then
    raise exception 'a person belongs to a unit of his own agency' using errcode = 'CS006';
  elsif last.id is null and new.unit_id is distinct from here.unit_id then
    raise exception 'the first stay of a person is in the unit he was appointed to' using errcode = 'CS006';
  elsif new.unit_id = last.unit_id then
    raise exception 'he belongs to this unit already' using errcode = 'CS006';
  end if;
  return new;
end $$;
create function people_a_stay_is_where_he_is() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update people_person set unit_id = new.unit_id where id = new.person_id and unit_id <> new.unit_id;
  return null;
end $$;
create trigger a_stay_follows before insert on people_unitheld for each row execute function people_a_stay_follows();
create trigger a_stay_is_where_he_is after insert on people_unitheld for each row execute function people_a_stay_is_where_he_is();
create trigger stays_as_it_is before update or delete on people_unitheld for each row execute function ledger_frozen();
alter table people_unitheld enable always trigger a_stay_follows;
alter table people_unitheld enable always trigger a_stay_is_where_he_is;
alter table people_unitheld enable always trigger stays_as_it_is;

create function people_begins_to_stay() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into people_unitheld(person_id, unit_id) values (new.id, new.unit_id);
  return null;
end $$;
create function people_is_where_he_stays() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.agency_id <> old.agency_id then
    raise exception 'nobody is moved to another agency' using errcode = 'CS006';
  elsif new.unit_id is distinct from (select unit_id from people_unitheld where person_id = new.id order by from_at desc limit 1) then
    raise exception 'a person is moved by a stay that begins, not by what is said of him' using errcode = 'CS006';
  end if;
  return new;
end $$;
create trigger a_person_begins_to_stay after insert on people_person for each row execute function people_begins_to_stay();
create trigger a_person_is_where_he_stays before update on people_person for each row
  when (old.unit_id is distinct from new.unit_id or old.agency_id is distinct from new.agency_id) execute function people_is_where_he_stays();
alter table people_person enable always trigger a_person_begins_to_stay;
alter table people_person enable always trigger a_person_is_where_he_stays;

create function people_a_unit_is_of_its_agency() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.id <> old.id then
    raise exception 'a unit stays what it is' using errcode = 'CS006';
  end if;
  raise exception 'a unit stays in its agency' using errcode = 'CS006';
end $$;
create trigger a_unit_is_of_its_agency before update on people_unit for each row
  when (old.id <> new.id or old.agency_id is distinct from new.agency_id) execute function people_a_unit_is_of_its_agency();
alter table people_unit enable always trigger a_unit_is_of_its_agency;

-- Keys are checked when a transaction ends: under the number of somebody who was taken off file another could stand by then, in another agency.
create function people_a_person_stays_who_he_is() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'nobody is taken off file: his account is closed' using errcode = 'CS006';
  end if;
  raise exception 'a person stays who he is' using errcode = 'CS006';
end $$;
create trigger a_person_stays_on_file before delete on people_person for each row execute function people_a_person_stays_who_he_is();
create trigger a_person_stays_who_he_is before update on people_person for each row
  when (old.id <> new.id) execute function people_a_person_stays_who_he_is();
alter table people_person enable always trigger a_person_stays_on_file;
alter table people_person enable always trigger a_person_stays_who_he_is;

-- G3, of two people: ``asker`` asked once, ``who`` acted once. They count as of one unit if there is a unit to which both belonged at any time
-- from the asking until the act. Asked after the act, it is the unit the asking came from, and the one he acted from. Of whom no stay is on
-- file nobody knows where he was: he counts as of every unit.
create function were_of_one_unit(who bigint, asker bigint, asked_at timestamptz, acted_at timestamptz) returns boolean language sql stable
  security definer set search_path = pg_catalog, public, pg_temp as $$
  with stay as (
    select person_id, unit_id, case when lag(id) over each is null then '-infinity' else from_at end as from_at,
           coalesce(lead(from_at) over each, 'infinity') as until_at
      from people_unitheld where person_id in (who, asker) window each as (partition by person_id order by from_at)
  )
  select (select count(distinct person_id) from stay) < (case when who = asker then 1 else 2 end)
      or exists (select 1 from stay his join stay asked using (unit_id)
                  where his.person_id = who and his.from_at <= acted_at and his.until_at >= least(asked_at, acted_at)
                    and asked.person_id = asker and asked.from_at <= greatest(asked_at, acted_at) and asked.until_at >= asked_at)
$$;

revoke all on function units_stand_still(), one_is_moved(), people_a_stay_follows(), people_a_stay_is_where_he_is(), people_begins_to_stay(),
  people_is_where_he_stays(), people_a_unit_is_of_its_agency(), people_a_person_stays_who_he_is(),
  were_of_one_unit(bigint, bigint, timestamptz, timestamptz) from public;
grant execute on function units_stand_still() to app;
