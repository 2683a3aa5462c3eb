"""Rules of repetition as a person chooses, builds and reads them; the rule itself stays RFC 5545."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from opsloop.engines.recurrence import is_rule, parts_of, text_of

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKWEEK = "MO,TU,WE,TH,FR"
WORKDAYS = f"FREQ=WEEKLY;BYDAY={WORKWEEK}"
CUSTOM, WRITTEN = "custom", "written"
UNITS = {
    "DAILY": gettext_lazy("days"),
    "WEEKLY": gettext_lazy("weeks"),
    "MONTHLY": gettext_lazy("months"),
    "YEARLY": gettext_lazy("years"),
}
# How a month or a year is narrowed down in the builder, and what that is in a rule (n is the number beside it).
NARROWED = {
    "day": gettext_lazy("on a day of the month"),
    "last_day": gettext_lazy("on the last day"),
    "nth_workday": gettext_lazy("on a working day counted from the beginning"),
    "last_workday": gettext_lazy("on the last working day"),
}
ENDS = {
    "never": gettext_lazy("never ends"),
    "count": gettext_lazy("after"),
    "until": gettext_lazy("on the day"),
}
MOST_TIMES = 999


def choices(base: datetime, current: str = "") -> list[tuple[str, str]]:
    """Return the rules to choose from for a task that falls on `base`, with the one it has."""
    local = timezone.localtime(base)
    day = DAYS[local.weekday()]
    week = (local.day - 1) // 7 + 1
    rules = [
        "FREQ=DAILY",
        WORKDAYS,
        f"FREQ=WEEKLY;BYDAY={day}",
        f"FREQ=WEEKLY;INTERVAL=2;BYDAY={day}",
        f"FREQ=MONTHLY;BYMONTHDAY={local.day}",
        f"FREQ=MONTHLY;BYDAY={min(week, 4)}{day}",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        f"FREQ=MONTHLY;BYDAY={WORKWEEK};BYSETPOS=1",
        f"FREQ=MONTHLY;BYDAY={WORKWEEK};BYSETPOS=-1",
        f"FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY={local.day}",
        f"FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY={WORKWEEK};BYSETPOS=-1",
        "FREQ=YEARLY",
    ]
    if current and current not in rules:
        rules.append(current)
    return [("", _("Does not repeat")), *((rule, words(rule)) for rule in rules)]


# What the parts beside the choice hold when nobody touched them.
UNTOUCHED: Mapping[str, Any] = {
    "every": "1", "unit": "WEEKLY", "days": [], "on": "day", "n": "1", "rule": "", "ends": "never", "count": "",
    "until": "",
}  # fmt: skip


class Sent(str):
    """A rule as a browser sent it: with every part that was typed, those that were not chosen too."""

    __slots__ = ("chosen", "parts")

    chosen: str
    parts: dict[str, Any]


class RepeatWidget(forms.Widget):
    """A list of usual rules, a builder for others, the rule as text for who knows RFC 5545, and its end.

    Posts one field beside others that begin with its name; a rule posted as the field itself is one too.
    """

    template_name = "work/repeat_widget.html"
    # What usual rules are made from: the day the work falls on.
    base: datetime | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return what the template shows: the rule taken apart."""
        context = super().get_context(name, value, attrs)
        context["repeat"] = {
            "offered": choices(self.base) if self.base else [("", _("Does not repeat"))],
            "units": UNITS.items(),
            "days": list(zip(DAYS, _day_names().values(), strict=True)),
            "narrowed": NARROWED.items(),
            "ends": ENDS.items(),
            **(_as_sent(value) if isinstance(value, Sent) else self._as_rule(str(value or ""))),
        }
        return context

    def _as_rule(self, rule: str) -> dict[str, Any]:
        bare, ending = _taken_apart(rule)
        offered = choices(self.base) if self.base else [("", _("Does not repeat"))]
        is_usual = bare in dict(offered)
        built = {} if is_usual else _builder(bare)
        return {
            "chosen": bare if is_usual else CUSTOM if built else WRITTEN,
            "rule": rule,
            "built": {**UNTOUCHED, **built},
            "ending": ending,
        }

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:  # noqa: ARG002
        """Put the posted parts together; nonsense among them makes a rule that `clean` refuses."""
        chosen = data.get(name)
        if chosen is None:
            return None
        sent = Sent(_rule_of(data, name, str(chosen)))
        sent.chosen = str(chosen)
        sent.parts = {part: data.get(f"{name}_{part}", usual) for part, usual in UNTOUCHED.items()}
        sent.parts["days"] = _days(data, name)
        return sent

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:  # noqa: ARG002
        """Whether the field was not on the page at all."""
        return name not in data


