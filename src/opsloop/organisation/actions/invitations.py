"""Links by which people set their first password."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opsloop.activity import actions as activity
from opsloop.organisation import permissions
from opsloop.organisation.actions import people
from opsloop.organisation.events import InvitationRevoked, PersonInvited, PersonJoined
from opsloop.organisation.models import Invitation, Person
from opsloop.organisation.tokens import token_for, token_hash
from opsloop.records.refusals import Refused

VALID_DAYS = 7


@transaction.atomic
def invite(*, person: Person, by: Person, at: datetime) -> str:
    """Make a link that lets `person` set a password once within 7 days; return its token.

    An earlier link of the same person stops working. Only the hash of the token is stored.

    Raises:
        Refused: `by` may not, or the person is disabled.
    """
    permissions.check_can_invite(person, by)
    Invitation.objects.filter(person=person).open(at=at).update(revoked_at=at)
    invitation = Invitation.objects.create(
        person=person,
        token_hash=uuid.uuid4().hex,
        invited_by=by,
        invited_at=at,
        expires_at=at + timedelta(days=VALID_DAYS),
    )
    token = token_for(invitation.pk, at)
    invitation.token_hash = token_hash(token)
    invitation.save(update_fields=["token_hash"])
    activity.record(PersonInvited(**_about(person, by, at)))
    return token


@transaction.atomic
def revoke(*, person: Person, by: Person, at: datetime) -> None:
    """Make the open link of `person` useless.

    Raises:
        Refused: there is none.
    """
    permissions.check_can_manage(person, by)
    if not Invitation.objects.filter(person=person).open(at=at).update(revoked_at=at):
        raise Refused(_("There is no open invitation."))
    activity.record(InvitationRevoked(**_about(person, by, at)))


@transaction.atomic
def accept(*, invitation: Invitation, password: str, at: datetime) -> Person:
    """Set the password of the invited person, once, and log them out everywhere else.

    Raises:
        Refused: the link was used, revoked or has run out meanwhile.
    """
    # The guarded UPDATE is what makes the link one-time when it is opened in two windows.
    claimed = Invitation.objects.filter(pk=invitation.pk).open(at=at).update(accepted_at=at)
    person = invitation.person
    if not claimed or not person.is_active:
        raise Refused(_("This link is no longer valid. Ask for a new one."))
    person.set_password(password)
    person.save(update_fields=["password"])
    people.end_sessions(person)
    activity.record(PersonJoined(**_about(person, person, at)))
    return person


def _about(person: Person, by: Person, at: datetime) -> dict[str, Any]:
    return {
        "subject_id": person.pk,
        "by_id": by.pk,
        "at": at,
        "department_id": person.department_id,
        "person_ids": (person.pk,),
    }
