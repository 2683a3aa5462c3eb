"""The sentences that the islands of boards show, in the person's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def gantt_words() -> dict[str, str]:
    """Return the words of the Gantt chart; {names} are filled in by the script."""
    return {
        "label": _("Tasks of the chart"),
        "task": _("Task"),
        "owner": _("Owner"),
        "due": _("Due"),
        "slackHead": pgettext("schedule", "Slack"),
        "slack": _("can slip {days} working days"),
        "days": _("{n} d"),
        "criticalShort": pgettext("schedule", "Critical"),
        "isCritical": _("on the critical path"),
        "nobody": _("Without an owner"),
        "noProject": _("Without a project"),
        "undated": _("without dates"),
        "startAssumed": _("start assumed from the estimate"),
        "dueAssumed": _("end assumed from the estimate"),
        "slip": _("{days} days against the baseline"),
        "hidden": _("Waits for a task of another department"),
        "node": _("Key node “{title}”, by {day}"),
        "nodeReached": _("Key node “{title}”, reached"),
        "nodeMissed": _("Key node “{title}”, was due {day}"),
        "lag": _("{hours} working hours later at the soonest"),
        "load": _("{day}: {hours} h of work, {capacity} h to work"),
        "pending": _("To {start} – {due}. Enter shows what follows, Esc leaves it."),
        "dragging": _("To {start} – {due}"),
        "mayNotMove": _("You may not move this task."),
        "linking": _(
            "“{title}” comes first. Go to the task that waits for it and press Enter; Esc leaves it."
        ),
        "lagLabel": _("Lag, such as 4h or 1d"),
        "unlink": _("Remove the dependency"),
        "offline": _("No connection. Nothing was changed."),
    }


def sheet_words() -> dict[str, str]:
    """Return the words of the sheet; {names} are filled in by the script."""
    return {
        "label": _("Tasks as a sheet"),
        "saving": _("Saving…"),
        "saved": _("All saved"),
        "needsTitle": _("A new row is saved once it has a title"),
        "offline": _("No connection. What you typed stays here and is sent again."),
        "bad": _("{n} cells need a correction"),
        "stale": _("Changed by somebody meanwhile: “{theirs}”. Yours: “{mine}”."),
        "mine": _("Use mine"),
        "theirs": _("Keep theirs"),
        "readOnly": _("You may not change this task."),
        "fixed": _("This column cannot be changed here."),
        "newRow": _("New task"),
        "cell": _("{column}, row {row}: {text}"),
        "empty": _("empty"),
        "copied": _("{n} cells copied"),
        "tooMany": _("At most {n} cells at once. Paste a smaller range."),
        "selected": _("{n} cells"),
        "discard": _("Discard"),
        "next": _("Next problem"),
        "count": _("{n} tasks"),
    }
