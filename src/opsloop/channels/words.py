"""Words of channels: errors, and what is wanted where nobody chose."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsloop.inbox.reasons import TOPICS

# Named, waiting for a decision: at once (ux.md, convention 34). All else comes in bundles.
AT_ONCE = frozenset({"named", "acceptance", "hours", "system", "meetings"})
# What speaks of one person alone never goes to a group.
GROUP_KINDS = frozenset({"task", "project", "goal"})
GROUP_TOPICS = tuple(
    topic for topic in TOPICS if topic not in {"obstacle", "hours", "arranged", "system", "meetings"}
)
# What a group is told unless the administrator chooses otherwise.
GROUP_DEFAULT = ("assigned", "acceptance", "waiting", "named")

ERRORS: Mapping[str, Promise] = {
    "address": _("The address cannot be used. Enter it again, as the other side shows it."),
    "scheme": _("The address must begin with https:// or http://."),
    "userinfo": _("The address must hold neither name nor password."),
    "port": _("The address names an unusual port."),
    "private": _("The address lies inside a private network. The server must be told that it may go there."),
    "unknown_host": _("No machine of this name was found."),
    "unreachable": _("The machine does not answer."),
    "certificate": _("The certificate of the other side is not valid."),
    "slow": _("The other side did not answer in time."),
    "large": _("The answer of the other side was too large."),
    "redirects": _("The address leads elsewhere. Enter the address it leads to."),
    "encoding": _("The answer of the other side could not be read."),
    "broken": _("The connection broke off."),
    "key": _("The secret key of the installation has changed. Enter address and secret again."),
    "signature": _("The other side does not accept the signature. Enter the secret again."),
    "keyword": _("The robot accepts only messages with one of its keywords. Switch it to signatures."),
    "gone": _("The robot or webhook does not exist any more."),
    "refused": _("The other side refuses the message."),
    "busy": _("The other side asks for fewer messages."),
    "server": _("The other side has a fault of its own."),
    "login": _("The mail server does not accept user and password."),
    "recipient": _("The mail server does not accept the address of the recipient."),
    "sender": _("The mail server does not accept the address of the sender."),
    "no_mail": _("This person has no mail address."),
    "tries": _("It failed five times."),
    "paused": _("The channel is paused."),
}
# Codes that come from the letter and not from the channel: they do not count towards its pause.
OF_THE_LETTER = frozenset({"recipient", "no_mail"})


def default_mode(topic: str, way: str) -> str:
    """Return how a topic goes out unless the person chose otherwise."""
    if way == "group":
        return "now"
    return "now" if topic in AT_ONCE else "digest"


def mode_of(*, is_on: bool) -> str:
    """Return the mode of a way that is only on or off, as groups are."""
    return "now" if is_on else "off"
