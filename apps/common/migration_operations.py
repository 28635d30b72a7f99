"""Migration operations of ours."""

from collections.abc import Sequence

from django.db.migrations.operations.base import Operation


class Together(Operation):
    """New tables and their triggers as one step.

    Django renders every model anew for each CreateModel; with some hundred models that takes longer than the
    database needs. Here the models are rendered once. Only CreateModel (whole, without fields, indexes or constraints
    added later in the same migration) and AddTrigger may stand in it.
    """

    reversible = True
    serialization_expand_args = ("operations",)

    def __init__(self, operations: Sequence[Operation]):
        self.operations = list(operations)

    def deconstruct(self):
        return self.__class__.__qualname__, [], {"operations": self.operations}

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # rendered again, once, when the database asks for a model
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Create {len(self.operations)} tables and triggers together"
