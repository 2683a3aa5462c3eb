"""How long a session lasts: idle at most 8 hours, 7 days in all (ASVS 5.0 V7.3; reliability.md R27)."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout

# How often a session notes that it is in use; every request would be a write for every click.
NOTE_SECONDS = 300
SEEN, SINCE = "seen_at", "since"


def start(request: Any) -> None:
    """Start the clocks of a session at log-in."""
    request.session[SEEN] = request.session[SINCE] = int(request.now.timestamp())


def keep_or_end(request: Any) -> None:
    """Note that the session is in use, or log the person out if it idled too long or is too old."""
    now, session = int(request.now.timestamp()), request.session
    idle, age = now - session.get(SEEN, now), now - session.get(SINCE, now)
    if idle > settings.OPSLOOP_IDLE_SECONDS or age > settings.SESSION_COOKIE_AGE:
        logout(request)
    elif idle >= NOTE_SECONDS:
        session[SEEN] = now
        UserSession.objects.create_from_request(request)
