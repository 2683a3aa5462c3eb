"""What went wrong with an outside calendar, as sentences that name the remedy."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.web.outbound import OutboundError, check_url

# Codes of web/outbound.py, and our own of what came back.
ERRORS: Mapping[str, Promise] = {
    "address": _("This is no web address. Copy the whole address, beginning with https://."),
    "scheme": _("The address begins with something else than https:// or http://. Copy the web address."),
    "userinfo": _(
        "The address holds a user name or password. Use the secret address of the calendar instead."
    ),
    "port": _("The address names an unusual port. Calendars are fetched from 80, 443, 8080 and 8443."),
    "private": _("The address leads into a private network. An administrator can open it for calendars."),
    "unknown_host": _("There is no such server. Check the address for slips of the pen."),
    "unreachable": _("The server does not answer. It is tried again; if this stays, check the address."),
    "certificate": _(
        "The server cannot prove who it is (its certificate is not valid). Ask whoever runs it."
    ),
    "slow": _("The server took too long. It is tried again later."),
    "large": _(
        "The calendar is larger than 2 MB. Subscribe to a smaller one, or one with fewer past events."
    ),
    "redirects": _("The address leads on and on. Open it in a browser and copy where it ends."),
    "encoding": _("The server sent the calendar packed although it was asked not to. Ask whoever runs it."),
    "broken": _("The connection broke off. It is tried again later."),
    "refused": _("The server refuses the calendar. Make a new secret address there, and put it in here."),
    "gone": _("There is no calendar at this address any more. Copy its present address."),
    "server": _("The server of the calendar has trouble of its own. It is tried again later."),
    "page": _(
        "The address leads to a web page, not to a calendar. Look there for “iCal” or an address in .ics."
    ),
    "unreadable": _("What the address gives is no calendar file. Look for an address that ends in .ics."),
}


def address_refusal(url: str) -> Promise | None:
    """Return why an address cannot be subscribed to, None if it may be tried."""
    try:
        check_url(plain_url(url))
    except OutboundError as error:
        return ERRORS[error.code]
    return None


def plain_url(url: str) -> str:
    """Return the address to fetch: webcal:// is https by another name."""
    scheme, colon, rest = url.partition(":")
    return f"https:{rest}" if colon and scheme.lower() in ("webcal", "webcals") else url
