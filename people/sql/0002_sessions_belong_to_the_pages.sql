-- Sign-in sessions and second factors are what the pages may write and delete at will; tries and used codes only add up.
grant select, insert, update, delete on django_session, mfa_authenticator to app;
grant select on account_emailaddress, account_emailconfirmation to app;
grant select, insert (name_hash, succeeded, at) on people_signintry to app;  -- not the number: whoever takes the next ones keeps everybody from signing in
grant select, insert (person_id, proof, at) on people_usedcode to app;
grant select on people_signintry to auditor;
grant select on django_content_type, django_migrations to app, intake, worker, auditor;

-- A try that is dated far ahead would keep its person out for good.
create trigger w_dated_by_the_house before insert on people_signintry for each row execute function dated_by_the_house('at');
create trigger w_dated_by_the_house before insert on people_usedcode for each row execute function dated_by_the_house('at');
alter table people_signintry enable always trigger w_dated_by_the_house;
alter table people_usedcode enable always trigger w_dated_by_the_house;
call takes_these_centuries('people_person', 'last_login');

create trigger stays_as_it_is before update or delete on people_signintry for each row execute function ledger_frozen();
alter table people_signintry enable always trigger stays_as_it_is;
create trigger stays_as_it_is before update or delete on people_usedcode for each row execute function ledger_frozen();
alter table people_usedcode enable always trigger stays_as_it_is;