class RepeatField(forms.CharField):
    """How a task comes round again. Cleans to a rule, or ""."""

    widget = RepeatWidget

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, required=False, **options)

    def clean(self, value: Any) -> str:
        """Return the rule in capitals, if it is one that comes round."""
        rule = str(super().clean(value) or "").strip().removeprefix("RRULE:")
        if rule and not is_rule(rule):
            raise ValidationError(
                _(
                    "This rule of repetition is not understood, or never comes round."
                    " Choose one of the list, or write it like FREQ=WEEKLY;BYDAY=MO."
                )
            )
        return rule.upper()


def _rule_of(data: Mapping[str, Any], name: str, chosen: str) -> str:
    if chosen == WRITTEN:
        return str(data.get(f"{name}_rule", "")).strip()
    rule = _built(data, name) if chosen == CUSTOM else chosen
    return rule + _end(data, name) if rule else ""


def _as_sent(sent: Sent) -> dict[str, Any]:
    """Return what the template shows of a form that is shown again: all that was typed."""
    ending = {"kind": sent.parts["ends"], "count": sent.parts["count"], "until": sent.parts["until"]}
    return {"chosen": sent.chosen, "rule": sent.parts["rule"], "built": sent.parts, "ending": ending}


def _taken_apart(rule: str) -> tuple[str, dict[str, str]]:
    """Return a rule without its end and its private part, and the end."""
    try:
        parts = parts_of(rule) if rule else {}
    except ValueError:
        return rule, {"kind": "never"}
    parts.pop("X-ON", None)
    count, until = parts.pop("COUNT", ""), parts.pop("UNTIL", "")
    if count:
        return text_of(parts), {"kind": "count", "count": count}
    if until:
        return text_of(parts), {"kind": "until", "until": f"{until[:4]}-{until[4:6]}-{until[6:8]}"}
    return text_of(parts), {"kind": "never"}


def _builder(rule: str) -> dict[str, Any]:
    """Return what the builder shows for a rule, or nothing for one that it cannot build."""
    try:
        parts = parts_of(rule) if rule else {}
    except ValueError:
        return {}
    unit, every = parts.pop("FREQ", ""), parts.pop("INTERVAL", "1")
    built: dict[str, Any] = {"unit": unit, "every": every}
    match (unit, parts):
        case (_, {**rest}) if not rest:
            return built
        case ("WEEKLY", {"BYDAY": days, **rest}) if not rest and set(days.split(",")) <= set(DAYS):
            return {**built, "days": days.split(",")}
        case ("MONTHLY", {"BYMONTHDAY": "-1", **rest}) if not rest:
            return {**built, "on": "last_day"}
        case ("MONTHLY", {"BYMONTHDAY": day, **rest}) if not rest and day.isdigit():
            return {**built, "on": "day", "n": day}
        case ("MONTHLY", {"BYDAY": days, "BYSETPOS": "-1", **rest}) if not rest and days == WORKWEEK:
            return {**built, "on": "last_workday"}
        case ("MONTHLY", {"BYDAY": days, "BYSETPOS": n, **rest}) if (
            not rest and days == WORKWEEK and n.isdigit()
        ):
            return {**built, "on": "nth_workday", "n": n}
    return {}


def _built(data: Mapping[str, Any], name: str) -> str:
    """Return the rule that the builder's fields say, without an end."""
    unit = str(data.get(f"{name}_unit", ""))
    parts = {"FREQ": unit}
    every = str(data.get(f"{name}_every", "")) or "1"
    if every != "1":
        parts["INTERVAL"] = every
    days = _days(data, name)
    if unit == "WEEKLY" and days:
        parts["BYDAY"] = ",".join(day for day in DAYS if day in days)
    if unit == "MONTHLY":
        n = str(data.get(f"{name}_n", "")) or "1"
        parts |= {
            "day": {"BYMONTHDAY": n},
            "last_day": {"BYMONTHDAY": "-1"},
            "nth_workday": {"BYDAY": WORKWEEK, "BYSETPOS": n},
            "last_workday": {"BYDAY": WORKWEEK, "BYSETPOS": "-1"},
        }.get(str(data.get(f"{name}_on", "")), {})
    return text_of(parts)


def _days(data: Mapping[str, Any], name: str) -> list[str]:
    days = data.getlist(f"{name}_days") if hasattr(data, "getlist") else data.get(f"{name}_days", [])
    return list(days)


def _end(data: Mapping[str, Any], name: str) -> str:
    """Return the part of a rule that ends it, with its semicolon; a day that is none ends in a refusal."""
    kind = data.get(f"{name}_ends", "never")
    if kind == "count":
        return f";COUNT={data.get(f'{name}_count', '')}"
    if kind == "until":
        sent = str(data.get(f"{name}_until", ""))
        try:
            day = parse_date(sent)
        except ValueError:
            day = None
        return f";UNTIL={day:%Y%m%d}" if day else f";UNTIL={sent}"
    return ""


