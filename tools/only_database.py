"""A pytest plugin: keep the tests whose answer may depend on the database.

The second run of `python3 dev.py test`, on PostgreSQL, would repeat engines, readers and command lines that
know no database, and walks over all pages that are marked `once`; they are deselected, and pytest says how many.
"""

from __future__ import annotations

import pytest

# Fixtures of pytest-django that open the database; ours, such as `cast`, stand on one of them.
OPENS_DATABASE = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def touches_database(item: pytest.Item) -> bool:
    """Say whether a test reads or writes the database in a way that may differ from the first run."""
    if item.get_closest_marker("once"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(
        item.get_closest_marker("django_db")
        or item.get_closest_marker("browser")
        or item.get_closest_marker("database")
        or fixtures & OPENS_DATABASE
        or hasattr(getattr(item, "cls", None), "databases")
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the others."""
    others = [item for item in items if not touches_database(item)]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if touches_database(item)]
