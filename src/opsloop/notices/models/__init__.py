"""The nouns of notices, one file a topic."""

from opsloop.notices.models.library import NoticeTemplate, RecipientGroup
from opsloop.notices.models.notices import NOTICE_LIFECYCLE, TEXTS, Edition, Importance, Notice
from opsloop.notices.models.receipts import Question, Receipt
from opsloop.notices.models.rules import NoticeRules
from opsloop.notices.models.tasks import NoticeTask

__all__ = [
    "NOTICE_LIFECYCLE",
    "TEXTS",
    "Edition",
    "Importance",
    "Notice",
    "NoticeRules",
    "NoticeTask",
    "NoticeTemplate",
    "Question",
    "Receipt",
    "RecipientGroup",
]
