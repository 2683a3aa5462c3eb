"""Links in mail that confirm a notice without a log-in: for one person and one edition of one notice, for some days.

The link opens a page and confirms nothing by itself: programs that look into mail open every link there is. It gives no
way into anything else, and what it shows stood in the mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from opsloop.web import clock

SALT = "opsloop.notices.receipt"


@dataclass(frozen=True)
class Door:
    """What a link stands for."""

    notice: int
    person: int
    edition: int


def token_of(door: Door, *, days: int) -> str:
    """Return the signed text of a link that holds for `days`."""
    until = clock.now() + timedelta(days=days)
    value = [door.notice, door.person, door.edition, int(until.timestamp())]
    return signing.dumps(value, salt=SALT)


def read_token(token: str) -> Door | None:
    """Return what a link stands for; None if it is not ours, was changed, or is too old."""
    try:
        value = signing.loads(token, salt=SALT)
        notice, person, edition, until = (int(one) for one in value)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Door(notice, person, edition) if clock.now().timestamp() < until else None
