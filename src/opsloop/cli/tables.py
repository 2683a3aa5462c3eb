"""The tables of a new installation, made from the models in one go.

Migrations bring an older database to this version step by step, and with each step Django works out all models anew:
ten seconds of CPU for a database that holds nothing yet. tests/guards/test_migrations.py compares both ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.migrations import Migration


def lay(connection: BaseDatabaseWrapper) -> None:
    """Create every table of an empty database and note all migrations as applied, in one transaction.

    What migrations do beside tables (a search index, say) is done by the same code as an upgrade does it.

    Raises:
        DatabaseError: a table is there already, or may not be created; nothing was changed.
    """
    from django.apps import apps
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.recorder import MigrationRecorder

    loader = MigrationExecutor(connection).loader
    names = [name for leaf in loader.graph.leaf_nodes() for name in loader.graph.forwards_plan(leaf)]
    steps = [loader.graph.nodes[name] for name in dict.fromkeys(names)]
    recorder = MigrationRecorder(connection)
    models: list[Any] = [MigrationRecorder.Migration, *apps.get_models()]
    with connection.schema_editor(atomic=True) as editor:
        for model in models:
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        for code in _by_hand(steps):
            code(apps, editor)
        for step in steps:
            recorder.record_applied(step.app_label, step.name)


def _by_hand(steps: list[Migration]) -> Iterator[Any]:
    """Yield what the migrations do in Python, in their order."""
    from django.db.migrations import RunPython, RunSQL

    for step in steps:
        for operation in step.operations:
            if isinstance(operation, RunPython):
                yield operation.code
            elif isinstance(operation, RunSQL):
                raise NotImplementedError(f"{step}: write what a new installation gets of this SQL in Python")
