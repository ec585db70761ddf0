-- The login of the pages reads persons and may note a sign-in or the password that a person sets himself; it can appoint nobody.
grant select on people_agency, people_unit, people_agreement, people_person, people_roleheld, people_training to app, worker, auditor;
grant update (last_login, password, first_password) on people_person to app;

create function person_held(who bigint, of_role text, on_day date) returns boolean language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from people_roleheld r where r.person_id = who and r.role = of_role
                    and r.from_on <= on_day and coalesce(r.until_on, 'infinity'::date) >= on_day)
$$;
revoke all on function person_held(bigint, text, date) from public;

-- Whoever acts is active; what he did stays what it was when he is no longer.
create function person_holds(who bigint, of_role text, on_day date) returns boolean language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select person_held(who, of_role, on_day) and exists (select 1 from people_person p where p.id = who and p.is_active)
$$;
revoke all on function person_holds(bigint, text, date) from public;

create function person_trained(who bigint, in_subject text, on_day date) returns boolean language sql stable
  set search_path = pg_catalog, public, pg_temp as $$
  select exists (select 1 from people_training t where t.person_id = who and t.subject = in_subject
                    and on_day between t.passed_on and t.valid_until)
$$;
revoke all on function person_trained(bigint, text, date) from public;

call days_of_these_centuries('people');
