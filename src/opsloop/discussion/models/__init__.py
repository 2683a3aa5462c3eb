"""The nouns of talk, one file a topic. Each belongs to exactly one task, project or goal; files to others too."""

from opsloop.discussion.models.comments import Comment, Reaction
from opsloop.discussion.models.files import Attachment, Beside
from opsloop.discussion.models.subjects import SUBJECTS, Subject, keyed, kind_of
from opsloop.discussion.models.watching import Watch

__all__ = ["SUBJECTS", "Attachment", "Beside", "Comment", "Reaction", "Subject", "Watch", "keyed", "kind_of"]
