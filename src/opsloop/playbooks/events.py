"""What happens to templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opsloop.activity.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PlaybookEvent(DomainEvent):
    subject_kind = "playbook"


@dataclass(frozen=True, kw_only=True)
class PlaybookCreated(PlaybookEvent):
    kind = "playbook.created"


@dataclass(frozen=True, kw_only=True)
class PlaybookChanged(PlaybookEvent):
    kind = "playbook.changed"


@dataclass(frozen=True, kw_only=True)
class PlaybookKept(PlaybookEvent):
    """A template was made from a project; `project_id` says which, so that its key nodes can be added."""

    kind = "playbook.kept"
    project_id: int = 0


@dataclass(frozen=True, kw_only=True)
class PlaybookStarted(DomainEvent):
    """A project was made from a template. `nodes` are the key nodes it is to get, as `portfolio` takes them."""

    kind = "project.started"
    subject_kind = "project"
    nodes: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
