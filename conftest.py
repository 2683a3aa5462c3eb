"""Fixtures of every package's tests."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pytest
import time_machine
from hypothesis import settings

if TYPE_CHECKING:
    from opsloop.organisation.tests.cast import Cast

# Speed is measured in benchmarks/; a busy machine must not fail a property. The same examples every time, so that
# what fails is the change that was made; OPSLOOP_NEW_EXAMPLES=1 looks for others, as `dev.py load` does.
settings.register_profile("suite", deadline=None, derandomize="OPSLOOP_NEW_EXAMPLES" not in os.environ)
settings.load_profile("suite")

OURS = str(Path(__file__).resolve().parent / "src" / "opsloop")


# The Monday of the named cast: what a test says must not depend on the day on which it is run.
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let every test run on that Monday, from 09:00 in Shanghai on; a browser and its server have their own clock."""
    if item.get_closest_marker("browser") or item.get_closest_marker("real_clock"):
        return (yield)
    with time_machine.travel(MONDAY, tick=True):
        return (yield)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,  # noqa: ARG001  (each process its own database)
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Let the test databases be copies of one that is migrated once for all processes."""
    from django.db import connection  # settings exist only once Django is set up

    from tests.shared import prepared

    ready = prepared(tmp_path_factory, "migrate", os.environ.get("DATABASE_URL", ""))
    if ready.database:
        connection.settings_dict["TEST"]["TEMPLATE"] = ready.database
        end_by_force(connection.creation)
    else:
        begin_with(connection.creation, ready.home / "opsloop.sqlite3")


def begin_with(creation: Any, path: Path) -> None:
    """Let the test database in memory begin as a copy of the one in a file."""
    import sqlite3  # by now the one that the settings chose

    make = creation._create_test_db

    def made(*arguments: Any, **options: Any) -> Any:
        name = make(*arguments, **options)
        # Held open: what is in memory ends with its last connection.
        creation.held = sqlite3.connect(name, uri=True)
        with closing(sqlite3.connect(path)) as source:
            source.backup(creation.held)
        return name

    creation._create_test_db = made


def end_by_force(creation: Any) -> None:
    """Let the test database on a server go whoever still uses it: a watcher of live refresh may, for five seconds."""
    from tests.shared import administer, drop_database

    def gone(name: str, verbosity: int) -> None:  # noqa: ARG001  (Django hands it over)
        administer(os.environ["DATABASE_URL"], drop_database(name))

    creation._destroy_test_db = gone


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Take what is loaded by now out of the sight of the garbage collector: it costs a sixth of the time else."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop what the processes of this run have prepared together."""
    from tests.shared import drop_prepared

    if "PYTEST_XDIST_WORKER" not in os.environ:
        factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]
        drop_prepared(factory.getbasetemp())


@pytest.fixture
def cast(db: None) -> Cast:  # noqa: ARG001  (pytest-django's fixture opens the database)
    """The organisation 青禾运营 with its departments and people."""
    from opsloop.organisation.tests.cast import build_cast  # models exist only once Django is set up

    return build_cast()


@pytest.fixture(autouse=True, scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of the tests' own for what an installation keeps beside its database."""
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("home")
    with override_settings(OPSLOOP_HOME=folder):
        yield folder


@pytest.fixture(autouse=True, scope="session")
def shared_middleware() -> Iterator[None]:
    """Let the clients of all tests share one chain of middleware, as the requests of a server do.

    Loading it costs half a page. A test with settings of its own loads its own.
    """
    from django.conf import settings as chosen
    from django.test.client import ClientHandler

    load, chains = ClientHandler.load_middleware, WeakKeyDictionary[object, dict[str, Any]]()

    def load_once(handler: ClientHandler) -> None:
        own = chosen._wrapped
        if own not in chains:
            load(handler)
            chains[own] = {name: one for name, one in vars(handler).items() if "middleware" in name}
        vars(handler).update(chains[own])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", load_once)
        yield


class Undefined(str):
    """What Django puts in place of a template variable that does not exist: here, a failure.

    Templates of libraries may use such variables; ours may not, because a misspelt name shows as nothing.
    """

    def __contains__(self, part: object) -> bool:
        """Let Django ask us for the text, with the name of the variable."""
        return part == "%s"

    def __mod__(self, name: object) -> str:
        """Fail if the template is one of ours."""
        context = sys._getframe(1).f_locals.get("context")
        template = getattr(getattr(context, "render_context", None), "template", None)
        origin = str(getattr(getattr(template, "origin", None), "name", ""))
        if origin.startswith(OURS):
            raise AssertionError(f"{origin}: the variable {name!r} is not defined")
        return ""


@pytest.fixture(autouse=True, scope="session")
def undefined_variables_fail() -> None:
    """Let every render fail on a variable that does not exist."""
    from django.template import engines

    engines["django"].engine.string_if_invalid = Undefined("%s")
