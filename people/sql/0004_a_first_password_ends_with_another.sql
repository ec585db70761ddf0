-- Whoever gave a first password knows it: that it was one is not forgotten while it still opens the door, for the owner neither.
create function ends_with_another() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'a first password ends when another is set' using errcode = 'CS006';
end $$;
revoke all on function ends_with_another() from public;

create trigger a_first_password_ends_with_another before update on people_person for each row
  when (old.first_password and not new.first_password and new.password = old.password) execute function ends_with_another();
alter table people_person enable always trigger a_first_password_ends_with_another;
