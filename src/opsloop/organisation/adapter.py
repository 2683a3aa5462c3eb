"""How allauth behaves here: nobody signs up by themselves, and log-ins leave a trace."""

from __future__ import annotations

import hashlib
import logging
from base64 import urlsafe_b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet  # comes with allauth's own support for security keys
from django.conf import settings

from opsloop.organisation import sessions
from opsloop.web.frame import landing

log = logging.getLogger("opsloop.accounts")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """People come by invitation or by the first-run set-up."""

    def is_open_for_signup(self, request: Any) -> bool:  # noqa: ARG002
        """Refuse open sign-up."""
        return False

    def get_login_redirect_url(self, request: Any) -> str:
        """Lead to the page on which this person's day begins; the packages above know it."""
        return landing(request)

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        """Log a refused log-in; the name is escaped, so that it cannot forge a line of the log."""
        super().authentication_failed(request, **credentials)
        name = credentials.get("username") or credentials.get("email") or ""
        log.warning("log-in refused for %r from %s", str(name)[:80], self.get_client_ip(request))

    def login(self, request: Any, user: Any) -> None:
        """Log in and start the clocks of the session."""
        super().login(request, user)
        sessions.start(request)

    def post_login(self, request: Any, user: Any, **kwargs: Any) -> Any:
        """Log a log-in."""
        log.info("person %s logged in from %s", user.pk, self.get_client_ip(request))
        return super().post_login(request, user, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the secrets of authenticator apps and recovery codes unreadable in the database."""

    def encrypt(self, text: str) -> str:
        """Return `text` encrypted with a key derived from the secret key of the installation."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what `encrypt` was given.

        Raises:
            InvalidToken: it was encrypted under another secret key.
        """
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> Fernet:
    digest = hashlib.sha256(b"opsloop second factors" + settings.SECRET_KEY.encode()).digest()
    return Fernet(urlsafe_b64encode(digest))
