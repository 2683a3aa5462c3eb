"""Reading rituals, one file a page; what other packages ask for stands here too."""

from opsloop.rituals.queries.notes import blockers_for, notes_of
from opsloop.rituals.queries.offers import Offer, is_quiet, offers, picked_today, quiet_people

__all__ = ["Offer", "blockers_for", "is_quiet", "notes_of", "offers", "picked_today", "quiet_people"]
