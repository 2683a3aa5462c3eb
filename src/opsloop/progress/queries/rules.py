"""What the organisation expects of progress, and why tasks are late in its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from opsloop.engines import warning
from opsloop.progress.models import Cause, DelayCause, ProgressRules


def rules() -> ProgressRules:
    """Return the organisation's rules; an unsaved row of the defaults if it never said anything. One query."""
    return ProgressRules.objects.first() or ProgressRules(version=0)


def engine_rules(found: ProgressRules) -> warning.Rules:
    """Return the rules as the engine knows them."""
    return warning.Rules(days=found.warn_days, chance=found.warn_chance)


@dataclass(frozen=True)
class Named:
    """A cause as the organisation calls it; `row` is None while nobody touched a known one."""

    code: str
    name: str | Promise
    is_active: bool
    row: DelayCause | None

    @property
    def version(self) -> int:
        """What a writer has seen: 0 where no row stands."""
        return self.row.version if self.row else 0


def causes() -> list[Named]:
    """Return every cause, those that all installations know first. One query."""
    rows = {row.code: row for row in DelayCause.objects.all()}
    known = [_named(code, label, rows.get(code)) for code, label in Cause.choices]
    own = [_named(code, row.name, row) for code, row in rows.items() if code not in Cause.values]
    return [*known, *own]


def _named(code: str, label: str | Promise, row: DelayCause | None) -> Named:
    return Named(code, row.name if row else label, row is None or row.is_active, row)


def offered() -> list[tuple[str, str | Promise]]:
    """Return the causes that a form offers. One query."""
    return [(one.code, one.name) for one in causes() if one.is_active]


def cause_names(found: Sequence[Named]) -> dict[str, str]:
    """Return code -> name."""
    return {one.code: str(one.name) for one in found}


def name_of(code: str, names: dict[str, str]) -> str:
    """Return what a stored cause is called; one that was removed says so."""
    return names.get(code) or _("A cause that is no longer kept")
