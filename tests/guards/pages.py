"""What a page lets somebody send: its forms with all their fields, read as a browser reads them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

# What kind of value an input asks for; one that is not named here takes any text.
KINDS = {"number": "number", "date": "date", "datetime-local": "date", "time": "date", "hidden": "hidden"}
VERBS = ("hx-post", "hx-put", "hx-patch", "hx-delete")
NOT_SENT = frozenset({"csrfmiddlewaretoken"})


@dataclass
class Form:
    """One form, or one element that htmx sends by itself: where it goes, and what the browser would send."""

    method: str
    address: str
    values: dict[str, list[str]] = field(default_factory=dict)
    # What each field asks for: "text", "number", "date", "choice", "hidden" or "password".
    kinds: dict[str, str] = field(default_factory=dict)
    is_multipart: bool = False


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.found: list[Form] = []
        self._open: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._textarea = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        has = dict(attrs)
        if tag == "form":
            self._begin(given)
        elif any(verb in has for verb in VERBS) and not self._open:
            verb = next(verb for verb in VERBS if verb in has)
            self.found.append(Form(verb.removeprefix("hx-").upper(), urljoin(self.page, given[verb])))
        name, form = given.get("name", ""), self._owner(given)
        if form is None or not name:
            return
        if tag == "input":
            self._input(form, name, given, is_on="checked" in has)
        elif tag == "button":
            form.values.setdefault(name, [given.get("value", "")])
            form.kinds.setdefault(name, "choice")
        elif tag == "select":
            form.values.setdefault(name, [])
            form.kinds[name] = "choice"
        elif tag == "textarea":
            self._textarea, self._text = name, ""
            form.kinds[name] = "text"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open:
            self._open.pop()
        elif tag == "textarea" and self._textarea and self._open:
            self._open[-1].values.setdefault(self._textarea, []).append(self._text.removeprefix("\n"))
            self._textarea = ""

    def _begin(self, given: dict[str, str]) -> None:
        verb = next((verb for verb in VERBS if verb in given), "")
        method = verb.removeprefix("hx-") or given.get("method", "get")
        form = Form(
            method.upper(),
            urljoin(self.page, given.get(verb) or given.get("action") or self.page),
            is_multipart="multipart" in given.get("enctype", "") + given.get("hx-encoding", ""),
        )
        self.found.append(form)
        self._open.append(form)
        if "id" in given:
            self._by_id[given["id"]] = form

    def _owner(self, given: dict[str, str]) -> Form | None:
        if given.get("form") in self._by_id:
            return self._by_id[given["form"]]
        return self._open[-1] if self._open else None

    def _input(self, form: Form, name: str, given: dict[str, str], *, is_on: bool) -> None:
        kind = given.get("type", "text")
        if name in NOT_SENT or kind in {"file", "submit", "reset", "image"}:
            return
        if kind in {"checkbox", "radio"}:
            form.kinds[name] = "choice"
            values = form.values.setdefault(name, [])
            if is_on:
                values.append(given.get("value", "on"))
            return
        form.values.setdefault(name, []).append(given.get("value", ""))
        form.kinds[name] = "password" if kind == "password" else KINDS.get(kind, "text")


class _Choices(HTMLParser):
    """The chosen options of each select; a second reading keeps the first simple."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self.first: dict[str, str] = {}
        self.chosen: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "select":
            self.name = given.get("name") or ""
        elif tag == "option" and self.name:
            value = given.get("value") or ""
            if value:
                self.first.setdefault(self.name, value)
            if "selected" in given:
                self.chosen.setdefault(self.name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.name = ""


def forms_of(html: str, page: str) -> list[Form]:
    """Return the forms of the page at address `page`, filled as the browser shows them.

    A select without a choice gets its first real one, so that the form has something to be valid with.
    """
    reader, choices = _Reader(page), _Choices()
    reader.feed(html)
    choices.feed(html)
    for form in reader.found:
        for name, values in form.values.items():
            if not values and name in choices.first:
                values.extend(choices.chosen.get(name) or [choices.first[name]])
    return reader.found
