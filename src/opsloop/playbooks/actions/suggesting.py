"""The templates that Opsloop brings along: text files that anybody can read (suggestions/)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from opsloop.engines.playbook import Outline
from opsloop.engines.playbookfile import read
from opsloop.organisation.events import OrganisationChanged
from opsloop.organisation.models import Person
from opsloop.playbooks.actions.editing import create
from opsloop.playbooks.models import Playbook

FOLDER = Path(__file__).resolve().parent.parent / "suggestions"


def suggestions() -> dict[str, Outline]:
    """Return the templates of suggestions/ by the name of their file."""
    return {path.stem: read(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.txt"))}


def bring(*, by: Person, at: datetime) -> list[Playbook]:
    """Make the suggested templates that are not there yet, shared with everybody."""
    known = set(Playbook.objects.exclude(suggestion="").values_list("suggestion", flat=True))
    return [
        create(outline=outline, by=by, at=at, suggestion=name, sharing=Playbook.Sharing.EVERYBODY)
        for name, outline in suggestions().items()
        if name not in known
    ]


def bring_to_new(event: OrganisationChanged) -> None:
    """Bring the suggested templates to an organisation that has just been set up; see config/reactions.py."""
    if event.by_id and not Playbook.objects.exists():
        bring(by=Person.objects.get(pk=event.by_id), at=event.at)
