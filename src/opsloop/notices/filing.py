"""Files of a notice, as FILE_HOLDERS in config/reactions.py knows them: its own, and those of its next correction.

While a notice is a draft its author adds and removes files. What went out is fixed: each edition names the files it
had. A correction gathers what it adds beside itself, so that nobody sees it before the correction goes; then the new
files become files of the notice.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from opsloop.activity.registry import FileHolder
from opsloop.discussion.models import Beside
from opsloop.notices import permissions
from opsloop.notices.models import Edition, Notice
from opsloop.web.templatetags.quick import address

NOTICE, CORRECTION = "notice", "correction"


def _listed(notice: Notice, rows: Any) -> Any:
    """Return the files that the edition has which stands; before anything went out, all."""
    if not notice.edition:
        return rows
    standing = Edition.objects.filter(notice=notice, number=notice.edition, files__isnull=False)
    return rows.filter(pk__in=standing.values("files"))


HOLDERS = {
    NOTICE: FileHolder(
        Notice,
        page=lambda notice: address("notices:notice", notice.pk),
        check_add=permissions.check_can_write,
        title=_("Attachments"),
        shown=_listed,
    ),
    CORRECTION: FileHolder(
        Notice,
        page=lambda notice: address("notices:correction", notice.pk),
        check_add=permissions.check_can_correct,
        title=_("Attachments that the correction adds"),
        seen=Notice.objects.steered_by,
    ),
}


def beside(notice: Notice) -> Beside:
    """Return where the files of a notice lie."""
    return Beside(NOTICE, notice)


def beside_correction(notice: Notice) -> Beside:
    """Return where the files lie that the next correction adds."""
    return Beside(CORRECTION, notice)
