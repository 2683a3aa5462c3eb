"""No text, however odd, breaks a page or comes back as markup (R24, R30, R40).

Every form that a page offers is sent with hostile values in its fields, one field at a time (the others as
the page filled them) and all at once; query strings, addresses and bodies get the same. What is sent is
taken back, so every request meets the same organisation.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from django.urls import Resolver404, resolve

from opsloop.activity.models import Event
from opsloop.collaboration.models import CommunicationRecord
from opsloop.exchange.models import Import
from opsloop.notices.models import Question
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.planning.models import Placement
from tests.guards.pages import Form, forms_of
from tests.guards.test_access import DRAWER, address, arguments, routes

# No browser makes these into text, so they may be recognised anywhere in an answer.
MARKUP = '<script>alert("x7q")</script>'
ATTRIBUTE = "\"'><img src=x7q onerror=x>"
TEMPLATE = "{{7*7}}x7q{% debug %}"
LONG = "长" * 100_000
UNSTORABLE = ("a\0b", "\0")
TEXTS = (
    MARKUP,
    ATTRIBUTE,
    TEMPLATE,
    "'\"--; DROP TABLE work_task",
    "𠮷野家",
    "👩‍👩‍👧‍👦",
    "ab\u202egnp.exe",
    "\u200b\ufeff\u2060",
    "e\u0301" * 40,
    "１２３",
    "²",
    "\ud800",
    "\r\nSet-Cookie: x7q=1",
)
NUMBERS = (
    "-1",
    "0",
    "9" * 18,
    "9" * 30,
    "9" * 5000,
    "1e400",
    "NaN",
    "-0.0",
    "٣",
    "0x10",
    "1_000",
    "2147483648",
)
DATES = (
    "9999-99-99",
    "9999-12-31",
    "0001-01-01",
    "9999-12-31T23:59",
    "0001-01-01T00:00",
    "2026-W99",
    "24:61",
)
HOSTILE = (*UNSTORABLE, *TEXTS, *NUMBERS, *DATES, LONG, "")
SEED = 48
# Seconds of CPU that one request may take, whatever is sent.
SLOWEST = 2.0
KEY = "submission_key"
# Addresses that end the session of whoever is testing.
LEFT_OUT = ("/accounts/logout/",)
# Read from query strings somewhere; each page gets them all.
PARAMETERS = (
    "q", "page", "sort", "status", "scope", "group", "due", "missing", "owner", "project", "goal", "department",
    "tag", "category", "before", "person", "parent", "next", "only", "horizon", "role", "day", "format", "field",
    "proposal", "past", "closed", "title", "version", "down", "urgency", "prefix", "width", "date_part", "text",
)  # fmt: skip


class Browser:
    """A logged-in browser whose every request is taken back, and which collects what went wrong."""

    def __init__(self, person: Person) -> None:
        self.client = Client(raise_request_exception=False)
        self.client.force_login(person)
        self.cookies = self.client.cookies.copy()
        self.wrong: list[str] = []
        self.sent = 0

    def send(self, what: str, method: str, url: str, **options: Any) -> Any:
        """Send one request and note a server error, or markup of ours that came back as markup."""
        self.sent += 1
        begun = time.thread_time()
        with transaction.atomic():
            response = self.client.generic(method, url, **options)
            transaction.set_rollback(True)
        self.client.cookies = self.cookies.copy()
        if (spent := time.thread_time() - begun) > SLOWEST:
            self.wrong.append(f"{spent:.1f} s of CPU: {method} {what}")
        body = b"" if response.streaming else response.content
        if response.status_code >= 500:
            error = getattr(response, "exc_info", None) or (None, "?", None)
            self.wrong.append(f"{response.status_code} {method} {what}: {error[1]!r:.200}")
        elif "html" in response.get("Content-Type", ""):
            text = body.decode()
            found = [raw for raw in (MARKUP, ATTRIBUTE, "49x7q") if raw in text]
            if found:
                self.wrong.append(f"markup came back: {method} {what}: {found}")
        return response

    def submit(self, form: Form, values: dict[str, list[str]], what: str, **headers: str) -> Any:
        """Send a form as a browser encodes it."""
        pairs = [(name, value) for name, many in values.items() for value in many]
        if form.method == "GET":
            return self.send(what, "GET", form.address, query_params=_query(pairs), headers=headers)
        body, kind = _multipart(pairs) if form.is_multipart else (_encoded(pairs), FORM_TYPE)
        return self.send(what, form.method, form.address, data=body, content_type=kind, headers=headers)


FORM_TYPE = "application/x-www-form-urlencoded"


def _encoded(pairs: list[tuple[str, str]]) -> bytes:
    return urlencode(pairs, errors="surrogatepass").encode()


def _query(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    query: dict[str, Any] = {}
    for name, value in pairs:
        query.setdefault(name, []).append(value.encode("utf-8", "surrogatepass"))
    return query


def _multipart(pairs: list[tuple[str, str]]) -> tuple[bytes, str]:
    parts = [
        b'--x7q\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (name.encode(), value.encode("utf-8", "surrogatepass"))
        for name, value in pairs
    ]
    return b"".join([*parts, b"--x7q--\r\n"]), "multipart/form-data; boundary=x7q"


def _pages(known: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield the address of every page, also of the pages of accounts."""
    yield from (address(name, known) for name in routes())
    for name in ("email", "change_password", "reauthenticate", "login", "reset_password"):
        yield f"/accounts/{name.replace('_', '/') if 'password' in name else name}/"
    yield "/accounts/2fa/"
    yield "/accounts/2fa/totp/activate/"
    yield "/accounts/sessions/"


