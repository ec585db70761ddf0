"""A first migration carried out in one go makes what Django makes step by step, and refuses what it could not."""

import pytest
from django.db import connections, migrations, models
from django.db.migrations.state import ProjectState

from ledger.first_tables import FirstTables

OPERATIONS = [
    migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True)), ("place", models.TextField(default="here"))]),
    migrations.CreateModel(
        "Box",
        [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField(db_default=1))],
        options={"constraints": [models.CheckConstraint(condition=models.Q(size__gt=0), name="a_box_has_a_size")]},
    ),
    migrations.RunSQL("create function first_tables_said() returns text language sql return 'so'"),
    migrations.AddField("box", "shelf", models.ForeignKey("ledger.Shelf", models.PROTECT, null=True)),
    migrations.AddField("shelf", "first_box", models.OneToOneField("ledger.Box", models.PROTECT, null=True, related_name="+")),
    migrations.AddIndex("box", models.Index(fields=["size", "shelf"], name="boxes_by_size")),
    migrations.AddConstraint("box", models.UniqueConstraint(fields=["shelf"], condition=models.Q(size=1), name="one_small_box_a_shelf")),
]
CATALOG = """
  select 'column', table_name, column_name, concat(ordinal_position, data_type, is_nullable, column_default)
    from information_schema.columns where table_name in ('ledger_box', 'ledger_shelf')
  union all select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    from pg_constraint where conrelid in ('ledger_box'::regclass, 'ledger_shelf'::regclass)
  union all select 'index', tablename, indexname, indexdef from pg_indexes where tablename in ('ledger_box', 'ledger_shelf')
  union all select 'function', proname, '', '' from pg_proc where proname = 'first_tables_said'
  order by 1, 2, 3"""


def made_by(kind: type[migrations.Migration]) -> list[tuple[object, ...]]:
    owner = connections["owner"]
    migration = type("Migration", (kind,), {"operations": OPERATIONS})("0001_initial", "ledger")
    undo = RuntimeError("undo")
    with pytest.raises(RuntimeError) as ended, owner.schema_editor(atomic=True) as editor:
        migration.apply(ProjectState(), editor)
        for statement in editor.deferred_sql:
            editor.execute(statement)
        editor.deferred_sql.clear()
        with owner.cursor() as cursor:
            cursor.execute(CATALOG)
            found = cursor.fetchall()
        raise undo
    assert ended.value is undo
    return found


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_it_makes_what_django_makes_operation_by_operation():
    step_by_step = made_by(migrations.Migration)

    assert len(step_by_step) > 12
    assert made_by(FirstTables) == step_by_step


def test_an_operation_that_does_more_than_add_is_refused():
    migration = type("Migration", (FirstTables,), {"operations": [migrations.RemoveField("box", "size")]})("0001_initial", "ledger")

    with pytest.raises(TypeError, match="put this into a migration of its own"):
        migration.apply(ProjectState(), None)
