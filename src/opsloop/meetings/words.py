"""What the check of a meeting found, in words."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opsloop.engines.language.necessity import Assessment, Remark

_VERDICTS = {
    "notice": gettext_lazy("A notice would do: everybody confirms it, and you see who has not read it."),
    "comment": gettext_lazy("Comments on the document or task would do: everybody reads when it suits them."),
    "request": gettext_lazy(
        "A request to the other department would do: it has a standard, a date and an answer."
    ),
}


def verdict(found: Assessment) -> str:
    """Return in one sentence whether a meeting is needed."""
    if not found.needs_meeting:
        return str(_VERDICTS[found.path])
    if found.is_clear:
        return _("This needs a meeting, and it is clear what is to come out of it.")
    return _("This may need a meeting, but it is not clear yet what is to come out of it.")


def remarks(found: Assessment) -> list[str]:
    """Return what to think about, a sentence each with the remedy."""
    said = [_REMARKS[one.code](one) for one in found.remarks if one.code in _REMARKS]
    said += [
        _("“%(word)s” can mean many things. %(proposal)s") % {"word": one.text, "proposal": one.proposal}
        for one in found.vague
    ]
    return said


def _topic_only(one: Remark) -> str:
    said = _("It begins with “%(word)s”: that is a topic. Write what is different after the meeting.")
    return said % {"word": one.words[0]}


def _many(one: Remark) -> str:
    said = _(
        "%(count)s people are invited. With more than twelve hardly anything is decided; tell some by the minutes."
    )
    return said % {"count": one.number}


_REMARKS: dict[str, Callable[[Remark], str]] = {
    "no_objective": lambda _one: _("It has no objective yet. Write what is different after the meeting."),
    "short_objective": lambda _one: _(
        "The objective is very short. Write what is different after the meeting."
    ),
    "topic_only": _topic_only,
    "no_result": lambda _one: _("It is not said what is to be decided or worked out. Name it."),
    "nobody_decides": lambda _one: _("Something is to be decided, and nobody in it decides. Name who does."),
    "many": _many,
}
