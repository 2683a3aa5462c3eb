"""The nouns of collaboration, one file a topic."""

from opsloop.collaboration.models.forms import FormField, RequestForm
from opsloop.collaboration.models.records import CommunicationRecord
from opsloop.collaboration.models.requests import OPEN_STATES, REQUEST_LIFECYCLE, CollaborationRequest, Step
from opsloop.collaboration.models.rules import CollaborationRules

__all__ = [
    "OPEN_STATES",
    "REQUEST_LIFECYCLE",
    "CollaborationRequest",
    "CollaborationRules",
    "CommunicationRecord",
    "FormField",
    "RequestForm",
    "Step",
]
