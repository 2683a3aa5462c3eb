"""What every answer says about how it may be used (R23): on every address, for pages, errors and downloads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from opsloop.organisation.tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.once]
# What may be stored by whoever is logged in, since it is the same for everybody; the feed is private and asked for
# anew each time, by programs that know no log-in.
STORED = ("static", "healthz", "/manifest.webmanifest", "/service-worker.js", "/calendar/feed/")
ACCOUNTS = ("/accounts/login/", "/accounts/password/reset/", "/accounts/password/change/", "/accounts/2fa/")


def policy(response: Any) -> dict[str, list[str]]:
    """Return the Content-Security-Policy of an answer: directive -> sources."""
    parts = (part.split() for part in response["Content-Security-Policy"].split(";") if part.strip())
    return {name: sources for name, *sources in parts}


def check_headers(what: str, response: Any, *, is_logged_in: bool) -> None:
    """Assert that an answer carries the headers of a safe site; test_access.py asks it of every address."""
    rules = policy(response)
    for name in ("script-src", "style-src", "default-src", "object-src", "base-uri", "frame-ancestors"):
        assert not any("unsafe" in source for source in rules[name]), what
        assert "*" not in rules[name], what
    assert (rules["frame-ancestors"], rules["object-src"], rules["base-uri"]) == (["'none'"],) * 3, what
    assert response["X-Content-Type-Options"] == "nosniff", what
    assert response["Referrer-Policy"] == "same-origin", what
    assert response["X-Frame-Options"] == "DENY", what
    assert response["Cross-Origin-Opener-Policy"] == "same-origin", what
    kind = response.get("Content-Type", "")
    assert not kind.startswith("text/") or "charset" in kind, what
    if is_logged_in and not any(one in what for one in STORED):
        assert "no-store" in response.get("Cache-Control", ""), what


def test_pages_of_accounts_and_errors_carry_the_headers_too(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    for url in (*ACCOUNTS, "/nowhere/", "/static/nothing.js"):
        check_headers(url, client.get(url), is_logged_in=True)


def test_a_session_cookie_is_kept_from_scripts_and_other_sites(cast: Cast) -> None:
    client = Client()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "linyue", "password": PASSWORD})
    session, token = client.cookies[settings.SESSION_COOKIE_NAME], client.cookies[settings.CSRF_COOKIE_NAME]
    assert session["httponly"]
    assert {session["samesite"], token["samesite"]} == {"Lax"}
    assert {session["path"], token["path"]} == {"/"}
    assert not session["domain"]


HTTPS = """
import django
django.setup()
from django.conf import settings
from django.test import Client
client = Client(headers={"X-Forwarded-Proto": "https"})
answer = client.get("/static/nothing.js")
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE,
      settings.CSRF_COOKIE_SECURE, answer["Strict-Transport-Security"], sep="|")
"""


def test_behind_https_cookies_are_bound_to_the_host_and_browsers_keep_to_https(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    variables = {**os.environ, "OPSLOOP_HTTPS": "1", "OPSLOOP_HOME": str(tmp_path), "DATABASE_URL": ""}
    variables |= {"PYTHONPATH": str(root / "src"), "DJANGO_SETTINGS_MODULE": "opsloop.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", HTTPS],
        env=variables,
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    names = done.stdout.strip().split("|")
    assert names[:4] == ["__Host-session", "__Host-csrf", "True", "True"]
    assert names[4] == "max-age=31536000; includeSubDomains"
