"""What every test of this folder may use: a real browser, and nothing beyond this machine.

The block on the network itself is in pyproject.toml (`--allow-hosts`), so it holds for all tests.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

# The shell is the same engine without a window: pages cost it less than half the CPU.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
# Quiet: a test browser must look for no updates, and root cannot use Chromium's sandbox.
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def find_browser() -> str | None:
    """Return the browser that dev.py chose, or an installed one, or None."""
    named = os.environ.get("OPSLOOP_BROWSER", "")
    if named:
        return named if Path(named).is_file() else None
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser, skip its tests with the reason; in continuous integration let them fail instead."""
    if CI or find_browser():
        return
    no_browser = pytest.mark.skip(reason="no Chromium or Chrome on this machine: python3 dev.py browser")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(no_browser)


@pytest.fixture(scope="session")
def base_url() -> None:
    """Take the place of pytest-playwright's own fixture, which warns on pytest 9; tests name whole addresses."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the browser of the machine, not one that Playwright would download."""
    path = find_browser()
    if path is None:
        pytest.fail("No Chromium or Chrome was found: python3 dev.py browser")
    # Playwright's event loop runs in the thread of the test, where Django would refuse its own queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {**browser_type_launch_args, "executable_path": path, "args": list(BROWSER_FLAGS)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Browse as a Chinese user at a desk; a test that needs another size or language says so."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1366, "height": 768},
    }
