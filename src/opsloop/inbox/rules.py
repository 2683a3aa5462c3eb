"""Who is told what, by the kind of an event: one table, data only. An event nobody knows here tells nobody.

The first rule that names a person counts, so that one event tells them once, for the strongest reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Who = Literal[
    "new_owner", "owner", "watchers", "named", "answered", "requester", "clearers", "freed_owners",
    "new_members", "now_consulted", "now_informed", "now_accountable", "addressee",
]  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """Tell `who` for `reason`; only when `field` is among the changes, and became `value` if that is given."""

    reason: str
    who: Who
    field: str = ""
    value: str = ""


_TALK = (Rule("mentioned", "named"), Rule("answered", "answered"), Rule("commented", "watchers"))
_MOVED = (
    Rule("assigned", "new_owner", "owner"),
    Rule("joined", "new_members", "collaborators"),
    Rule("joined", "new_members", "members"),
    Rule("blocked", "clearers", "status", "blocked"),
    Rule("status", "watchers", "status"),
    Rule("owner", "watchers", "owner"),
    Rule("due", "watchers", "due_at"),
    Rule("due", "watchers", "due_on"),
)
_ROLES = (
    Rule("accountable", "now_accountable"),
    Rule("consulted", "now_consulted"),
    Rule("informed", "now_informed"),
)
RULES: Mapping[str, Sequence[Rule]] = {
    "task.created": (Rule("assigned", "owner"),),
    "task.changed": _MOVED,
    "task.closed": (Rule("freed", "freed_owners"), Rule("closed", "watchers")),
    "task.reopened": (Rule("assigned", "new_owner", "owner"), Rule("reopened", "watchers")),
    "task.handed_in": (Rule("handed_in", "requester"),),
    # An accepted task is closed as well, which is an event of its own.
    "task.accepted": (Rule("accepted", "owner"),),
    "task.returned": (Rule("returned", "owner"),),
    "task.role": _ROLES,
    "project.role": _ROLES,
    "project.created": (Rule("assigned", "owner"), Rule("joined", "new_members")),
    "project.changed": _MOVED,
    "goal.created": (Rule("assigned", "owner"),),
    "goal.changed": _MOVED,
    "goal.measured": (Rule("measured", "watchers"),),
    "portfolio.health_called": (Rule("health", "watchers"),),
    "portfolio.node_reached": (Rule("node", "watchers"),),
    "comment.added": _TALK,
    "comment.changed": (Rule("mentioned", "named"),),
    "file.added": (Rule("file", "watchers"),),
    "note.blocked": (Rule("obstacle", "addressee"),),
    "note.escalated": (Rule("obstacle_on", "addressee"),),
    "note.answered": (Rule("obstacle_back", "addressee"),),
    # The person is named in each of these events, and is never told of what they did themselves.
    "timesheet.handed_in": (Rule("hours_in", "addressee"),),
    "timesheet.approved": (Rule("hours_ok", "addressee"),),
    "timesheet.returned": (Rule("hours_back", "addressee"),),
    "review.submitted": (Rule("reviewed", "addressee"),),
    "report.submitted": (Rule("reported", "addressee"),),
    "report.asked": (Rule("report_due", "addressee"),),
    "report.sent": (Rule("report_for_you", "addressee"),),
    "arrangement.sent": (Rule("arranged", "addressee"),),
    "progress.asked": (Rule("progress", "addressee"),),
    "blocker.raised": (Rule("held_up", "addressee"),),
    "blocker.given": (Rule("held_up", "addressee"),),
    "blocker.cleared": (Rule("freed_way", "addressee"),),
    "task.at_risk": (Rule("at_risk", "owner"),),
    "task.due_soon": (Rule("due_soon", "owner"),),
    "delay.asked": (Rule("delay_asked", "addressee"),),
    "delay.approved": (Rule("delay_ok", "addressee"),),
    "delay.rejected": (Rule("delay_no", "addressee"),),
    "delay.countered": (Rule("delay_other", "addressee"),),
    "channel.paused": (Rule("channel_paused", "addressee"),),
    "communication.given": (Rule("follow_up", "addressee"),),
    "communication.owed": (Rule("record_due", "addressee"),),
    "notice.sent": (
        Rule("notice_urgent", "addressee", "importance", "urgent"),
        Rule("notice", "addressee"),
    ),
    "notice.corrected": (
        Rule("notice_again", "addressee", "material", "yes"),
        Rule("notice_changed", "addressee"),
    ),
    "notice.reminded": (Rule("notice_reminded", "addressee"),),
    "notice.overdue": (Rule("notice_late", "addressee"),),
    "notice.delivered": (Rule("notice_out", "addressee"),),
    "notice.copied": (Rule("notice_copy", "addressee"),),
    "notice.taken_back": (Rule("notice_off", "addressee"),),
    "notice.complete": (Rule("notice_done", "addressee"),),
    "notice.asked": (Rule("notice_asked", "addressee"),),
    "notice.answered": (Rule("notice_told", "addressee"),),
    "request.sent": (Rule("request_new", "addressee"),),
    "request.asked_again": (Rule("request_again", "addressee"),),
    "request.assigned": (Rule("request_yours", "addressee"),),
    "request.accepted": (Rule("request_ok", "addressee"),),
    "request.countered": (Rule("request_offer", "addressee"),),
    "request.declined": (Rule("request_no", "addressee"),),
    "request.agreed": (Rule("request_agreed", "addressee"),),
    "request.withdrawn": (Rule("request_off", "addressee"),),
    "request.sync_asked": (Rule("request_sync", "addressee"),),
    "request.synced": (Rule("request_told", "addressee"),),
    "request.work_done": (Rule("request_deliver", "addressee"),),
    "request.delivered": (Rule("request_in", "addressee"),),
    "request.returned": (Rule("request_back", "addressee"),),
    "request.done": (Rule("request_done", "addressee"),),
    "request.reminded": (Rule("request_reminded", "addressee"),),
    "request.unanswered": (Rule("request_silent", "addressee"),),
    "request.escalated": (Rule("request_decide", "addressee"),),
    "request.taken_up": (Rule("request_up", "addressee"),),
    "request.decided": (Rule("request_decided", "addressee"),),
    "minutes.handed_over": (Rule("minutes_check", "addressee"),),
    "minutes.returned": (Rule("minutes_back", "addressee"),),
    "minutes.sent": (Rule("minutes_out", "addressee"),),
    "minutes.corrected": (Rule("minutes_again", "addressee"),),
    "minutes.due": (Rule("minutes_due", "addressee"),),
    "minutes.late": (Rule("minutes_late", "addressee"),),
    "action_item.asked": (Rule("item_asked", "addressee"),),
    "action_item.reminded": (Rule("item_reminded", "addressee"),),
    "action_item.unanswered": (Rule("item_unanswered", "addressee"),),
    "action_item.disputed": (Rule("item_disputed", "addressee"),),
    "action_item.confirmed": (Rule("item_confirmed", "addressee"),),
    "action_item.dropped": (Rule("item_dropped", "addressee"),),
    "action_item.done": (Rule("item_done", "addressee"),),
    "meeting.called": (Rule("meeting", "addressee"),),
    "meeting.moved": (Rule("meeting_moved", "addressee"),),
    "meeting.changed": (
        Rule("meeting_changed", "addressee", "objective"),
        Rule("meeting_changed", "addressee", "title"),
    ),
    "meeting.left": (Rule("meeting_left", "addressee"),),
    "meeting.cancelled": (Rule("meeting_off", "addressee"),),
    "meeting.answered": (
        Rule("meeting_other", "addressee", "answer", "proposal"),
        Rule("meeting_no", "addressee", "answer", "no"),
        Rule("meeting_yes", "addressee", "answer"),
    ),
    "meeting.soon": (Rule("meeting_soon", "addressee"),),
    "meeting.prepare": (Rule("meeting_prepare", "addressee"),),
    "meeting.agenda_missing": (Rule("meeting_bare", "addressee"),),
    "meeting.series_asked": (Rule("meeting_series", "addressee"),),
}
# After these there is nothing left to do about a record: what waited for somebody is settled.
SETTLING = frozenset({
    "task.closed", "task.binned", "task.merged", "project.binned", "goal.binned", "notice.withdrawn", "notice.closed",
    "communication.binned",
    # Each of these hands the turn to somebody else: what waited for the one before is settled.
    "request.asked_again", "request.accepted", "request.countered", "request.declined", "request.agreed",
    "request.withdrawn", "request.delivered", "request.returned", "request.done", "request.escalated",
    "request.decided",
    "meeting.cancelled",
})  # fmt: skip
# Single reasons that are settled by what happened: what was returned has been handed in again.
SETTLES: Mapping[str, Sequence[str]] = {
    "note.answered": ("obstacle", "obstacle_on"),
    "note.cleared": ("obstacle", "obstacle_on"),
    "note.escalated": ("obstacle",),
    "review.taken_back": ("reviewed",),
    "report.taken_back": ("reported",),
    "report.submitted": ("report_due",),
    "timesheet.taken_back": ("hours_in",),
    "timesheet.approved": ("hours_in",),
    "timesheet.returned": ("hours_in",),
    "timesheet.handed_in": ("hours_back",),
    "task.accepted": ("handed_in",),
    "task.returned": ("handed_in",),
    "task.withdrawn": ("handed_in",),
    "task.handed_in": ("returned",),
    "task.at_ease": ("at_risk",),
    "progress.complete": ("progress",),
    "blocker.given": ("held_up",),
    "blocker.cleared": ("held_up",),
    "blocker.withdrawn": ("held_up",),
    "delay.approved": ("delay_asked", "delay_other"),
    "delay.rejected": ("delay_asked",),
    "delay.countered": ("delay_asked",),
    "delay.withdrawn": ("delay_asked", "delay_other"),
    "delay.asked": ("delay_ok", "delay_no"),
    "notice.answered": ("notice_asked",),
    "meeting.moved": ("meeting", "meeting_other"),
    "notice.complete": ("notice_late",),
    "communication.filled": ("record_due",),
    "communication.given": ("follow_up",),
    "communication.done": ("follow_up",),
    "request.assigned": ("request_new", "request_again", "request_yours", "request_reminded", "request_sync"),
    "request.synced": ("request_sync",),
    "minutes.handed_over": ("minutes_back", "minutes_due"),
    "minutes.returned": ("minutes_check",),
    "minutes.sent": ("minutes_check", "minutes_back", "minutes_due", "minutes_late"),
    "minutes.corrected": ("minutes_check", "minutes_back"),
    "action_item.asked": ("item_asked", "item_reminded", "item_unanswered", "item_disputed"),
    "action_item.confirmed": ("item_asked", "item_reminded", "item_unanswered", "item_disputed"),
    "action_item.disputed": ("item_asked", "item_reminded", "item_unanswered"),
    "action_item.dropped": ("item_asked", "item_reminded", "item_unanswered", "item_disputed"),
}
# … and by a change of a field: a task handed on waits for its former owner no more, one begun is under way.
OVERTAKEN: Mapping[str, Sequence[str]] = {
    "owner": ("assigned", "freed", "returned"),
    "status": ("assigned", "freed", "blocked"),
}
