"""Why somebody is told something: each reason with its group, its sentence, and the rule behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opsloop.inbox.models import Lane


@dataclass(frozen=True)
class Topic:
    """What a person can switch on or off, and what of it the inbox may not keep from them."""

    label: Promise
    explains: Promise


@dataclass(frozen=True)
class Reason:
    """One reason. `sentence` takes %(who)s; `why` answers "why did I get this"; `icon` is of web/icons.json."""

    lane: Lane
    topic: str
    icon: str
    sentence: Promise
    why: Promise
    # What somebody did to a comment is answered in place; the comment itself is shown.
    is_talk: bool = False
    # What has to be known cannot be switched off.
    is_duty: bool = False


TOPICS: Mapping[str, Topic] = {
    "assigned": Topic(_("Handed to me"), _("A task, project or goal is given into my hands.")),
    "acceptance": Topic(_("Acceptance"), _("Results are handed in to me, accepted or returned.")),
    "waiting": Topic(_("I can begin"), _("What my task waited for is done, or something is blocked.")),
    "roles": Topic(_("Roles"), _("I am to be asked or informed about a task (RACI).")),
    "obstacle": Topic(
        _("Obstacles"), _("Somebody I lead reports what stands in their way, or mine is answered.")
    ),
    "hours": Topic(
        _("Weeks of hours"), _("Somebody I lead hands in a week of hours, or mine is approved or returned.")
    ),
    "reviews": Topic(_("Reviews"), _("Somebody I lead hands in the review of a month or a quarter.")),
    "reports": Topic(
        _("Weekly and monthly reports"),
        _("A report is asked of me, handed in by somebody I lead, or sent to me."),
    ),
    "arranged": Topic(_("Arrangement of the day"), _("A lead sends me what my day holds.")),
    "progress": Topic(_("Daily progress"), _("I have not told the progress of the day when it is due.")),
    "notices": Topic(
        _("Notices"),
        _(
            "A notice is sent to me, or there is news of one. What I have to confirm always comes, also by mail."
        ),
    ),
    "talks": Topic(
        _("Records of talks"), _("I am to write down what departments agreed, or to follow it up.")
    ),
    "requests": Topic(
        _("Requests between departments"),
        _(
            "Another department asks something of mine, answers what I asked, or it waits for me. What I owe an answer "
            "to always comes."
        ),
    ),
    "meetings": Topic(
        _("Meetings"),
        _(
            "I am invited, a meeting is moved or cancelled, I have to prepare something, or somebody answers me."
        ),
    ),
    "minutes": Topic(
        _("Minutes and action items"),
        _("Minutes are sent to me or wait for me, or an action item of a meeting is mine."),
    ),
    "risk": Topic(_("Early warning"), _("A task of mine may not be done in time.")),
    "delay": Topic(_("Delays"), _("Another date is asked of me, or my request is decided.")),
    "named": Topic(_("Names me"), _("Somebody writes my name with @ or answers me.")),
    "talk": Topic(_("Comments and files"), _("News in the talk of what I watch.")),
    "changes": Topic(_("Status, owner and dates"), _("What I own or watch is changed by somebody else.")),
    "system": Topic(_("The system itself"), _("Something that I administer needs me.")),
}
_OWNS = _("You own it, made it or help with it, or you chose to watch it.")
REASONS: Mapping[str, Reason] = {
    "assigned": Reason(
        Lane.ACT, "assigned", "person",
        _("%(who)s handed it to you"),
        _("You are the owner from now on. Whoever becomes the owner is told."),
    ),
    "handed_in": Reason(
        Lane.ACT, "acceptance", "approve",
        _("%(who)s hands in the result; accept or return it"),
        _("You asked for it and decide whether the result is accepted."),
    ),
    "returned": Reason(
        Lane.ACT, "acceptance", "undo",
        _("%(who)s returned the result"),
        _("You own it, and the result was not accepted yet."),
    ),
    "freed": Reason(
        Lane.ACT, "waiting", "play",
        _("What it waited for is done, you can begin"),
        _("You own it, and the last task before it has been closed."),
    ),
    "blocked": Reason(
        Lane.ACT, "waiting", "block",
        _("%(who)s reports that it is blocked"),
        _("You made it, asked for it or own its project, so you may be able to clear the way."),
    ),
    "consulted": Reason(
        Lane.ACT, "roles", "comment",
        _("%(who)s wants to hear your opinion"),
        _("You were named as the one to be asked (C in RACI)."),
    ),
    "accountable": Reason(
        Lane.ACT, "roles", "approve",
        _("%(who)s made you answer for it"),
        _("You were named as the one who approves (A in RACI)."),
    ),
    "obstacle": Reason(
        Lane.ACT, "obstacle", "block",
        _("%(who)s reports what stands in their way"),
        _("You lead their department; it waits for your answer."),
    ),
    "obstacle_on": Reason(
        Lane.ACT, "obstacle", "arrow-up",
        _("%(who)s asks you to clear the way"),
        _("It was handed on to you, because you may be able to clear it."),
    ),
    "obstacle_back": Reason(
        Lane.NAMED, "obstacle", "reply",
        _("%(who)s answers what stood in your way"),
        _("You wrote it into the note of your day."),
    ),
    "reviewed": Reason(
        Lane.KNOW, "reviews", "history",
        _("%(who)s hands in a review"),
        _("You lead them most nearly, or the department it is about."),
    ),
    "reported": Reason(
        Lane.KNOW, "reports", "documents",
        _("%(who)s hands in a report"),
        _("You lead them most nearly, or the department it is about."),
    ),
    "report_due": Reason(
        Lane.ACT, "reports", "clock",
        _("A report is to be handed in"),
        _("You write it, and it is sent soon or a lead asks for it."),
    ),
    "report_for_you": Reason(
        Lane.KNOW, "reports", "documents",
        _("%(who)s sends you a report"),
        _("You are among those who get it by its schedule, and no mail reaches you."),
    ),
    "hours_in": Reason(
        Lane.ACT, "hours", "time",
        _("%(who)s hands in a week of hours; approve or return it"),
        _("You lead them most nearly, and your organisation approves hours."),
    ),
    "hours_back": Reason(
        Lane.ACT, "hours", "undo",
        _("%(who)s returned your week of hours"),
        _("It is yours: correct it and hand it in again."),
    ),
    "hours_ok": Reason(
        Lane.KNOW, "hours", "done",
        _("%(who)s approved your week of hours"),
        _("It is yours, and its hours are locked from now on."),
    ),
    "arranged": Reason(
        Lane.NAMED, "arranged", "plan",
        _("%(who)s sent you what this day holds"),
        _("Somebody who plans your week sends it once a day."),
    ),
    "progress": Reason(
        Lane.ACT, "progress", "in-progress",
        _("A line about your tasks of today is still missing"),
        _("Everybody tells the progress of the day by a set time; you are reminded once, when it has come."),
    ),
    "held_up": Reason(
        Lane.ACT, "obstacle", "block",
        _("%(who)s is held up and needs you"),
        _("You are to clear it: you lead the person, or it was given to you."),
    ),
    "freed_way": Reason(
        Lane.NAMED, "obstacle", "well-done",
        _("%(who)s cleared what held you up"),
        _("You reported it."),
    ),
    "at_risk": Reason(
        Lane.ACT, "risk", "alert",
        _("It may not be done in time"),
        _("You own it, and its date, the time left, what it waits for or the forecast speaks against it."),
    ),
    "due_soon": Reason(
        Lane.KNOW, "risk", "due",
        _("It is due soon and not finished"),
        _("You own it, and the due date is a few working days away."),
    ),
    "delay_asked": Reason(
        Lane.ACT, "delay", "due",
        _("%(who)s asks for another date; approve, reject or offer one"),
        _("You answer for the task (A in RACI), own its project or lead the department."),
    ),
    "delay_other": Reason(
        Lane.ACT, "delay", "reply",
        _("%(who)s offers another date; take it or withdraw"),
        _("You asked for another date."),
    ),
    "delay_ok": Reason(
        Lane.NAMED, "delay", "check",
        _("%(who)s settled the new date"),
        _("You asked for another date, or decide about it."),
    ),
    "delay_no": Reason(
        Lane.NAMED, "delay", "close",
        _("%(who)s rejected the new date"),
        _("You asked for another date; the answer says why not."),
    ),
    "mentioned": Reason(
        Lane.NAMED, "named", "comment",
        _("%(who)s names you"),
        _("Your name stands in the comment with @."),
        is_talk=True,
    ),
    "answered": Reason(
        Lane.NAMED, "named", "reply",
        _("%(who)s answers you"),
        _("You wrote the comment that was answered."),
        is_talk=True,
    ),
    "commented": Reason(
        Lane.KNOW, "talk", "comment",
        _("%(who)s comments"),
        _OWNS,
        is_talk=True,
    ),
    "file": Reason(Lane.KNOW, "talk", "attach", _("%(who)s added files"), _OWNS),
    "status": Reason(Lane.KNOW, "changes", "activity", _("%(who)s changed the status"), _OWNS),
    "closed": Reason(Lane.KNOW, "changes", "done", _("%(who)s closed it"), _OWNS),
    "reopened": Reason(Lane.KNOW, "changes", "undo", _("%(who)s opened it again"), _OWNS),
    "due": Reason(Lane.KNOW, "changes", "due", _("%(who)s changed the due date"), _OWNS),
    "owner": Reason(Lane.KNOW, "changes", "person", _("%(who)s changed the owner"), _OWNS),
    "measured": Reason(Lane.KNOW, "changes", "chart", _("%(who)s checked in a key result"), _OWNS),
    "health": Reason(Lane.KNOW, "changes", "activity", _("%(who)s called the health of the project"), _OWNS),
    "node": Reason(Lane.KNOW, "changes", "flag", _("%(who)s reached a key node"), _OWNS),
    "accepted": Reason(
        Lane.KNOW, "acceptance", "done",
        _("%(who)s accepted the result"),
        _("You own it, and who asked for it is content."),
    ),
    "joined": Reason(
        Lane.KNOW, "assigned", "people",
        _("%(who)s took you in"),
        pgettext_lazy("reason", "You help with it or take part in it from now on."),
    ),
    "meeting": Reason(
        Lane.ACT, "meetings", "calendar",
        _("%(who)s invites you to a meeting; do you come?"),
        _("You are among those whom the meeting needs or asks."),
        is_duty=True,
    ),
    "meeting_moved": Reason(
        Lane.ACT, "meetings", "calendar",
        _("%(who)s moved a meeting; can you still come?"),
        _("You are invited, and its time or place is another one."),
        is_duty=True,
    ),
    "meeting_changed": Reason(
        Lane.KNOW, "meetings", "edit",
        _("%(who)s changed what a meeting is about"),
        _("You are invited; time and place are still the same."),
    ),
    "meeting_left": Reason(
        Lane.NAMED, "meetings", "undo",
        _("%(who)s took you out of a meeting"),
        _("You were invited, and are not any more."),
        is_duty=True,
    ),
    "meeting_off": Reason(
        Lane.NAMED, "meetings", "undo",
        _("%(who)s cancelled a meeting"),
        _("You were invited; it left your calendar."),
        is_duty=True,
    ),
    "meeting_other": Reason(
        Lane.ACT, "meetings", "due",
        _("%(who)s proposes another time for your meeting"),
        _("You called the meeting."),
    ),
    "meeting_no": Reason(
        Lane.NAMED, "meetings", "close",
        _("%(who)s does not come to your meeting"),
        _("You called the meeting."),
    ),
    "meeting_yes": Reason(
        Lane.KNOW, "meetings", "check",
        _("%(who)s answered your invitation"),
        _("You called the meeting."),
    ),
    "meeting_soon": Reason(
        Lane.KNOW, "meetings", "clock",
        _("A meeting is near"),
        _("You are invited; the rules remind everybody once, some working days before."),
    ),
    "meeting_prepare": Reason(
        Lane.ACT, "meetings", "tasks",
        _("A meeting is near, and you have something to prepare"),
        _("You are named in its list of what is to be prepared."),
    ),
    "meeting_bare": Reason(
        Lane.ACT, "meetings", "alert",
        _("Your meeting is near and has no agenda"),
        _("You called it; the rules want agenda and material out some working days before."),
    ),
    "meeting_series": Reason(
        Lane.ACT, "meetings", "calendar",
        _("A series of yours meets a day off or a taken room; decide what becomes of it"),
        _("You called the series."),
    ),
    "notice": Reason(
        Lane.ACT, "notices", "bell",
        _("%(who)s sends you a notice; please confirm it"),
        _("You belong to those whom the notice is for, and everybody of them confirms it."),
        is_duty=True,
    ),
    "notice_urgent": Reason(
        Lane.ACT, "notices", "urgent",
        _("%(who)s sends you an urgent notice; please confirm it"),
        _("You belong to those whom the notice is for; an urgent one comes on two ways at once."),
        is_duty=True,
    ),
    "notice_again": Reason(
        Lane.ACT, "notices", "edit",
        _("%(who)s corrected a notice; please confirm it again"),
        _("You got the notice, and what you have to do was changed."),
        is_duty=True,
    ),
    "notice_changed": Reason(
        Lane.KNOW, "notices", "edit",
        _("%(who)s corrected a notice"),
        _("You got the notice; what you have to do is still the same."),
    ),
    "notice_reminded": Reason(
        Lane.ACT, "notices", "bell",
        _("%(who)s reminds you: this notice is not confirmed yet"),
        _("You got the notice some working time ago. Rules or its sender remind those who have not confirmed it."),
        is_duty=True,
    ),
    "notice_late": Reason(
        Lane.ACT, "notices", "alert",
        _("People you lead have not confirmed a notice"),
        _("They were reminded as often as the rules say; then their head is told."),
    ),
    "notice_copy": Reason(
        Lane.KNOW, "notices", "copy",
        _("%(who)s sent a notice to people you lead"),
        _("The rules give the heads of the departments written to a copy of important notices."),
    ),
    "notice_off": Reason(
        Lane.NAMED, "notices", "undo",
        _("%(who)s withdrew a notice"),
        _("You got the notice; it asks nothing of you any more."),
        is_duty=True,
    ),
    "notice_out": Reason(
        Lane.KNOW, "notices", "send",
        _("Your notice has reached everybody"),
        _("You sent it."),
        is_duty=True,
    ),
    "notice_done": Reason(
        Lane.KNOW, "notices", "done",
        _("Everybody has confirmed your notice"),
        _("You sent it."),
    ),
    "notice_asked": Reason(
        Lane.ACT, "notices", "help",
        _("%(who)s asks something about your notice"),
        _("You sent it; the answer can be read by everybody who got it."),
    ),
    "notice_told": Reason(
        Lane.NAMED, "notices", "reply",
        _("%(who)s answers your question about a notice"),
        _("You asked it under the notice."),
    ),
    "follow_up": Reason(
        Lane.ACT, "talks", "arrow-right",
        _("%(who)s has you follow up what departments agreed"),
        _("You stand in the record of the talk as who follows it up."),
    ),
    "record_due": Reason(
        Lane.ACT, "talks", "edit",
        _("The resolution of a talk is still to be written down"),
        _("You put the talk on record. A rule asks for what was resolved within some hours, once."),
    ),
    "request_new": Reason(
        Lane.ACT, "requests", "agree",
        _("%(who)s asks your department for something; please answer"),
        _("You head the department that was asked, or its form names you; an answer is owed in working time."),
        is_duty=True,
    ),
    "request_again": Reason(
        Lane.ACT, "requests", "repeat",
        _("%(who)s does not take your offer and asks again"),
        _("Your department offered another date or scope; it answers again."),
        is_duty=True,
    ),
    "request_yours": Reason(
        Lane.ACT, "requests", "person",
        _("%(who)s put a request of another department into your hands"),
        _("You were named as its handler: you answer it, or do it with its task."),
        is_duty=True,
    ),
    "request_ok": Reason(
        Lane.KNOW, "requests", "check",
        _("%(who)s accepts your request"),
        _("You asked for it; both sides have a task with the same date."),
    ),
    "request_offer": Reason(
        Lane.ACT, "requests", "reply",
        _("%(who)s offers another date or scope"),
        _("You asked for it and agree to the offer, or ask again."),
        is_duty=True,
    ),
    "request_no": Reason(
        Lane.NAMED, "requests", "close",
        _("%(who)s declines your request"),
        _("You asked for it; you can take it to the superior of both departments."),
        is_duty=True,
    ),
    "request_agreed": Reason(
        Lane.KNOW, "requests", "agree",
        _("%(who)s settles the terms with you"),
        _("You answered the request; the terms stand now, and your task has its date."),
    ),
    "request_off": Reason(
        Lane.NAMED, "requests", "undo",
        _("%(who)s withdrew a request"),
        _("You were to answer or to do it; it asks nothing of you any more."),
        is_duty=True,
    ),
    "request_sync": Reason(
        Lane.ACT, "requests", "in-progress",
        _("Tell the other department how it goes"),
        _("You do what another department asked for; the rules ask for a word on progress every so many working days."),
    ),
    "request_told": Reason(
        Lane.KNOW, "requests", "in-progress",
        _("%(who)s tells how your request goes"),
        _("You asked for it."),
    ),
    "request_deliver": Reason(
        Lane.ACT, "requests", "send",
        _("Your task is done: hand over what was asked"),
        _("The task belongs to a request of another department, which waits for the result."),
    ),
    "request_in": Reason(
        Lane.ACT, "requests", "approve",
        _("%(who)s hands over what you asked for; accept or return it"),
        _("You asked for it and check it against the standard."),
        is_duty=True,
    ),
    "request_back": Reason(
        Lane.ACT, "requests", "undo",
        _("%(who)s returned what you handed over"),
        _("You do it, and it does not meet the standard yet."),
        is_duty=True,
    ),
    "request_done": Reason(
        Lane.KNOW, "requests", "done",
        _("%(who)s accepted what you handed over"),
        _("You did it, and who asked is content."),
    ),
    "request_reminded": Reason(
        Lane.ACT, "requests", "bell",
        _("A request still waits for you"),
        _("It is your turn, and the working time that the rules give is running out."),
        is_duty=True,
    ),
    "request_silent": Reason(
        Lane.ACT, "requests", "alert",
        _("Your department does not answer what another one offered or delivered"),
        _("Who asked was reminded as often as the rules say; then their head is told."),
    ),
    "request_decide": Reason(
        Lane.ACT, "requests", "arrow-up",
        _("Two departments need your decision"),
        _("You are the nearest superior of both who is no party to the request."),
        is_duty=True,
    ),
    "request_up": Reason(
        Lane.NAMED, "requests", "arrow-up",
        _("A request went to the superior of both departments"),
        _("You are a party to it; the superior reads the conversation and decides."),
        is_duty=True,
    ),
    "request_decided": Reason(
        Lane.NAMED, "requests", "approve",
        _("%(who)s decided about a request"),
        _("You are a party to it."),
        is_duty=True,
    ),
    "minutes_check": Reason(
        Lane.ACT, "minutes", "approve",
        _("%(who)s hands you the minutes; send or return them"),
        _("You host the meeting and check its minutes before they go out."),
    ),
    "minutes_back": Reason(
        Lane.ACT, "minutes", "undo",
        _("%(who)s returned the minutes to you"),
        _("You take the minutes of this meeting."),
    ),
    "minutes_out": Reason(
        Lane.KNOW, "minutes", "documents",
        _("%(who)s sends you the minutes"),
        _("You were invited to the meeting, or get a copy of its minutes."),
        is_duty=True,
    ),
    "minutes_again": Reason(
        Lane.KNOW, "minutes", "edit",
        _("%(who)s corrected the minutes"),
        _("You got them; what changed is marked."),
        is_duty=True,
    ),
    "minutes_due": Reason(
        Lane.ACT, "minutes", "clock",
        _("The minutes of this meeting are to be sent soon"),
        _("You write them or host the meeting. The rules say within how many working days they go out."),
    ),
    "minutes_late": Reason(
        Lane.ACT, "minutes", "alert",
        _("The minutes of this meeting are late"),
        _("You write them, host the meeting or called it, and the time that the rules give is over."),
    ),
    "item_asked": Reason(
        Lane.ACT, "minutes", "approve",
        _("%(who)s gives you an action item of a meeting; take it on or dispute it"),
        _("The minutes name you as its owner. Once you take it on, it is a task of yours."),
        is_duty=True,
    ),
    "item_reminded": Reason(
        Lane.ACT, "minutes", "bell",
        _("This action item still waits for your answer"),
        _("The minutes name you as its owner. The rules say within how many working days it is answered."),
        is_duty=True,
    ),
    "item_unanswered": Reason(
        Lane.ACT, "minutes", "alert",
        _("Nobody has answered this action item in time"),
        _("You host the meeting. Its owner was reminded, and the time that the rules give is over."),
    ),
    "item_disputed": Reason(
        Lane.ACT, "minutes", "reply",
        _("%(who)s disputes an action item; change it and ask again, or give it up"),
        _("You host the meeting, called it or take its minutes."),
    ),
    "item_confirmed": Reason(
        Lane.KNOW, "minutes", "check",
        _("%(who)s took an action item on"),
        _("You host the meeting, called it or take its minutes."),
    ),
    "item_dropped": Reason(
        Lane.NAMED, "minutes", "close",
        _("%(who)s gave up an action item"),
        _("You own it, or lead the meeting that noted it."),
    ),
    "item_done": Reason(
        Lane.KNOW, "minutes", "done",
        _("%(who)s has done an action item"),
        _("You host the meeting, called it or take its minutes."),
    ),
    "channel_paused": Reason(
        Lane.ACT, "system", "alert",
        _("It failed ten times within an hour and has paused itself"),
        _("You administer the organisation; nothing goes out this way until somebody mends it."),
    ),
    "informed": Reason(
        Lane.KNOW, "roles", "info",
        _("%(who)s keeps you informed"),
        _("You were named as the one to be informed (I in RACI)."),
    ),
}  # fmt: skip


def reason_of(key: str) -> Reason:
    """Return a stored reason; one that only another release knows is told as a plain change."""
    return REASONS.get(key) or REASONS["status"]
