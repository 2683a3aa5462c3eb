"""The backend itself: named in settings as `opsloop.records.sqlite`, which Django completes to this module."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from django.db.backends.sqlite3 import base

from opsloop.records.sqlite.kept import Kept, file_id, keeper


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but closing a healthy connection hands it to the keeper, if this process has one at work."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Begin unconnected."""
        super().__init__(*arguments, **named)
        self._kept: Kept | None = None
        self._cursors: WeakSet[Any] = WeakSet()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection that waited, else a new one."""
        path = conn_params["database"]
        kept = keeper.borrow(path)
        if kept is None:
            # Looked at before it is opened: if the file changes in between, the next borrower sees that it did.
            file = file_id(path)
            kept = Kept(super().get_new_connection(conn_params), path, file)
        self._kept = kept
        return kept.connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor, and remember it as long as anybody does."""
        cursor = super().create_cursor(name)
        self._cursors.add(cursor)
        return cursor

    def is_usable(self) -> bool:
        """Say no: Django asks only after an error, and then a connection is not worth keeping."""
        return False

    def _close(self) -> None:
        kept, self._kept = self._kept, None
        cursors, self._cursors = self._cursors, WeakSet()
        if kept is not None and self._is_clean():
            for cursor in cursors:
                # A statement that nobody read to its end holds an old state of the database open.
                cursor.close()
            if keeper.give_back(kept):
                return
        super()._close()  # type: ignore[misc]  # of BaseDatabaseWrapper, which the stubs leave out

    def _is_clean(self) -> bool:
        """Say whether the connection is as good as new: no error, no transaction."""
        return not (self.errors_occurred or self.in_atomic_block or self.connection.in_transaction)
