"""The check of what is being typed: a goal, and the vague words of a task or a request. It never blocks saving."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_POST

from opsloop.engines.language.goalcheck import vague_words
from opsloop.goals import forms
from opsloop.goals.models import plain
from opsloop.goals.queries import goals as queries
from opsloop.web.http import PageRequest

PARTS = {
    "measure": gettext_lazy("a measure: what is counted or scored?"),
    "baseline": gettext_lazy("a baseline: where does it stand today?"),
    "target": gettext_lazy("a target: which value is to be reached?"),
    "deadline": gettext_lazy("a deadline: until when?"),
    "owner": gettext_lazy("an owner: who answers for it?"),
    "relevance": gettext_lazy("relevance: which goal above does it serve?"),
}


def shown(verdict: queries.Verdict) -> dict[str, Any]:
    """Put a verdict into what the template reads."""
    read = verdict.read
    filled = {
        "name": read.measure if read.is_measured else "",
        "from": plain(read.start) if read.start is not None else "",
        "to": plain(read.target) if read.target is not None and read.is_measured else "",
        "unit": read.unit if read.is_measured else "",
        "due": read.due.isoformat() if read.due else "",
    }
    return {"it": verdict, "missing": [PARTS[part] for part in verdict.missing], "filled": filled}


@login_required
@require_POST
def check(request: PageRequest) -> HttpResponse:
    """Judge a goal while it is being typed; the fields of the form count in."""
    sent = request.POST
    rows = [
        name.removesuffix("-name")
        for name in sent
        if name.startswith(f"{forms.PREFIX}-") and name.endswith("-name")
    ]
    filled = [row for row in rows if sent.get(f"{row}-name", "").strip() and not sent.get(f"{row}-DELETE")]
    given = queries.Given(
        measure=bool(filled),
        target=any(sent.get(f"{row}-to_value", "").strip() for row in filled),
        baseline=any(sent.get(f"{row}-from_value", "").strip() for row in filled),
        deadline=bool(sent.get("due_on")),
        owner=bool(sent.get("owner")),
        # A goal of the whole organisation serves none above it.
        relevance=bool(sent.get("parent")) or "department" not in sent or not sent["department"],
    )
    today = timezone.localtime(request.now).date()
    verdict = queries.judge(sent.get("title", "")[:200], get_language() or "", today=today, given=given)
    context = {
        "verdict": shown(verdict), "text": sent.get("title", "").strip(), "takes_over": True,
        "vague_results": _vague(*(sent.get(f"{row}-name", "") for row in filled)),
    }  # fmt: skip
    return render(request, "goals/check.html", context)


def _vague(*texts: str) -> dict[str, str]:
    """Return the vague words of some texts with what to write instead."""
    language = queries.LANGUAGES.get(get_language() or "")
    return {
        word.text: word.proposal for text in texts for word in vague_words(text[:5000], language=language)
    }


@login_required
@require_POST
def words(request: PageRequest) -> HttpResponse:
    """Name the vague words of a task or a request while it is being typed, with what to write instead."""
    found = _vague(*(request.POST.get(name, "") for name in ("title", "deliverable", "asked", "standard")))
    return render(request, "goals/words.html", {"words": found})
