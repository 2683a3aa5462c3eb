"""Everything that follows from something else, on one screen.

REACTIONS and FOLLOWERS run inside the transaction of their event, the latter for events of every kind; UNDO maps
the verbs that toasts and Ctrl+Z offer; JOBS maps a job kind to the work that the worker does; TIMERS are what comes
round by itself, on TIMER_CALENDAR; HOLDINGS tell what somebody would leave behind; PLANNED_TASKS names what stands
in somebody's plan of a day, PLANNED_SPANS when; TASK_FIELDS are further fields that tasks can be filtered by,
TASK_COLUMNS further columns of their lists, TASK_SIGNS the badge beside a title, TASK_ORIGINS what they were made
from; TOLD is what the inbox may speak of beside tasks, projects and goals, FILE_HOLDERS what else files lie beside;
ORIGINS are the pages of what puts appointments into calendars; QUIET says when nothing shall call for somebody,
QUIET_PEOPLE for whom of many; CARRIERS bring out what the inbox was told, LETTER_WRITERS write the letters that carry
something else; OPENING is what a layout shows when its address says nothing; LOAD_SAMPLE fills an empty installation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from opsloop.activity import actions as activity
from opsloop.activity.events import DomainEvent
from opsloop.activity.models import Event
from opsloop.activity.registry import FileHolder, Origins, PlannedSpan, TaskSigns, Told
from opsloop.background import sweeping
from opsloop.background.timers import Timed
from opsloop.boards.actions import plans, saved, sheets
from opsloop.boards.queries.saved import opening
from opsloop.calendars.actions import appointments, outside
from opsloop.channels import jobs as channel_jobs
from opsloop.channels import sweeping as channel_sweeping
from opsloop.channels.actions import preferences
from opsloop.channels.carriage import LetterWriter
from opsloop.channels.models import Channel
from opsloop.channels.posting import letters_of
from opsloop.collaboration import filing as request_files
from opsloop.collaboration import jobs as collaboration
from opsloop.collaboration.actions import delivering as request_delivery
from opsloop.collaboration.actions import forms as request_forms
from opsloop.collaboration.actions import records as talk_records
from opsloop.collaboration.actions import writing as request_drafts
from opsloop.collaboration.models import CollaborationRequest, CommunicationRecord
from opsloop.collaboration.queries.origins import origins as request_origins
from opsloop.config import handover
from opsloop.dashboards import jobs as dashboard_jobs
from opsloop.dashboards import letters as dashboard_letters
from opsloop.dashboards.actions import targets
from opsloop.discussion.actions import carrying, comments, files
from opsloop.engines.timers import LATEST, MISSED, Every, OnClock
from opsloop.engines.workcalendar import WorkCalendar
from opsloop.exchange import actions as exchange
from opsloop.goals import actions as goals
from opsloop.inbox import actions as inbox_actions
from opsloop.inbox import arrangements
from opsloop.inbox import telling as inbox
from opsloop.knowledge import actions as knowledge
from opsloop.meetings import carrying as meeting_news
from opsloop.meetings import holding as held_news
from opsloop.meetings import holding_jobs as meetings_held
from opsloop.meetings import jobs as meetings
from opsloop.meetings import letters as meeting_letters
from opsloop.meetings.actions import following as meetings_before
from opsloop.meetings.actions import items as action_items
from opsloop.meetings.actions import noting as meeting_notes
from opsloop.meetings.actions import writing as meeting_drafts
from opsloop.meetings.events import MeetingCalled
from opsloop.meetings.models import ActionItem, Meeting, Minutes
from opsloop.meetings.queries.origins import origins as meeting_origins
from opsloop.notices import carrying as notice_news
from opsloop.notices import filing as notice_files
from opsloop.notices import jobs as notices
from opsloop.notices.actions import writing as notice_drafts
from opsloop.notices.models import Notice
from opsloop.notices.queries.deadlines import origins as notice_origins
from opsloop.organisation.actions import blocks
from opsloop.organisation.events import OrganisationChanged
from opsloop.organisation.models import Person
from opsloop.organisation.queries import working_calendar
from opsloop.planning import actions as planning
from opsloop.planning.queries import spans, tasks_on
from opsloop.playbooks.actions import editing, starting, suggesting
from opsloop.playbooks.events import PlaybookKept, PlaybookStarted
from opsloop.portfolio.actions import budget, nodes, records, steering, templates
from opsloop.progress import jobs as progress
from opsloop.progress import watching
from opsloop.progress.actions import blockers, delays, telling
from opsloop.progress.models import Blocker, DelayRequest, Nudge
from opsloop.progress.queries import flags
from opsloop.reports import jobs as report_jobs
from opsloop.reports import letters as report_letters
from opsloop.reports.actions import reports, schedules
from opsloop.reports.models import Report
from opsloop.reviews.actions import causes
from opsloop.reviews.actions import reviews as reviewing
from opsloop.reviews.models import Review
from opsloop.rituals.actions import notes, runs
from opsloop.rituals.models import DailyNote
from opsloop.rituals.queries import is_quiet, quiet_people
from opsloop.team.actions.proposing import run_team_week
from opsloop.timekeeping.actions import carrying as hours_carrying
from opsloop.timekeeping.actions import entries as hours
from opsloop.timekeeping.columns import SPENT
from opsloop.timekeeping.models import Timesheet
from opsloop.web.templatetags.quick import address
from opsloop.work import routine
from opsloop.work.actions import (
    acceptance,
    bulk,
    checklist,
    customs,
    dependencies,
    projects,
    reshaping,
    roles,
    sayings,
    tasks,
    triage,
)
from opsloop.work.events import TaskClosed, TaskMerged, TaskMergeUndone, TaskReopened
from opsloop.work.queries.columns import Column
from opsloop.work.queries.fields import Field

REACTIONS: Mapping[type[DomainEvent], Sequence[Callable[[Any], None]]] = {
    TaskClosed: [
        routine.repeat,
        blockers.follow_closing,
        request_delivery.offer_delivery,
        action_items.follow_closing,
    ],
    TaskReopened: [routine.take_back, blockers.follow_reopening, action_items.follow_reopening],
    TaskMerged: [carrying.take_along, hours_carrying.take_along],
    TaskMergeUndone: [carrying.give_back, hours_carrying.give_back],
    OrganisationChanged: [suggesting.bring_to_new],
    PlaybookStarted: [templates.lay_nodes],
    PlaybookKept: [templates.keep_nodes],
    MeetingCalled: [meetings_before.follow_calling],
}

FOLLOWERS: Sequence[Callable[[Sequence[Event]], None]] = (watching.follow, inbox.tell)
CARRIERS: Sequence[Callable[[Sequence[Any]], None]] = (channel_jobs.queue_carrying,)
LETTER_WRITERS: Sequence[LetterWriter] = (
    LetterWriter(report_letters.mail, report_letters.group),
    letters_of(dashboard_letters.posting_of),
    LetterWriter(meeting_letters.mail, meeting_letters.group),
)

UNDO: Mapping[str, Callable[..., None]] = {
    "joined": activity.undo_joined,
    "task.change": tasks.undo_change,
    "task.change_many": tasks.undo_change_many,
    "task.bulk": bulk.undo_together,
    "task.create": tasks.undo_create,
    "task.triage": triage.undo_triage,
    "task.link": tasks.undo_remove_dependency,
    "task.unlink": tasks.undo_add_dependency,
    "task.lag": dependencies.undo_change_lag,
    "task.customs": customs.undo_change_task,
    "task.sayings": sayings.undo_together,
    "task.merge": reshaping.undo_merge,
    "task.make_item": reshaping.undo_make_item,
    "task.make_project": reshaping.undo_make_project,
    "checklist.add": checklist.undo_add,
    "checklist.tick": checklist.undo_tick,
    "checklist.rewrite": checklist.undo_rewrite,
    "checklist.remove": checklist.undo_remove,
    "checklist.make_action": checklist.undo_remove,
    "delivery.withdraw": acceptance.undo_hand_in,
    "delivery.decide": acceptance.undo_decision,
    "role.set": roles.undo_set_role,
    "field.remove": customs.undo_add_field,
    "field.change": customs.undo_change_field,
    "field.restore": customs.undo_remove_field,
    "task.restore": tasks.undo_bin,
    "task.restore_many": tasks.undo_bin_many,
    "project.change": projects.undo_change,
    "project.restore": projects.undo_bin,
    "playbook.change": editing.undo_change,
    "playbook.unstamp": editing.undo_stamp,
    "playbook.archive": editing.undo_bring_back,
    "playbook.start": starting.undo_start,
    "portfolio.change": records.undo_change,
    "portfolio.remove": records.undo_add,
    "portfolio.restore": records.undo_remove,
    "portfolio.unreach": nodes.undo_reach,
    "portfolio.reach": nodes.undo_reopen,
    "portfolio.budget": budget.undo_plan,
    "portfolio.health": steering.undo_health,
    "portfolio.close": steering.undo_close,
    "goal.change": goals.undo_change,
    "goal.restore": goals.undo_bin,
    "goal.measure": goals.undo_measure,
    "hours.take_back": hours.take_back,
    "week.placing": planning.undo_placing,
    "task.in_one_go": planning.undo_set_in_one_go,
    "plan_style.set": planning.undo_set_style,
    "blocks.shorten": blocks.undo_extend_day,
    "ritual.answer": runs.undo_answer,
    "ritual.end": runs.undo_end,
    "note.state": notes.undo_state,
    "notice.bring_back": notice_drafts.bring_back,
    "communication.restore": talk_records.undo_bin,
    "request_form.bring_back": request_forms.undo_remove,
    "request_form.ask_again": request_forms.undo_remove_question,
    "request.bring_back": request_drafts.bring_back,
    "meeting.bring_back": meeting_drafts.bring_back,
    "meeting.note": meeting_notes.bring_back,
    "lesson.bring_back": knowledge.undo_archive,
    "dashboard.target": targets.undo_set_target,
    "review.cause": causes.undo_remove_cause,
    "review.take_back": reviewing.undo_submit,
    "report.schedule": schedules.undo_change,
    "report.take_back": reports.undo_submit,
    "progress.tell": telling.undo_tell,
    "blocker.state": blockers.undo_state,
    "delay.decide": delays.undo_decision,
    "appointment.remove": appointments.undo_add,
    "appointment.change": appointments.undo_change,
    "appointment.restore": appointments.undo_remove,
    "view.change": saved.undo_change_view,
    "view.restore": saved.undo_delete_view,
    "comment.restore": comments.undo_bin,
    "file.restore": files.undo_bin,
    "preferences.change": preferences.undo_prefer,
    "inbox.read": inbox_actions.undo_read,
    "inbox.done": inbox_actions.undo_done,
    "inbox.snooze": inbox_actions.undo_snooze,
    "arrangement.take_back": arrangements.take_back,
    "import.apply": exchange.undo_import,
    "baseline.forget": plans.forget_baseline,
    "sheet.apply": sheets.undo_apply,
}

JOBS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "import": exchange.run_import,
    "team_week": run_team_week,
    outside.JOB: outside.run_refresh,
}

# Sweeps run at night, one after the other, and look at everything: once is enough after a downtime.
_NIGHT: Mapping[str, Any] = {"late": LATEST, "is_long": True}
TIMERS: Mapping[str, Timed] = {
    "progress.warn": Timed(_("Look for tasks at risk"), OnClock(time(2, 30)), progress.warn_all, **_NIGHT),
    "progress.nudge": Timed(
        _("Remind who has not told their progress"), Every(5), progress.nudge_missing, late=MISSED
    ),
    "reports.send": Timed(_("Send reports, and ask for them"), Every(5), report_jobs.send_due, late=LATEST),
    "dashboards.issue": Timed(
        _("Send dashboards that people subscribed to"), Every(5), dashboard_jobs.issue_due, late=LATEST
    ),
    "files.sweep": Timed(_("Remove files that no record names"), OnClock(time(3, 10)), files.sweep, **_NIGHT),
    "inbox.sweep": Timed(_("Clear old news"), OnClock(time(3, 20)), inbox_actions.sweep, **_NIGHT),
    "notices.release": Timed(_("Send scheduled notices"), Every(1), notices.release_due, late=LATEST),
    "notices.chase": Timed(
        _("Remind who has not confirmed notices"), Every(1), notices.chase_due, late=LATEST
    ),
    "notices.newcomers": Timed(
        _("Bring notices to newcomers"), Every(10), notices.bring_to_newcomers, late=LATEST
    ),
    "records.remind": Timed(
        _("Ask for resolutions that are owed"), Every(10), collaboration.remind_of_records, late=LATEST
    ),
    "requests.chase": Timed(
        _("Remind who owes something to another department"), Every(1), collaboration.chase_due, late=LATEST
    ),
    "requests.sync": Timed(
        _("Ask for progress of requests"), Every(1), collaboration.prompt_due, late=LATEST
    ),
    "meetings.owed": Timed(
        _("Remind of minutes and action items that are owed"), Every(5), meetings_held.remind_due, late=LATEST
    ),
    "meetings.remind": Timed(
        _("Remind of the meetings of the next working day"), Every(5), meetings.remind_due, late=LATEST
    ),
    "meetings.series": Timed(
        _("Make the meetings of series"), Every(60), meetings.extend_series, late=LATEST, is_long=True
    ),
    "channels.pack": Timed(_("Send news that became due"), Every(1), channel_jobs.pack_due, late=LATEST),
    "channels.sweep": Timed(_("Clear old letters"), OnClock(time(3, 25)), channel_sweeping.sweep, **_NIGHT),
    "background.sweep": Timed(_("Clear old background work"), OnClock(time(3, 30)), sweeping.sweep, **_NIGHT),
}
TIMER_CALENDAR: Callable[[Iterable[int]], WorkCalendar] = working_calendar

HOLDINGS: Sequence[Callable[[Person], handover.Holding]] = (
    handover.open_tasks,
    handover.active_projects,
    handover.active_goals,
)

PLANNED_TASKS: Callable[[Person, date], Sequence[int]] = tasks_on
PLANNED_SPANS: Callable[[Sequence[Person], datetime, datetime], Sequence[PlannedSpan]] = spans

TASK_FIELDS: Sequence[Callable[[Person], Sequence[Field]]] = (flags.risk_fields,)
TASK_COLUMNS: Sequence[Column] = (SPENT, flags.RISK)
TASK_ORIGINS: Mapping[str, Origins] = {
    "notice": Origins(notice_origins, "bell", lambda pk: address("notices:notice", pk)),
    "request": Origins(request_origins, "agree", lambda pk: address("collaboration:request", pk)),
    "item": Origins(meeting_origins, "people", lambda pk: address("meetings:item", pk)),
}
TASK_SIGNS = TaskSigns(flags.sign_rows, flags.sign_of)

TOLD: Mapping[str, Told] = {
    "note": Told(DailyNote, "rituals:note"),
    "review": Told(Review, "reviews:sheet"),
    "report": Told(Report, "reports:read"),
    "timesheet": Told(Timesheet, "timekeeping:sheet"),
    "nudge": Told(Nudge, "progress:nudge"),
    "blocker": Told(Blocker, "progress:blocker"),
    "delay": Told(DelayRequest, "progress:delay"),
    "channel": Told(Channel, "channels:channel"),
    "record": Told(CommunicationRecord, "collaboration:record"),
    "request": Told(CollaborationRequest, "collaboration:request"),
    "notice": Told(
        Notice,
        "notices:notice",
        tap=notice_news.tap,
        door=notice_news.door,
        enclosures=notice_news.enclosures,
        carriage=notice_news.carriage,
    ),
    "meeting": Told(Meeting, "meetings:meeting", taps=meeting_news.taps, apart=meeting_news.APART),
    "minutes": Told(Minutes, "meetings:minutes", carriage=held_news.carriage),
    "item": Told(ActionItem, "meetings:item", tap=held_news.tap),
}

FILE_HOLDERS: Mapping[str, FileHolder] = {**notice_files.HOLDERS, **request_files.HOLDERS}

ORIGINS: Mapping[str, str] = {"meeting": "meetings:meeting"}

QUIET: Callable[..., bool] = is_quiet
QUIET_PEOPLE: Callable[..., frozenset[int]] = quiet_people

OPENING: Callable[[Person, str], str] = opening


def load_sample() -> None:
    """Fill an empty installation with the sample department, which only its few readers load."""
    from opsloop.sample import actions as sample

    sample.load()


LOAD_SAMPLE: Callable[[], None] = load_sample
