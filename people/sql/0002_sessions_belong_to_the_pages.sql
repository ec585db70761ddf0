-- Sign-in sessions are the one thing that the pages may write and delete at will; migrations may be read, for /readyz.
grant select, insert, update, delete on django_session to app;
grant select on django_content_type, django_migrations to app, intake, worker, auditor;
