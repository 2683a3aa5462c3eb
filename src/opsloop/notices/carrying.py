"""What the inbox and the channels below have to know of notices (TOLD in config/reactions.py)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from opsloop.activity.registry import Carriage, Tap
from opsloop.channels.models import Channel
from opsloop.discussion.models import Attachment
from opsloop.notices.doors import Door, token_of
from opsloop.notices.filing import beside
from opsloop.notices.models import Importance, Notice, Receipt
from opsloop.notices.queries.audience import group_channels
from opsloop.notices.ruling import rules, ways_of
from opsloop.web.templatetags.quick import address

# What asks for a confirmation.
ASKING = frozenset({"notice", "notice_urgent", "notice_again", "notice_reminded"})


def tap(notice: Notice, person_id: int, reason: str) -> Tap | None:
    """Return the press that confirms a notice in the inbox, while it wants that."""
    if reason not in ASKING or not notice.is_going or notice.author_id == person_id:
        return None
    url = f"{address('notices:receipt', notice.pk)}?edition={notice.edition}&way=inbox"
    return Tap(_("Received"), "check", url)


def door(notice: Notice, person_id: int, reason: str, at: datetime) -> Tap | None:  # noqa: ARG001  (all doors)
    """Return the link by which a mail confirms a notice."""
    if reason not in ASKING or not notice.is_going:
        return None
    token = token_of(Door(notice.pk, person_id, notice.edition), days=rules().link_days)
    return Tap(_("Confirm that you have read it"), "check", address("notices:door", token))


def enclosures(notice: Notice, reason: str) -> list[Tap]:
    """Return the links to the files of a notice, where news of it bring its text. Two queries."""
    if reason not in ASKING | {"notice_copy", "notice_changed"}:
        return []
    rows = Attachment.objects.beside(beside(notice)).alive().order_by("pk").values_list("name", "pk")
    return [Tap(name, "attach", address("discussion:download", pk)) for name, pk in rows]


def carriage(keys: Collection[int]) -> Mapping[int, Carriage]:
    """Return how news of these notices go out by their importance. Five queries for one notice."""
    found, channels = rules(), _groups()
    carried = {}
    for notice in Notice.objects.filter(pk__in=keys):
        ways = ways_of(found, notice.importance)
        groups: set[int] = set()
        if ways.group and channels:
            people = Receipt.objects.filter(notice=notice).values_list("person_id", flat=True)
            groups = group_channels(people, notice.author_id, where=channels)
        carried[notice.pk] = Carriage(
            mailed=ASKING | {"notice_off"} if ways.mail else frozenset(),
            groups=frozenset(groups),
            spoken={"notice_out": _said(notice)},
            at_once=ways.at_once,
        )
    return carried


def _said(notice: Notice) -> str:
    """Return how a group is told of a notice; who has to confirm it does so in the inbox."""
    if notice.edition > 1:
        return _("Notice corrected; please read it again:")
    if notice.importance == Importance.URGENT:
        return _("Urgent notice; please confirm it:")
    return _("New notice; please confirm it:")


def _groups() -> dict[int, str | None]:
    """Return the channels to groups with the path of their department. One query."""
    rows = Channel.objects.alive().exclude(kind__in=[Channel.Kind.MAIL, Channel.Kind.WEBHOOK])
    return dict(rows.values_list("pk", "department__path"))
