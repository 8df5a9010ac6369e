"""Migrations that build an empty database in few steps, in place of a long chain that built it in many."""

from django.db.migrations.operations.base import Operation


class Together(Operation):
    """Operations whose models are put together once, after the last, instead of after each.

    Putting the models of a site together takes longer than the statements on its tables. None of the operations may
    rest on what the database does in another: tables refer to each other only when all of them stand.
    """

    reversible = False
    reduces_to_sql = True

    def __init__(self, operations: list[Operation]):
        self.operations = operations

    def state_forwards(self, app_label, state):
        vars(state).pop("apps", None)  # put together anew where it is next read
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"{len(self.operations)} operations at once"
