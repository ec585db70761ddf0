"""The whole grant matrix, read from the catalogue, equals the checked-in file: a grant that appears or goes is seen."""

from pathlib import Path

import pytest
from django.db import connection

FILE = Path(__file__).with_name("grants.txt")
LOGINS = ("app", "intake", "worker", "auditor")


def matrix() -> str:
    lines = []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select r, 'table ' || c.relname, string_agg(p, ',' order by p)
              from unnest(%s::text[]) r, pg_class c join pg_namespace n on n.oid = c.relnamespace,
                   unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
             where n.nspname = 'public' and c.relkind in ('r', 'v', 'p') and has_table_privilege(r, c.oid, p)
             group by 1, 2
            union all
            select r, 'columns of ' || c.relname, string_agg(p || ' ' || a.attname, ',' order by p, a.attname)
              from unnest(%s::text[]) r, pg_class c join pg_namespace n on n.oid = c.relnamespace
              join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped,
                   unnest(array['SELECT', 'INSERT', 'UPDATE']) p
             where n.nspname = 'public' and c.relkind = 'r' and has_column_privilege(r, c.oid, a.attnum, p)
               and not has_table_privilege(r, c.oid, p)
             group by 1, 2
            union all
            select r, 'function ' || f.proname, 'EXECUTE'
              from unnest(%s::text[]) r, pg_proc f join pg_namespace n on n.oid = f.pronamespace
             where n.nspname = 'public' and has_function_privilege(r, f.oid, 'execute')
            union all
            select r, 'sequence ' || c.relname, 'USAGE' from unnest(%s::text[]) r, pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = 'public' and c.relkind = 'S' and has_sequence_privilege(r, c.oid, 'usage')
            order by 1, 2, 3
            """,
            [list(LOGINS)] * 4,
        )
        lines = [" | ".join(row) for row in cursor.fetchall()]
    return "\n".join(lines) + "\n"


@pytest.mark.django_db
def test_the_grants_are_the_ones_on_file():
    assert matrix() == FILE.read_text(), "a grant changed: read the difference, then write the file anew if it is meant"
