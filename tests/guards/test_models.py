"""Guards over every model: whoever adds one decides who may see it and how it is kept from lost updates."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from opsloop.records.models import Versioned

# Models without an owner to be hidden from: reached through another record, or the same for everybody.
NOT_OWNED = {
    "activity.Event": "history is read through the record it speaks of, after that record's own check",
    "activity.Submission": "an answer is repeated only to the key's own person",
    "background.Effect": "never shown",
    "channels.Delivery": "reached through its letter, whose words are read anew for its recipient",
    "channels.Failure": "reached through its channel",
    "channels.Times": "one person's own, shown to nobody else",
    "channels.Wish": "one person's own, shown to nobody else",
    "collaboration.CollaborationRules": "a setting of the organisation, the same for everybody",
    "collaboration.FormField": "reached through its form",
    "meetings.MeetingRules": "a setting of the organisation, the same for everybody",
    "notices.NoticeRules": "a setting of the organisation, the same for everybody",
    "goals.CheckIn": "reached through its key result, and that through its goal",
    "goals.KeyResult": "reached through its goal",
    "progress.DelayCause": "a vocabulary of the organisation",
    "progress.ProgressRules": "a setting of the organisation, the same for everybody",
    "goals.Module": "a vocabulary of the organisation",
    "discussion.Reaction": "reached through its comment",
    "inbox.Preference": "one person's own, shown to nobody else",
    "organisation.BlockRule": "reached through its template",
    "organisation.CalendarDay": "the working calendar is the same for everybody",
    "organisation.CalendarNotice": "the working calendar is the same for everybody",
    "organisation.NumberCounter": "never shown",
    "organisation.NumberPattern": "a setting of the organisation, shown to administrators only",
    "organisation.Organisation": "there is one, and everybody belongs to it",
    "organisation.PersonSkill": "reached through its person",
    "organisation.RoleAssignment": "reached through its person",
    "organisation.Skill": "a vocabulary of the organisation",
    "planning.InOneGo": "reached through its task",
    "playbooks.PlaybookNode": "reached through its template",
    "playbooks.PlaybookRole": "reached through its template",
    "playbooks.PlaybookStep": "reached through its template",
    "knowledge.Vote": "counted with its lesson; shown to its own person",
    "reports.Part": "reached through its report",
    "reports.Posting": "reached through its sending",
    "reports.Sending": "reached through its schedule",
    "dashboards.Issue": "reached through its subscription",
    "reviews.Cause": "reached through its review",
    "reviews.Measure": "reached through its review and its task",
    "search.Entry": "found ids are filtered by visible_to of the record they stand for",
    "work.Category": "a vocabulary of the organisation",
    "work.ChecklistItem": "reached through its task",
    "work.CustomValue": "reached through its task and its field",
    "work.Delivery": "reached through its task",
    "work.Responsibility": "reached through its task or project",
    "work.Tag": "a vocabulary of the organisation",
    "work.Dependency": "reached through its tasks",
}
# Models that no two people edit at once: written once, or as a part of a versioned record.
NOT_VERSIONED = {
    "activity.Event": "written once",
    "activity.Job": "written by its worker only; cancelling is a guarded UPDATE",
    "activity.Submission": "written once",
    "activity.Undo": "claimed by a guarded UPDATE",
    "background.Effect": "written once",
    "background.Errand": "written by whoever holds its lease; a guarded UPDATE names the try",
    "background.Firing": "written once",
    "background.Timer": "moved on by a guarded UPDATE",
    "background.Worker": "written by itself only",
    "channels.Delivery": "written once, put into a letter by a locked UPDATE",
    "channels.Failure": "written once",
    "channels.Letter": "sent by its errand only, with guarded UPDATEs",
    "channels.Times": "one person's own, the last choice counts",
    "channels.Wish": "one person's own, the last choice counts",
    "boards.Baseline": "written once",
    "discussion.Attachment": "written once; deleted and brought back by a guarded UPDATE",
    "discussion.Reaction": "given or taken away, never edited",
    "discussion.Watch": "one person's own word, the last counts",
    "calendars.FeedLink": "one person's own; made anew or revoked, the last word counts",
    "calendars.OutsideEvent": "replaced with each fetch of its calendar",
    "boards.Habit": "one person's own, the last choice counts",
    "goals.CheckIn": "written once, and taken back as a whole",
    "exchange.HeadingMemory": "one person's own, the last choice counts",
    "collaboration.FormField": "written with the version of its form",
    "collaboration.Step": "written once",
    "meetings.Booking": "written by actions/booking.py alone, which claims the room",
    "meetings.Invitation": "written once",
    "meetings.MinutesEdition": "written once",
    "meetings.Seat": "each answer and each sign-in is a guarded UPDATE of its own row",
    "notices.Edition": "written once",
    "notices.NoticeTask": "made with its task, and replaced as a whole",
    "notices.Question": "asked once, answered once by a guarded UPDATE",
    "notices.Receipt": "every step is a guarded UPDATE of its own row",
    "knowledge.Vote": "one person's own word, the last counts",
    "reports.Part": "written with the version of its report",
    "reports.Posting": "written once",
    "reports.Sending": "moved out of waiting by a guarded UPDATE, once",
    "dashboards.Issue": "written once",
    "reviews.Cause": "written once, and removed as a whole",
    "reviews.Measure": "written once; what it says is its versioned task",
    "inbox.Arrangement": "sent once, and taken back as a whole",
    "inbox.Notification": "one person's own row, what they did last counts",
    "inbox.Preference": "one person's own, the last choice counts",
    "planning.InOneGo": "a yes or no, the last word counts",
    "organisation.CalendarNotice": "written once, as it was announced",
    "progress.DelayRequest": "asked once; every step is a guarded UPDATE of its state",
    "progress.Nudge": "written once",
    "progress.RiskFlag": "opened and closed by the nightly run; nobody edits it",
    "organisation.BlockRule": "replaced with its versioned template",
    "organisation.Invitation": "accepted or revoked once, by a guarded UPDATE",
    "organisation.NumberCounter": "counted by a guarded UPDATE",
    "organisation.PersonSkill": "replaced with its versioned person",
    "organisation.RoleAssignment": "granted or withdrawn, never edited",
    "organisation.Skill": "a name, made once",
    "playbooks.PlaybookNode": "replaced with its versioned template",
    "playbooks.PlaybookRole": "replaced with its versioned template",
    "playbooks.PlaybookStart": "written once",
    "playbooks.PlaybookStep": "replaced with its versioned template",
    "search.Entry": "rebuilt from its record",
    "work.Category": "a name, made once",
    "work.CustomValue": "written with the version of its task",
    "work.Delivery": "handed in once, decided once by a guarded UPDATE",
    "work.Dependency": "added or removed; of two who change its lag, the last one counts",
    "work.Responsibility": "the last one counts, as in a cell; taking back asks what stands",
    "work.Tag": "a name, made once",
}


def ours() -> dict[str, type[models.Model]]:
    """Return our models by label."""
    found = [model for model in apps.get_models() if model.__module__.startswith("opsloop.")]
    return {model._meta.label: model for model in found if not model._meta.auto_created}


def test_every_owned_model_says_who_may_see_its_rows() -> None:
    missing = [
        label
        for label, model in ours().items()
        if label not in NOT_OWNED and not hasattr(model._default_manager.all(), "visible_to")
    ]
    assert not missing, f"give these models visible_to(person), or a reason in NOT_OWNED: {missing}"


def test_every_mutable_model_carries_a_version() -> None:
    missing = [
        label
        for label, model in ours().items()
        if label not in NOT_VERSIONED and not issubclass(model, Versioned)
    ]
    assert not missing, f"derive these models from Versioned, or give a reason in NOT_VERSIONED: {missing}"


def test_the_exceptions_are_not_stale() -> None:
    known = ours()
    owned = [
        label
        for label in NOT_OWNED
        if label not in known or hasattr(known[label]._default_manager.all(), "visible_to")
    ]
    versioned = [
        label for label in NOT_VERSIONED if label not in known or issubclass(known[label], Versioned)
    ]
    assert not owned, f"these no longer need a reason in NOT_OWNED: {owned}"
    assert not versioned, f"these no longer need a reason in NOT_VERSIONED: {versioned}"


def test_every_row_that_can_be_edited_by_two_starts_at_version_one() -> None:
    for label, model in ours().items():
        if issubclass(model, Versioned):
            assert model._meta.get_field("version").get_default() == 1, label
