"""How dates, times and durations are written (ux.md, conventions 22 and 23).

Aware times are shown in the active time zone, which the middleware sets to the person's own.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)
NEAR = {
    -1: gettext_lazy("Yesterday"),
    0: gettext_lazy("Today"),
    1: gettext_lazy("Tomorrow"),
    2: gettext_lazy("Day after tomorrow"),
}


def local(value: datetime) -> datetime:
    """Return `value` in the active time zone.

    Raises:
        ValueError: `value` is naive.
    """
    return timezone.localtime(value)


def absolute(value: datetime) -> str:
    """Return yyyy-mm-dd HH:mm in the active time zone."""
    moment = local(value)
    return f"{moment.year:04}-{moment.month:02}-{moment.day:02} {moment.hour:02}:{moment.minute:02}"


def relative(value: datetime, now: datetime) -> str:
    """Return how long before `now` something was, by the rule of Ant Design.

    Within a minute "just now", within an hour in minutes, within a day in hours; then mm-dd HH:mm in the
    same year and yyyy-mm-dd HH:mm before that.
    """
    seconds = (now - value).total_seconds()
    if -60 < seconds < 60:
        return _("just now")
    if 0 < seconds < 3600:
        count = int(seconds // 60)
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", count) % {"n": count}
    if 0 < seconds < 86400:
        count = int(seconds // 3600)
        return ngettext("%(n)d hour ago", "%(n)d hours ago", count) % {"n": count}
    if local(value).year == local(now).year:
        return f"{local(value):%m-%d %H:%M}"
    return absolute(value)


def parts(value: date | datetime, now: datetime) -> tuple[str, str]:
    """Return the near word and the rest: ("明天", "周四 12-05 15:00"); the near word may be empty.

    A date without a clock time has none here either; a year other than this one is written out.
    """
    moment = local(value) if isinstance(value, datetime) else None
    day = moment.date() if moment else value
    today = local(now).date()
    # Written out: a list has a hundred dates, and strftime takes ten times as long.
    text = f"{day.month:02}-{day.day:02}"
    if day.year != today.year:
        text = f"{day.year:04}-{text}"
    clock = f" {moment.hour:02}:{moment.minute:02}" if moment else ""
    return near(day, today), f"{_weekday(get_language(), day.weekday())} {text}{clock}"


@lru_cache(maxsize=64)
def _weekday(_language: str | None, number: int) -> str:
    return str(WEEKDAYS[number])


def near(day: date, today: date) -> str:
    """Return today, tomorrow, the day after tomorrow, yesterday, or "" for a day further off."""
    name = NEAR.get(day.toordinal() - today.toordinal())
    return str(name) if name else ""


def sentence(value: date | datetime, now: datetime) -> str:
    """Return near word and rest in one line, for plain text such as mail."""
    return " ".join(filter(None, parts(value, now)))


def duration(value: int | None) -> str:
    """Return minutes as people say them: 45 → 45 min, 135 → 2 h 15 min, None → —."""
    if value is None:
        return "—"
    sign, whole = ("−", -value) if value < 0 else ("", value)
    hours, rest = divmod(int(whole), 60)
    if not hours:
        return sign + _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return sign + _("%(hours)d h") % {"hours": hours}
    return sign + _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
