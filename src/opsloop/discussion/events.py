"""What happens in talk. Its topic is the talk of a subject, not the subject: a remark is no change of a task."""

from __future__ import annotations

from dataclasses import dataclass

from opsloop.activity.events import DomainEvent

ENDING = "_talk"


@dataclass(frozen=True, kw_only=True)
class Talked(DomainEvent):
    """Something happened in the talk of a subject.

    `kind` is comment.added, comment.changed, comment.binned, comment.restored, comment.reacted, file.added,
    file.binned, file.restored, watch.changed or talk.carried; `subject_kind` is task_talk, project_talk or
    goal_talk, and `subject_id` the key of that task, project or goal. `changes` holds keys only, never what was
    said.
    """

    kind: str  # type: ignore[misc]
    subject_kind: str  # type: ignore[misc]


@dataclass(frozen=True, kw_only=True)
class FilesChanged(DomainEvent):
    """Files came to, or went from, a record of a package above (FILE_HOLDERS).

    `kind` is files.added, files.binned or files.restored; `subject_kind` is the kind of the holder with `_files` after
    it. It names no department: who is told of a holder is said by its own events, and open pages hear of this one by
    the people its package names.
    """

    kind: str  # type: ignore[misc]
    subject_kind: str  # type: ignore[misc]
