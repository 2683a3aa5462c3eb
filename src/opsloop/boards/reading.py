"""What was typed or pasted into a cell of the sheet, as a value for a field; or why it cannot be one.

The same cell readers as for an imported table, and names among what the writer may see. Days may also be
typed as in quick-add: 明天, 周五下午3点.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opsloop.boards.columns import EVENING, MORNING
from opsloop.engines.language.quickadd import parse
from opsloop.engines.sheets import messages
from opsloop.engines.sheets.answers import read_progress, read_relevance, read_status, read_urgency
from opsloop.engines.sheets.bad import BadCellError
from opsloop.engines.sheets.dates import Clock, read_moment
from opsloop.engines.sheets.durations import read_minutes
from opsloop.engines.sheets.words import says_nothing, squeezed
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.records.dates import is_plausible
from opsloop.work.models import Category, Project, Task

LONGEST_TITLE, LONGEST_TEXT, LONGEST_TAG, MOST_TAGS = 200, 5_000, 40, 20
_STATUSES = {"not_started": "todo", "in_progress": "doing"}
_SPLIT = re.compile(r"[、,，;；\n]+|\s*#")


class BadText(Exception):  # noqa: N818  (an answer to the person, as Refused is)
    """A cell that cannot be taken; `reason` is a sentence with the remedy."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reader:
    """Reads cells as `person` means them at `now`; looks each kind of name up once."""

    def __init__(self, person: Person, now: datetime) -> None:
        self.person = person
        self.zone = ZoneInfo(person.time_zone)
        self.now = now.astimezone(self.zone)

    def read(self, column: str, text: str) -> Any:
        """Return the value that `text` gives the field of `column`; a list of names for tags.

        Raises:
            BadText: it cannot be read, or names nobody.
        """
        if "\0" in text:
            raise BadText(
                _("The text contains an invisible character (NUL) that cannot be stored. Remove it.")
            )
        reading = getattr(self, f"_{column}")
        try:
            return reading(text.strip())
        except BadCellError as bad:
            raise BadText(_sentence(bad, text)) from None

    def _title(self, text: str) -> str:
        if not text:
            raise BadText(_("A task needs a title."))
        if len(text) > LONGEST_TITLE:
            raise BadText(_("The title is longer than %(n)s characters. Shorten it.") % {"n": LONGEST_TITLE})
        return " ".join(text.split())

    def _long(self, text: str) -> str:
        if len(text) > LONGEST_TEXT:
            raise BadText(_("The text is longer than %(n)s characters. Shorten it.") % {"n": LONGEST_TEXT})
        return text

    _deliverable = _note = _long

    def _owner(self, text: str) -> Person | None:
        if says_nothing(text):
            return None
        found = self._people.get(squeezed(text.lstrip("@＠")))
        if found is None:
            raise BadText(
                _("“%(name)s” is nobody you can hand work to. Type the name of a colleague.")
                % {"name": text[:40]}
            )
        return found

    def _project(self, text: str) -> Project | None:
        if says_nothing(text):
            return None
        found = self._projects.get(squeezed(text))
        if found is None:
            raise BadText(
                _("There is no project “%(name)s” that you may see. Choose one of the list.")
                % {"name": text[:40]}
            )
        return found

    def _category(self, text: str) -> Category | None:
        if says_nothing(text):
            return None
        found = self._categories.get(squeezed(text))
        if found is None:
            known = "、".join(one.name for one in self._categories.values())
            raise BadText(
                _("“%(name)s” is no category. Choose one of: %(known)s.")
                % {"name": text[:40], "known": known[:200]}
            )
        return found

    def _status(self, text: str) -> str:
        known = {squeezed(str(label)): value for value, label in Task.Status.choices}
        code = known.get(squeezed(text)) or read_status(text) or ""
        value = _STATUSES.get(code, code)
        if value not in Task.Status.values:
            words = "、".join(str(label) for label in Task.Status.labels)
            raise BadText(
                _("“%(text)s” is no status. Choose one of: %(known)s.") % {"text": text[:40], "known": words}
            )
        return value

    def _urgency(self, text: str) -> str:
        return read_urgency(text) or Task.Urgency.MEDIUM

    def _importance(self, text: str) -> int:
        return read_relevance(text) or 3

    def _progress(self, text: str) -> int:
        # In a cell that shows percent, 1 is one percent.
        return read_progress(f"{text}%" if re.fullmatch(r"\d+", text) else text) or 0

    def _estimate(self, text: str) -> int | None:
        return read_minutes(text, "h")

    def _due(self, text: str) -> datetime | None:
        return self._moment(text, EVENING)

    def _start(self, text: str) -> datetime | None:
        return self._moment(text, MORNING)

    def _moment(self, text: str, implied: time) -> datetime | None:
        try:
            found = read_moment(text, Clock(self.now.date(), self.zone))
        except BadCellError:
            found = self._spoken(text, implied)
            if found is None:
                raise
        if found is None:
            return None
        moment = found if isinstance(found, datetime) else datetime.combine(found, implied)
        if not is_plausible(moment):
            raise BadText(_("Choose a date between 2000 and 2100."))
        return moment.replace(tzinfo=self.zone) if moment.tzinfo is None else moment

    def _spoken(self, text: str, implied: time) -> date | datetime | None:
        """Return the day that quick-add understands, if it understands every word."""
        said = parse(text, now=self.now, calendar=self._calendar)
        moment = said.due or said.start
        if moment is None or said.title.strip() or said.recurrence:
            return None
        # A bare day ends as quick-add has it; in a column of starts it begins in the morning.
        return moment.date() if moment.time() == EVENING and implied != EVENING else moment

    def _tags(self, text: str) -> list[str]:
        names = list(dict.fromkeys(one.strip() for one in _SPLIT.split(text) if one.strip()))
        if len(names) > MOST_TAGS or any(len(one) > LONGEST_TAG for one in names):
            raise BadText(
                _("At most %(n)s tags of at most %(m)s characters, with commas between them.")
                % {"n": MOST_TAGS, "m": LONGEST_TAG}
            )
        return names

    @cached_property
    def _calendar(self) -> Any:
        return working_calendar({self.now.year, self.now.year + 1})

    @cached_property
    def _people(self) -> dict[str, Person]:
        """People by name and user name; of two with one name, the one in the writer's department counts."""
        rows = Person.objects.visible_to(self.person).active().select_related("department")
        found: dict[str, Person] = {}
        for one in sorted(rows, key=lambda one: one.department_id == self.person.department_id):
            found[squeezed(one.username)] = one
            found[squeezed(one.name)] = one
        return found

    @cached_property
    def _projects(self) -> dict[str, Project]:
        rows = Project.objects.visible_to(self.person).alive()
        return {squeezed(key): one for one in rows for key in (one.number, one.name)}

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {squeezed(one.name): one for one in Category.objects.all()}


def _sentence(bad: BadCellError, text: str) -> str:
    language = get_language() or "zh-hans"
    known = language if language in messages.LANGUAGES else "zh-hans"
    return messages.reason(bad.code, {"value": text, **bad.params}, known)
