"""Setting the time blocks of the organisation, a department or a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.activity.models import Undo
from opsloop.engines.blocks import BlockKind, Rule
from opsloop.organisation import permissions
from opsloop.organisation.events import BlocksChanged
from opsloop.organisation.models import BlockRule, BlockTemplate, Department, Person
from opsloop.organisation.queries.blocks import Templates
from opsloop.organisation.queries.calendar import working_calendar
from opsloop.records.refusals import Refused, StaleVersion

MOST_RULES = 40


@transaction.atomic
def set_rules(
    *, rules: Sequence[Rule], by: Person, at: datetime, version: int | None,
    department: Department | None = None, person: Person | None = None, day: date | None = None,
) -> BlockTemplate:  # fmt: skip
    """Make `rules` the time blocks of a person, a department or (neither) the organisation; with `day` on that alone.

    `version` is that of the template which the writer saw; None if there was none.

    Raises:
        StaleVersion: somebody set them since.
        Refused: blocks overlap; `field` is "rules". Or a day of the whole organisation: that is its calendar's.
    """
    permissions.check_can_edit_blocks(department=department, person=person, by=by)
    check_rules(rules)
    owner = person or department
    if day is not None and owner is None:
        raise Refused(_("A single day is set for a person or a team."))
    template = BlockTemplate.objects.filter(department=department, person=person, day=day).first()
    if template is None:
        template = BlockTemplate.objects.create(
            name=str(owner or _("Whole organisation"))[:60], department=department, person=person, day=day
        )
    elif version is None:
        raise StaleVersion(template, expected=0)
    else:
        template.bump(version)
    before = [str(rule) for rule in template.rules.all()]
    template.rules.all().delete()
    BlockRule.objects.bulk_create(_row(template, rule) for rule in rules)
    after = [str(rule) for rule in template.rules.all()]
    if before != after:
        activity.record(BlocksChanged(**_about(template, by, at), changes={"rules": [before, after]}))
    return template


@transaction.atomic
def extend_day(*, person: Person, day: date, minutes: int, by: Person, at: datetime) -> Undo:
    """Let `person` work `minutes` longer on one day, after its last block; all other days stay as they are.

    Raises:
        Refused: nobody works on this day, or it would go on past midnight.
        Forbidden: `by` may not set the blocks of this person.
    """
    permissions.check_can_edit_blocks(department=None, person=person, by=by)
    rules = Templates([day]).of(person, day).template.rules_of(day, working_calendar({day.year}))
    if not rules:
        raise Refused(_("Nobody works on this day. Choose a working day."), field="day")
    last = max(rule.end for rule in rules)
    until = datetime.combine(day, last) + timedelta(minutes=minutes)
    if time(0) in [rule.end for rule in rules] or until.date() != day:
        raise Refused(
            _("This day would go on past midnight. Add less time, or choose another day."), field="day"
        )
    every = frozenset(range(7))
    longer = [
        *(replace(rule, weekdays=every) for rule in rules),
        Rule(BlockKind.FOCUS, last, until.time(), every),
    ]
    own = BlockTemplate.objects.filter(person=person, day=day).first()
    before = None if own is None else [_as_json(row) for row in own.rules.all()]
    template = set_rules(
        rules=longer, by=by, at=at, version=own.version if own else None, person=person, day=day
    )
    arguments = {"template_id": template.pk, "version": template.version, "before": before}
    return activity.offer_undo(verb="blocks.shorten", arguments=arguments, by=by, at=at)


@transaction.atomic
def undo_extend_day(
    *, by: Person, at: datetime, template_id: int, version: int, before: Sequence[Sequence[Any]] | None
) -> None:
    """Give a day the blocks back that it had before it was made longer.

    Raises:
        Refused: somebody has set the blocks of this day since.
    """
    template = BlockTemplate.objects.select_related("person").filter(pk=template_id, version=version).first()
    if template is None:
        raise Refused(_("This cannot be undone: the time blocks of this day have been changed since."))
    if before is None:
        remove(template=template, by=by, at=at, version=version)
        return
    rules = [
        Rule(BlockKind(kind), time.fromisoformat(start), time.fromisoformat(end), frozenset(days))
        for kind, start, end, days in before
    ]
    set_rules(rules=rules, by=by, at=at, version=version, person=template.person, day=template.day)


def _as_json(row: BlockRule) -> list[Any]:
    days = [n for n in range(7) if row.weekdays & 1 << n]
    return [row.kind, row.start.isoformat(), row.end.isoformat(), days]


@transaction.atomic
def remove(*, template: BlockTemplate, by: Person, at: datetime, version: int) -> None:
    """Drop the own blocks of a person or department, so that those above count again.

    Raises:
        Refused: it is the organisation's template.
    """
    permissions.check_can_edit_blocks(department=template.department, person=template.person, by=by)
    if template.department is None and template.person is None:
        raise Refused(_("The time blocks of the whole organisation can be changed, not removed."))
    template.bump(version)
    before = [str(rule) for rule in template.rules.all()]
    activity.record(BlocksChanged(**_about(template, by, at), changes={"rules": [before, []]}))
    template.delete()


def check_rules(rules: Sequence[Rule]) -> None:
    """Raise Refused if blocks overlap; a fragment inside a focus block is meant to split it.

    Flexible time may overlap any other kind: it takes the place of focus and leaves the others.
    """
    if not any(rule.kind is not BlockKind.LUNCH for rule in rules):
        raise Refused(_("Add at least one block in which work is done."), field="rules")
    if len(rules) > MOST_RULES:
        raise Refused(_("At most 40 blocks."), field="rules")
    ordered = sorted(rules, key=lambda rule: (rule.start, rule.end))
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            if first.weekdays & second.weekdays and second.start < first.end and not _splits(first, second):
                raise Refused(
                    _("The blocks %(first)s and %(second)s overlap. Move one of them.")
                    % {"first": _span(first), "second": _span(second)},
                    field="rules",
                )


def _splits(one: Rule, other: Rule) -> bool:
    kinds = {one.kind: one, other.kind: other}
    # Flexible time lies over a whole day; which kind counts where is said by engines.blocks.LAYERS.
    if BlockKind.FLEX in kinds and len(kinds) > 1:
        return True
    if set(kinds) != {BlockKind.FOCUS, BlockKind.FRAGMENT}:
        return False
    focus, fragment = kinds[BlockKind.FOCUS], kinds[BlockKind.FRAGMENT]
    return focus.start <= fragment.start and fragment.end <= focus.end


def _span(rule: Rule) -> str:
    return f"{rule.start:%H:%M}–{rule.end:%H:%M}"


def _row(template: BlockTemplate, rule: Rule) -> BlockRule:
    bits = sum(1 << weekday for weekday in rule.weekdays)
    return BlockRule(template=template, kind=rule.kind.value, start=rule.start, end=rule.end, weekdays=bits)


def _about(template: BlockTemplate, by: Person, at: datetime) -> dict[str, Any]:
    return {
        "subject_id": template.pk,
        "by_id": by.pk,
        "at": at,
        "department_id": template.department_id,
        "person_ids": (template.person_id,) if template.person_id else (),
    }
