"""Sending a notice: checked, numbered and handed to the queue in one short transaction; at once or at its time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opsloop.activity import actions as activity
from opsloop.background import queue
from opsloop.discussion.models import Attachment
from opsloop.notices import permissions
from opsloop.notices.actions import delivering
from opsloop.notices.events import NoticeRecalled, NoticeReleased, NoticeScheduled
from opsloop.notices.filing import beside
from opsloop.notices.models import TEXTS, Edition, Notice
from opsloop.notices.queries.audience import Audience, Counted, count, in_words
from opsloop.notices.ruling import rules, sending_reach
from opsloop.organisation.models import Person
from opsloop.organisation.numbering import next_number
from opsloop.records.refusals import Forbidden, Refused

# Nobody plans a notice farther ahead; it is a slip of the pen.
FARTHEST = timedelta(days=370)


@transaction.atomic
def send(*, notice: Notice, by: Person, at: datetime, version: int) -> Notice:
    """Send a draft now; who gets it is worked out, and they are told, by the worker.

    Raises:
        Refused: something is missing, it means nobody, or somebody whom `by` may not write to.
        StaleVersion: it was written in another window since.
    """
    _check_ready(notice, by)
    _name(notice, at)
    notice.bump(version, ["number", "audience_text"])
    _release(notice, by=by, at=at)
    return notice


@transaction.atomic
def schedule(*, notice: Notice, send_at: datetime, by: Person, at: datetime, version: int) -> Notice:
    """Send a draft at `send_at`; until then it can be recalled. Raises as `send`."""
    if send_at <= at:
        raise Refused(_("Choose a time that is still to come, or send it now."), field="send_at")
    if send_at > at + FARTHEST:
        raise Refused(_("Choose a time within a year."), field="send_at")
    _check_ready(notice, by)
    _name(notice, at)
    notice.state, notice.send_at = Notice.State.SCHEDULED, send_at
    notice.bump(version, ["number", "audience_text", "state", "send_at"])
    activity.record(NoticeScheduled(subject_id=notice.pk, by_id=by.pk, at=at, person_ids=_author(notice)))
    return notice


@transaction.atomic
def recall(*, notice: Notice, by: Person, at: datetime, version: int) -> Notice:
    """Take a scheduled notice back before it goes; it is a draft again and keeps its number."""
    permissions.check_can_recall(notice, by)
    notice.state = Notice.State.DRAFT
    notice.bump(version, ["state"])
    activity.record(NoticeRecalled(subject_id=notice.pk, by_id=by.pk, at=at, person_ids=_author(notice)))
    return notice


def release_due(*, at: datetime) -> int:
    """Send the scheduled notices whose time has come, each once; return how many. Any number of workers may look."""
    due = Notice.objects.filter(state=Notice.State.SCHEDULED, send_at__lte=at).select_related(
        "author__department"
    )
    return sum(_release_scheduled(notice, at=at) for notice in due.order_by("send_at", "pk"))


@transaction.atomic
def _release_scheduled(notice: Notice, *, at: datetime) -> bool:
    """Send one scheduled notice; what its author may not send any more becomes a draft again."""
    mine = Notice.objects.filter(pk=notice.pk, state=Notice.State.SCHEDULED, version=notice.version)
    try:
        if notice.author is None:
            raise Forbidden(_("Its author has left."))
        _check_ready(notice, notice.author, asks_state=False)
    except Refused:
        if mine.update(state=Notice.State.DRAFT, version=notice.version + 1):
            activity.record(
                NoticeRecalled(subject_id=notice.pk, by_id=None, at=at, person_ids=_author(notice))
            )
        return False
    if not mine.update(version=notice.version + 1):
        return False
    notice.version += 1
    _release(notice, by=notice.author, at=at)
    return True


def _check_ready(notice: Notice, by: Person, *, asks_state: bool = True) -> Counted:
    """Raise Refused unless a notice says what it wants and means people whom `by` may write to."""
    if asks_state:
        permissions.check_can_write(notice, by)
    found = rules()
    reach = sending_reach(by, found)
    if reach is not None and not reach:
        permissions.check_may_send(by)
    if not notice.title.strip():
        raise Refused(_("A notice needs a title."), field="title")
    if not notice.demands.strip():
        raise Refused(_("Say what is asked of the people."), field="demands")
    counted = count(Audience.read(notice.audience), author=by, reach=reach)
    if not counted.total:
        raise Refused(_("Choose who gets it; so far it means nobody."), field="departments")
    if counted.outside_count:
        said = ngettext(
            "You may not send notices to %(count)s of these people: %(names)s. Choose other departments or people.",
            "You may not send notices to %(count)s of these people: %(names)s. Choose other departments or people.",
            counted.outside_count,
        )
        names = _(", ").join(counted.outside)
        raise Refused(said % {"count": counted.outside_count, "names": names}, field="departments")
    return counted


def _name(notice: Notice, at: datetime) -> None:
    """Give a notice its number, once, and keep in words whom it means."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    notice.number = notice.number or next_number("notice", at=local)
    notice.audience_text = in_words(Audience.read(notice.audience))


def _release(notice: Notice, *, by: Person, at: datetime) -> None:
    """Let a notice go, in the caller's transaction, which has claimed its version."""
    notice.state, notice.sent_at = Notice.State.SENDING, at
    notice.edition = notice.asked_edition = 1
    notice.save(update_fields=["state", "sent_at", "edition", "asked_edition"])
    files = Attachment.objects.filter(**beside(notice).keyed()).alive()
    write_edition(notice, files=files, by=by, at=at)
    activity.record(NoticeReleased(subject_id=notice.pk, by_id=by.pk, at=at, person_ids=_author(notice)))
    queue.add(delivering.deliver, notice.pk)


def write_edition(
    notice: Notice,
    *,
    files: Iterable[Attachment],
    by: Person,
    at: datetime,
    why: str = "",
    is_material: bool = True,
) -> Edition:
    """Keep the text as it goes out with the files beside it, in the caller's transaction."""
    names = _(", ").join(notice.responsible.order_by("path").values_list("name", flat=True))
    texts = {name: getattr(notice, name) for name in TEXTS}
    made = Edition.objects.create(
        notice=notice, number=notice.edition, **texts, due_at=notice.due_at, responsible=names, at=at, by=by,
        why=why, is_material=is_material,
    )  # fmt: skip
    made.files.set(files)
    return made


def _author(notice: Notice) -> tuple[int, ...]:
    return (notice.author_id,) if notice.author_id else ()
