"""The files of a record on its page, by one tag: {% files_of "notice" notice %}."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from opsloop.discussion.models import Attachment, Beside
from opsloop.discussion.views.answers import files_context

register = template.Library()


@register.inclusion_tag("discussion/files.html", takes_context=True)
def files_of(
    context: Any, kind: str, record: Any, *, locked: bool = False, rows: Sequence[Attachment] | None = None
) -> dict[str, Any]:
    """Show the files beside a record, with what the person may do about them; `locked` shows them only.

    `kind` is a name of FILE_HOLDERS (config/reactions.py), or task, project, goal; `rows` are the files when the page
    has them already. One query otherwise, and those by which the holder decides.
    """
    request = context["request"]
    found = files_context(Beside(kind, record), request.person, is_locked=locked, rows=rows)
    return found | {"request": request}
