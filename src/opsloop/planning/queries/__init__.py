"""Reading plans, one file a topic. What other packages ask for stands here too."""

from opsloop.planning.queries.veil import Veil
from opsloop.planning.queries.weeks import Piece, accepted, joined, spans, tasks_on

__all__ = ["Piece", "Veil", "accepted", "joined", "spans", "tasks_on"]
