"""Reading the organisation, one file a topic. What other packages ask for stands here too."""

from opsloop.organisation.queries.blocks import blocks_for, blocks_for_many, template_for
from opsloop.organisation.queries.calendar import working_calendar
from opsloop.organisation.queries.settings import current_organisation

__all__ = ["blocks_for", "blocks_for_many", "current_organisation", "template_for", "working_calendar"]