def _offered(browser: Browser, known: dict[str, dict[str, Any]]) -> list[Form]:
    """Return every different form that the pages show to this person."""
    found: dict[Any, Form] = {}
    for url in _pages(known):
        response = browser.send(url, "GET", url)
        if response.status_code == 200 and "html" in response.get("Content-Type", ""):
            for form in forms_of(response.content.decode(), url):
                route = _route(form.address)
                if route and not urlsplit(form.address).path.startswith(LEFT_OUT):
                    found.setdefault((form.method, route, tuple(sorted(form.values))), form)
    return list(found.values())


def _route(url: str) -> str:
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return ""


def _fitting(kind: str) -> tuple[str, ...]:
    """Return the values that go deepest into a field: a number field refuses most texts at the door."""
    special = {
        "number": NUMBERS,
        "date": DATES,
        "choice": (*NUMBERS, MARKUP),
        "hidden": (*NUMBERS, *TEXTS, LONG),
    }
    return special.get(kind, (*TEXTS, *NUMBERS, *DATES, *UNSTORABLE, LONG, ""))


Attempt = tuple[str, str, dict[str, list[str]]]


def _attempts(form: Form, dice: random.Random, *, singly: float, together: int) -> Iterator[Attempt]:
    """Yield what to send: one field hostile and the others as offered, then all of them hostile.

    `singly` is how many values each field gets; below 1 it is the share of the fields that get one.
    """
    fields = [name for name in form.values if "__prefix__" not in name]
    for name in fields:
        choices = _fitting(form.kinds[name])
        many = int(singly) or int(dice.random() < singly)
        for bad in dice.sample(choices, min(many, len(choices))):
            yield name, bad, {**form.values, name: [bad]}
    # What the edge asks for first stays valid, or nothing behind it would be reached.
    hostile = [name for name in fields if form.kinds[name] not in {"hidden", "choice"}]
    for _turn in range(together if hostile else 0):
        sent = {name: [dice.choice(_fitting(form.kinds[name]))] for name in hostile}
        yield hostile[0], sent[hostile[0]][0], {**form.values, **sent}


def _attack(browser: Browser, forms: list[Form], *, seed: int, singly: float, together: int) -> None:
    dice = random.Random(seed)
    for form in forms:
        for name, bad, values in _attempts(form, dice, singly=singly, together=together):
            if name != KEY and KEY in values:
                # A key of its own, or the answer to the form before would come back.
                values[KEY] = [f"{dice.getrandbits(128):032x}"]
            what = f"{_route(form.address)} {name}={bad[:30]!r}"
            response = browser.submit(form, values, what)
            _check_answer(browser, form, response, name, bad, what)


def _check_answer(browser: Browser, form: Form, response: Any, name: str, bad: str, what: str) -> None:
    """Note text that no database can hold and was taken, and a refused form that forgot what was typed."""
    if "\0" in bad and not 400 <= response.status_code < 500:
        browser.wrong.append(f"{response.status_code} for NUL: {what}")
    is_shown_again = response.status_code == 422 and form.kinds[name] in {"text", "number", "date"}
    if is_shown_again and 0 < len(bad) < 1000 and "\ud800" not in bad:
        shown = response.content.decode().replace("\r\n", "\n").replace("&#39;", "&#x27;")
        if "<form" in shown and escape(bad.replace("\r\n", "\n")) not in shown:
            browser.wrong.append(f"forgot what was typed: {what}")


