"""Why an action was refused: exceptions that the HTTP edge turns into 4xx answers in the user's language."""

from __future__ import annotations

from typing import Any


class Refused(Exception):  # noqa: N818  (a refusal is an answer, not an error in the program)
    """The state or the rules do not allow an action.

    `reason` is a whole translated sentence that may be shown as it is; `field` names the form field it
    belongs to, or is empty. Answered as 409.
    """

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


class NeedsConsent(Refused):
    """It can be done, but not without the person saying so: the same form, with `field` set to "on", does it.

    Answered as 409 with the name of the field in the header X-Consent.
    """


class Forbidden(Refused):
    """The person may see the record but not do this to it. Answered as 403."""


class StaleVersion(Exception):  # noqa: N818
    """Somebody else changed the record after this person had read it. Answered as 412.

    `record` is the record as it stands now; `expected` the version the writer had seen.
    """

    def __init__(self, record: Any, *, expected: int) -> None:
        super().__init__(f"{record!r} is not at version {expected} any more")
        self.record = record
        self.expected = expected


class VersionMissing(Exception):  # noqa: N818
    """A write to a versioned record did not say which version it had seen. Answered as 428."""
