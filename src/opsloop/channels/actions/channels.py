"""Adding, changing and testing a channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.background import queue
from opsloop.channels import sending
from opsloop.channels.events import ChannelAdded, ChannelChanged
from opsloop.channels.models import Channel, Letter
from opsloop.channels.secrets import lock
from opsloop.organisation.models import Person
from opsloop.records.refusals import Refused

MAIL_FIELDS = ("host", "port", "security", "user", "sender")


@transaction.atomic
def add(*, kind: str, values: Mapping[str, Any], site: str, by: Person, at: datetime) -> Channel:
    """Add a channel of `kind`; `site` is what links in its letters begin with.

    Raises:
        Refused: there is a mail channel already.
    """
    channel = Channel(kind=kind, site=site, created_at=at, created_by=by)
    _fill(channel, values)
    try:
        with transaction.atomic():
            channel.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(_("There is a mail channel already. Change that one, or remove it first.")) from error
    activity.record(
        ChannelAdded(subject_id=channel.pk, by_id=by.pk, at=at, changes={"name": [None, channel.name]})
    )
    return channel


@transaction.atomic
def change(
    *, channel: Channel, values: Mapping[str, Any], site: str, by: Person, at: datetime, version: int
) -> None:
    """Change a channel that `by` saw at `version`. An address or secret left empty stays as it is."""
    before = channel.name
    channel.bump(version)
    channel.site = site
    _fill(channel, values)
    channel.save()
    changes = {"name": [before, channel.name]}
    if values.get("address") or values.get("secret"):
        changes["secret"] = ["—", "—"]
    activity.record(ChannelChanged(subject_id=channel.pk, by_id=by.pk, at=at, changes=changes))


def _fill(channel: Channel, values: Mapping[str, Any]) -> None:
    channel.name = values["name"]
    channel.department = values.get("department")
    channel.topics = list(values.get("topics", ()))
    if channel.is_mail:
        channel.options = {name: values.get(name) or "" for name in MAIL_FIELDS}
    if values.get("address"):
        channel.address_locked = lock(values["address"])
    if values.get("secret"):
        channel.secret_locked = lock(values["secret"])


@transaction.atomic
def test(*, channel: Channel, by: Person, at: datetime) -> Letter:
    """Send a test message, also through a paused channel; of mail it goes to `by`.

    Raises:
        Refused: one is on its way, or `by` has no mail address.
    """
    if channel.is_mail and not by.email:
        raise Refused(_("You have no mail address yourself. Enter one in your settings first."))
    if channel.letters.filter(kind=Letter.Kind.TEST, state=Letter.State.WAITING).exists():
        raise Refused(_("A test is on its way. Wait for what becomes of it."))
    person = by if channel.is_mail else None
    letter = Letter.objects.create(
        channel=channel, person=person, key=uuid4().hex, kind=Letter.Kind.TEST, made_at=at
    )
    queue.add(sending.send, [letter.pk])
    return letter
