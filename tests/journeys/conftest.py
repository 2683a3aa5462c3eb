"""A server with the sample department per test process, and windows for people who are logged in.

Tests share the installation, so each works on records of its own: nothing has to be reset between them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect

from opsloop.sample.content import PASSWORD
from tests.journeys.installation import installation
from tests.journeys.watch import Watch, settled
from tests.shared import prepared

# Patient where a busy machine makes us wait; a test that passes never waits this long.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)

Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser; on a second database only what leans on it goes again."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # Pytest tells of it with the first failure; see addopts.
            item.add_marker(pytest.mark.flaky(reruns=2))
            if not item.get_closest_marker("every_database"):
                item.add_marker(pytest.mark.once)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the sample department; return the address."""
    ready = prepared(tmp_path_factory, "demo", os.environ.get("DATABASE_URL", ""))
    with installation(tmp_path_factory.mktemp("journeys") / "home", "sample", ready) as url:
        yield url


@pytest.fixture
def empty_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve an installation that nobody has set up yet; return the address."""
    ready = prepared(tmp_path_factory, "migrate", os.environ.get("DATABASE_URL", ""))
    with installation(tmp_path_factory.mktemp("first-run") / "home", "empty", ready) as url:
        yield url


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """Return the cookies of those who have logged in, by person."""
    return {}


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Watch every page of the test; at its end nothing may have gone wrong unseen."""
    watching = Watch()
    yield watching
    assert watching.troubles == []


@pytest.fixture
def new_window(new_context: Any, watch: Watch) -> Callable[..., Page]:
    """Return a function that opens a watched window of a browser nobody has used."""

    def open_window(viewport: Any = None, **options: Any) -> Page:
        # A service worker answers for the network, so only the journeys about it have one.
        context = new_context(**{"reduced_motion": "reduce", "service_workers": "block", **options})
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        page = context.new_page()
        patient(page)
        if viewport:
            page.set_viewport_size(viewport)
        return page

    return open_window


@pytest.fixture
def visit(playwright: Playwright, new_window: Any, address: str, sessions: dict[str, Any]) -> Visit:
    """Return a function that opens a window for a person, logged in, optionally at a path."""

    def open_for(person: str, path: str = "", **options: Any) -> Page:
        if person not in sessions:
            sessions[person] = log_in(playwright, address, person)
        page = new_window(base_url=address, storage_state=sessions[person], **options)
        if path:
            go(page, path)
        return page

    return open_for


def patient(page: Page) -> None:
    """Let the keys of a page wait until its scripts answer, as a person waits until a page is there."""
    for name in ("press", "type"):
        strike = getattr(page.keyboard, name)

        def wait_and_strike(keys: str, strike: Any = strike, **options: Any) -> None:
            settled(page)
            strike(keys, **options)

        setattr(page.keyboard, name, wait_and_strike)


def log_in(playwright: Playwright, address: str, person: str) -> Any:
    """Log in as the form does and return the cookies."""
    request = playwright.request.new_context(base_url=address)
    try:
        request.get("/accounts/login/")
        token = next(c["value"] for c in request.storage_state()["cookies"] if c["name"] == "opsloop_csrf")
        form = {"login": person, "password": PASSWORD, "csrfmiddlewaretoken": token}
        answer = request.post("/accounts/login/", form=form)
        assert answer.ok, answer.status
        assert "/login" not in answer.url, f"{person} could not log in"
        return request.storage_state()
    finally:
        request.dispose()


def go(page: Page, path: str) -> None:
    """Open a path and wait until the page has come to life."""
    page.goto(path)
    settled(page)
