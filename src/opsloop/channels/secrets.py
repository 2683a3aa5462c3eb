"""Addresses and secrets of channels, unreadable in the database and in its copies.

A webhook's address is as good as its key: whoever knows it may write to the group. So both are kept encrypted under
a key derived from the installation's secret key, are put into no form, page, event or log, and are only replaced.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def lock(text: str) -> str:
    """Return `text` encrypted; "" stays ""."""
    return _box().encrypt(text.encode()).decode("ascii") if text else ""


def unlock(locked: str) -> str | None:
    """Return what `lock` was given; None when it was encrypted under another secret key."""
    if not locked:
        return ""
    try:
        return _box().decrypt(locked.encode("ascii")).decode()
    except InvalidToken:
        return None


def _box() -> Fernet:
    digest = hashlib.sha256(b"opsloop channels" + settings.SECRET_KEY.encode()).digest()
    return Fernet(urlsafe_b64encode(digest))
