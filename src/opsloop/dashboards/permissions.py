"""Who may set targets and send dashboards where; `check_x` raises with a reason, `can_x` answers yes or no."""

from __future__ import annotations

from django.utils.translation import gettext as _

from opsloop.channels.models import Channel
from opsloop.dashboards.models import Subscription
from opsloop.organisation.models import Person
from opsloop.organisation.roles import Permission
from opsloop.records.refusals import Forbidden, Refused


def can_set_targets(person: Person) -> bool:
    """Whether `person` may say what numbers shall be: who plans the whole organisation, or runs the system."""
    plans = person.may(Permission.PLAN_TEAM) and person.reaches.departments(Permission.PLAN_TEAM) is None
    return plans or person.may(Permission.SETTINGS_MANAGE)


def check_can_set_targets(person: Person) -> None:
    """Raise Forbidden unless `person` may set targets."""
    if not can_set_targets(person):
        raise Forbidden(_("Targets are set by directors and administrators."))


def can_send_to_groups(person: Person) -> bool:
    """Whether `person` may let a dashboard go to a group: everybody in it will read it."""
    return can_set_targets(person)


def check_can_send_to(channel: Channel, person: Person) -> None:
    """Raise unless a dashboard of `person` may go through `channel`.

    Raises:
        Forbidden: it is the robot of a group, and they see only a part of the organisation.
        Refused: the channel carries nothing now, or they have no mail address.
    """
    if channel.state == Channel.State.REMOVED:
        raise Refused(_("This channel does not exist any more. Choose another one."), field="channel")
    if channel.is_mail and not person.email:
        raise Refused(_("You have no mail address yet. Enter one in your settings first."), field="channel")
    if not channel.is_mail and not can_send_to_groups(person):
        raise Forbidden(_("Dashboards are sent to groups by directors and administrators."))


def check_is_alive(subscription: Subscription) -> None:
    """Raise Refused when somebody unsubscribed already."""
    if subscription.state == Subscription.State.ENDED:
        raise Refused(_("This subscription has ended."))