def _report(browser: Browser) -> str:
    return f"{len(browser.wrong)} of {browser.sent}:\n" + "\n".join(browser.wrong[:80])


@pytest.mark.fuzz
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["admin", "lin"])
def test_no_form_breaks_on_hostile_values(cast: Cast, who: str) -> None:
    browser = Browser(getattr(cast, who))
    forms = _offered(browser, arguments(cast))
    assert len(forms) > 20
    # One value at a time gets deepest, and PostgreSQL is the stricter one there; `load` does it on both.
    singly = 0.25 if who == "admin" and connection.vendor == "postgresql" else 0
    _attack(browser, forms, seed=SEED, singly=singly, together=1)
    assert not browser.wrong, _report(browser)


@pytest.mark.fuzz
@pytest.mark.django_db
def test_no_page_breaks_on_a_hostile_query(cast: Cast) -> None:
    browser, dice = Browser(cast.admin), random.Random(SEED)
    for url in _pages(arguments(cast)):
        pairs = [(name, dice.choice((*TEXTS, *NUMBERS, *DATES))) for name in PARAMETERS]
        browser.send(f"{url} {pairs!r:.900}", "GET", url, query_params=_query(pairs))
    assert not browser.wrong, _report(browser)


@pytest.mark.django_db
def test_nul_in_a_query_is_refused_with_the_reason(cast: Cast) -> None:
    browser = Browser(cast.lin)
    response = browser.send(
        "NUL", "GET", "/tasks/", query_params={"q": "a\0b"}, headers={"Accept-Language": "en"}
    )
    assert response.status_code == 400
    assert "NUL" in response.content.decode()


EXTREMES = ("9" * 18, str(2**63), "9" * 5000)


@pytest.mark.fuzz
@pytest.mark.django_db
def test_no_address_breaks_on_an_extreme_key(cast: Cast) -> None:
    browser, known = Browser(cast.admin), arguments(cast)
    words = ("a\0b", "0001-01-01", "9999-12-31", "0001-W01", "9999-W53", MARKUP.replace("/", ""))
    for name in routes():
        for place, value in enumerate(resolve(address(name, known)).kwargs.values()):
            for bad in words if isinstance(value, str) else EXTREMES:
                _at(browser, name, known, place, bad, "GET")
            _at(browser, name, known, place, EXTREMES[1], "POST")
    assert not browser.wrong, _report(browser)


def _at(
    browser: Browser, name: str, known: dict[str, dict[str, Any]], place: int, bad: str, method: str
) -> None:
    """Put `bad` into the address in the place of one of its parts; what the pattern refuses is a 404 anyway."""
    match = resolve(address(name, known))
    key = list(match.kwargs)[place]
    url = "/" + re.sub(rf"<(?:\w+:)?{key}>", quote(bad), match.route)
    for other, value in match.kwargs.items():
        url = re.sub(rf"<(?:\w+:)?{other}>", str(value), url)
    response = browser.send(f"{name} {key}={bad[:30]!r}", method, url, headers={"If-Match": "1"})
    if place == 0 and bad in EXTREMES and response.status_code < 400:
        browser.wrong.append(f"{response.status_code} for {name} {key}={bad[:30]!r}")


BODIES = (
    (b"{", "application/json"),
    (b"[" * 100_000, "application/json"),
    (b"\xff\xfe\x00", "text/plain"),
    (b"a=1&b=%", FORM_TYPE),
    (b"a=%ED%A0%80&version=1", FORM_TYPE),
    (b"version=1&title=x", f"{FORM_TYPE}; charset=utf-7"),
    (b"version=1", f"{FORM_TYPE}; charset=nothing"),
    (b"--x7q\r\n", "multipart/form-data; boundary=x7q"),
    (b'--x7q\r\nContent-Disposition: form-data; name="a"', "multipart/form-data; boundary=x7q"),
    (b"x", "multipart/form-data"),
    (b"x", "multipart/form-data; boundary=" + "b" * 300),
    (b"&".join(b"f%d=1" % number for number in range(5100)), FORM_TYPE),
    (b"version=" + b"9" * 5000, FORM_TYPE),
    (b"version=%C2%B2&title=x", FORM_TYPE),
    (b"version=-1&version=2", FORM_TYPE),
    (b"version=99999999999", FORM_TYPE),
    (b"version=1&record_base=" + b"[" * 50_000, FORM_TYPE),
    (b"version=0&title=x&record_base=%7B%22title%22%3A%5B%22%5Cud800%22%5D%7D", FORM_TYPE),
    (b"version=0&title=x&record_base=%7B%22title%22%3A%5B1%2Cnull%5D%2C%22x%22%3A7%7D", FORM_TYPE),
    (b"submission_key=" + b"k" * 65, FORM_TYPE),
    (b"submission_key=%F0%A0%AE%B7&submission_key=2", FORM_TYPE),
)


