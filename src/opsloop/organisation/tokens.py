"""Tokens of invitation links.

A token is derived from the row and the secret key of the installation, so that the page can show it again to
whoever may invite, while the database holds only its hash.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime

from django.utils.crypto import salted_hmac


def token_for(invitation_id: int, invited_at: datetime) -> str:
    """Return the token of one invitation: 256 bits (ASVS V11.5.1 asks for 128), fit for an address."""
    seed = f"{invitation_id}:{invited_at.timestamp():.6f}"
    digest = salted_hmac("opsloop.invitation", seed, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def token_hash(token: str) -> str:
    """Return what is stored instead of the token. 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
