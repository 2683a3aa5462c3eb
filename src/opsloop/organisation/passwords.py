"""Password rules beyond Django's own (ASVS 5.0 V6.2: length, common passwords, words of the organisation)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Enough for any passphrase; a megabyte of password would only keep the hash function busy.
LONGEST = 256


class LengthAdvice:
    """Refuses absurdly long passwords and advises long ones."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002  (Django's signature)
        """Raise ValidationError if `password` is longer than 256 characters."""
        if len(password) > LONGEST:
            raise ValidationError(_("The password is longer than 256 characters."), code="password_too_long")

    def get_help_text(self) -> str:
        """Give the advice."""
        return _("15 characters or more are recommended: a few unrelated words are easy to remember.")


class OrganisationWordValidator:
    """Refuses passwords built on the product's or the organisation's name, also in pinyin."""

    def validate(self, password: str, user: Any = None) -> None:  # noqa: ARG002  (Django's signature)
        """Raise ValidationError if `password` contains one of the words."""
        if any(len(word) >= 4 and word in password.lower() for word in _words()):
            raise ValidationError(
                _("The password must not contain the name of the organisation."), code="org_word"
            )

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("The password must not contain the name of the organisation.")


def _words() -> set[str]:
    from pypinyin import lazy_pinyin  # a second of dictionaries that only a new password needs

    from opsloop.organisation.models import Organisation

    names = [name.lower() for name in Organisation.objects.values_list("name", flat=True)]
    return {"opsloop", "有序", *names, *("".join(lazy_pinyin(name)) for name in names)}