@pytest.mark.fuzz
@pytest.mark.django_db
def test_no_address_breaks_on_a_damaged_body(cast: Cast) -> None:
    browser, known = Browser(cast.admin), arguments(cast)
    dice = random.Random(SEED)
    for name in routes():
        url = address(name, known)
        if browser.send(name, "POST", url).status_code == 405:
            continue
        # PostgreSQL is the stricter one.
        for body, kind in dice.sample(BODIES, 2 if connection.vendor == "postgresql" else 1):
            browser.send(f"{name} {kind[:40]} {body[:30]!r}", "POST", url, data=body, content_type=kind)
    assert not browser.wrong, _report(browser)


@pytest.mark.django_db
def test_a_conflict_survives_any_base_a_browser_sends(cast: Cast) -> None:
    browser, known = Browser(cast.lin), arguments(cast)
    bad_bases = [body for body, _kind in BODIES if b"record_base" in body]
    for body in bad_bases:
        pairs = body.replace(b"version=1", b"version=0") + b"&title=x&importance=3&urgency=low"
        response = browser.send(
            "conflict", "POST", address("work:edit", known), data=pairs, content_type=FORM_TYPE
        )
        assert response.status_code in {400, 412, 422}
    assert not browser.wrong, _report(browser)


@pytest.mark.once
@pytest.mark.django_db
def test_stored_markup_stays_text_on_every_page(cast: Cast) -> None:
    known = arguments(cast)
    _poison(cast)
    for who in (cast.admin, cast.lin):
        browser = Browser(who)
        for url in _pages(known):
            response = browser.send(f"{url} for {who.username}", "GET", url)
            if who is cast.admin and response.status_code == 200:
                browser.send(f"{url} in the drawer", "GET", url, headers=DRAWER)
        assert not browser.wrong, _report(browser)


def _poison(cast: Cast) -> None:
    """Give every text column of the example records a text that would run if a page forgot to escape it.

    The number of the row makes it differ, where texts must.
    """
    # An answer has its time.
    Question.objects.update(answered_at=NOW)
    CommunicationRecord.objects.update(fill_due_at=None)
    for model in _models():
        names = [
            field.name
            for field in model._meta.get_fields()
            if isinstance(field, (models.CharField, models.TextField))
            and not field.choices
            and field.name not in FIXED
        ]
        for row in model._default_manager.all():
            for name in names:
                room = model._meta.get_field(name).max_length or 1000
                setattr(row, name, f"{row.pk}{ATTRIBUTE if room > 30 else MARKUP}"[:room])
            row.save(update_fields=names)
    Event.objects.update(changes={"title": [MARKUP, ATTRIBUTE], "owner": [None, {"id": 1, "text": MARKUP}]})
    cells = [[MARKUP, ATTRIBUTE], [ATTRIBUTE, MARKUP]]
    Import.objects.update(grid={"name": MARKUP, "rows": cells, "merges": []})
    Placement.objects.update(reason=dict.fromkeys(("zh-Hans", "zh-Hant", "en"), MARKUP))


def _models() -> Iterator[Any]:
    return (model for model in apps.get_models() if model.__module__.startswith("opsloop."))


# Columns that programs read: words of code, rules of repetition, paths of the tree.
FIXED = frozenset({
    "kind", "subject_kind", "verb", "path", "password", "language", "time_zone", "theme", "density", "recurrence",
    "result_url", "mode", "origin_kind", "holder_kind", "token_hash", "codes", "period", "prefix", "date_part", "field", "username", "email", "phone",
})  # fmt: skip


@pytest.mark.load
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["admin", "lin", "chen", "zhao", "sun", "outsider"])
def test_no_form_breaks_on_any_hostile_value(cast: Cast, who: str) -> None:
    browser = Browser(getattr(cast, who))
    _attack(browser, _offered(browser, arguments(cast)), seed=SEED + 1, singly=40, together=20)
    assert not browser.wrong, _report(browser)
