"""How the first migration of a floor is carried out: the tables as they stand at its end, made in one go."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

ADDS = (migrations.CreateModel, migrations.AddField, migrations.AddIndex, migrations.AddConstraint)
IN_ITS_PLACE = migrations.RunSQL  # what a table's default calls, say


class FirstTables(migrations.Migration):
    """A migration that only adds, to nothing.

    Django renders all models anew for each operation, which for 150 linked tables is most of a first start. Here they are rendered once, at the end; a table
    is made with the fields, indexes and constraints that it has there, and foreign keys come last in any case.
    """

    def apply(self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False) -> ProjectState:
        """Make the tables; raise TypeError for an operation that does anything but add one or add to one."""
        others = [operation.describe() for operation in self.operations if not isinstance(operation, (*ADDS, IN_ITS_PLACE))]
        if others:
            raise TypeError(
                f"{self.app_label}.{self.name} is a FirstTables and does more than add; put this into a migration of its own: {others}"
            )
        vars(project_state).pop("apps", None)  # else each operation below would render it again
        at_the_end = self.mutate_state(project_state, preserve=False)
        for operation in self.operations:
            if isinstance(operation, migrations.CreateModel):
                schema_editor.create_model(at_the_end.apps.get_model(self.app_label, operation.name))
            elif isinstance(operation, IN_ITS_PLACE):
                operation.database_forwards(self.app_label, schema_editor, at_the_end, at_the_end)
        return at_the_end