def words(rule: str) -> str:
    """Say a rule in words; one that has no words here is shown as it is."""
    try:
        parts = parts_of(rule)
    except ValueError:
        return rule
    parts.pop("X-ON", None)
    count, until = parts.pop("COUNT", ""), parts.pop("UNTIL", "")
    parts.pop("WKST", None)
    frequency, every = parts.pop("FREQ"), int(parts.pop("INTERVAL", "1"))
    said = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}[frequency](
        every, parts
    )
    if not said:
        return rule
    if count:
        return ngettext("%(rule)s, once more", "%(rule)s, %(n)s times", int(count)) % {
            "rule": said,
            "n": count,
        }
    if until:
        day = date(int(until[:4]), int(until[4:6]), int(until[6:8]))
        return _("%(rule)s, until %(day)s") % {"rule": said, "day": f"{day:%Y-%m-%d}"}
    return said


def _daily(every: int, parts: dict[str, str]) -> str | None:
    if parts:
        return None
    return _("Every day") if every == 1 else _("Every %(n)d days") % {"n": every}


def _weekly(every: int, parts: dict[str, str]) -> str | None:
    days = parts.get("BYDAY", "")
    if set(parts) - {"BYDAY"} or not set(filter(None, days.split(","))) <= set(DAYS):
        return None
    if days == WORKWEEK:
        if every == 1:
            return _("Every working day")
        return _("Every working day of every %(n)d weeks") % {"n": every}
    if not days:
        return _("Every week") if every == 1 else _("Every %(n)d weeks") % {"n": every}
    sentence = _("Every week on %(days)s") if every == 1 else _("Every %(n)d weeks on %(days)s")
    return sentence % {"n": every, "days": _list_of_days(days)}


def _day_names() -> dict[str, str]:
    return {
        "MO": _("Monday"), "TU": _("Tuesday"), "WE": _("Wednesday"), "TH": _("Thursday"), "FR": _("Friday"),
        "SA": _("Saturday"), "SU": _("Sunday"),
    }  # fmt: skip


def _list_of_days(days: str) -> str:
    names = _day_names()
    return _(", ").join(names[day] for day in days.split(","))


def _monthly(every: int, parts: dict[str, str]) -> str | None:
    months = parts.pop("BYMONTH", "")
    day = _month_day(parts)
    if day is None:
        return None
    if months in {"1,4,7,10", "3,6,9,12"} and day and every == 1:
        # By their first or last month: a quarter begins with the one and ends with the other.
        return _("Every quarter (months %(months)s): %(day)s") % {
            "months": months.replace(",", "/"),
            "day": day,
        }
    if months:
        return None
    if not day:
        return _("Every month") if every == 1 else _("Every %(n)d months") % {"n": every}
    sentence = _("Every month: %(day)s") if every == 1 else _("Every %(n)d months: %(day)s")
    return sentence % {"n": every, "day": day}


def _month_day(parts: dict[str, str]) -> str | None:
    """Say which day of the month is meant; "" for none in particular, None for what has no words here."""
    if set(parts) - {"BYMONTHDAY", "BYDAY", "BYSETPOS"}:
        return None
    number, weekday, place = parts.get("BYMONTHDAY"), parts.get("BYDAY"), parts.get("BYSETPOS")
    match (number, weekday, place):
        case (None, None, None):
            return ""
        case (None, "MO,TU,WE,TH,FR", "-1"):
            return _("the last working day")
        case (None, "MO,TU,WE,TH,FR", "1"):
            return _("the first working day")
        case (None, "MO,TU,WE,TH,FR", str()) if place.isdigit():
            return _("working day number %(n)s") % {"n": place}
        case ("-1", None, None):
            return _("the last day")
        case (str(), None, None) if number.isdigit():
            return _("day %(n)s") % {"n": number}
        case (None, str(), None) if weekday[:-2].isdigit() and weekday[-2:] in DAYS:
            return _("%(weekday)s number %(n)s") % {"weekday": _list_of_days(weekday[-2:]), "n": weekday[:-2]}
    return None


def _yearly(every: int, parts: dict[str, str]) -> str | None:
    month, day = parts.get("BYMONTH", ""), parts.get("BYMONTHDAY", "")
    if set(parts) == {"BYMONTH", "BYMONTHDAY"} and month.isdigit() and day.isdigit() and every == 1:
        return _("Every year on %(month)s-%(day)s") % {"month": f"{month:>02}", "day": f"{day:>02}"}
    if parts:
        return None
    return _("Every year") if every == 1 else _("Every %(n)d years") % {"n": every}
