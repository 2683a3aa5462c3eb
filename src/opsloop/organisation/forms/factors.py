"""The forms that take a code of a second factor, with a limit of their own (ASVS 5.0 V6.6; reliability.md R26)."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp

# The rate stands in ACCOUNT_RATE_LIMITS; wrong passwords are counted beside it, not with it.
ACTION = "second_factor"


class _Limited:
    """Refuses codes for a person after too many wrong ones; a right one begins the count anew."""

    user: Any

    def clean_code(self) -> str:
        """Return the code, if it is right and not one too many."""
        key = f"second-factor-{self.user.pk}"
        if not ratelimit.consume(context.request, action=ACTION, key=key):
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]
        ratelimit.clear(context.request, action=ACTION, key=key)
        return code


class AuthenticateForm(_Limited, base.AuthenticateForm):  # type: ignore[misc]
    """The code at log-in."""


class ReauthenticateForm(_Limited, base.ReauthenticateForm):  # type: ignore[misc]
    """The code before something that asks for it again."""


class ActivateTOTPForm(_Limited, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""
