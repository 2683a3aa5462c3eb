"""What the tests of channels share: the other side, channels to it, people with addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from opsloop.channels.actions import channels as actions
from opsloop.channels.models import Channel
from opsloop.channels.tests import servers
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast

SITE = "https://ops.example.cn"
SECRET = "SECa1b2c3"


@pytest.fixture
def as_person() -> Callable[[Person], Client]:
    """Log in somebody and return the client."""

    def logged_in(person: Person) -> Client:
        client = Client(headers={"HX-Request": "true"})
        client.force_login(person)
        return client

    return logged_in


@pytest.fixture
def robot(settings: Any) -> Iterator[servers.Robot]:
    """Run the other side of a group robot."""
    settings.OPSLOOP_OUTBOUND_ALLOW = ["127.0.0.1/32"]
    with servers.robot() as running:
        yield running


@pytest.fixture
def mailbox() -> Iterator[servers.Mailbox]:
    """Run a mail server."""
    with servers.mailbox() as running:
        yield running


@pytest.fixture
def addressed(cast: Cast) -> Cast:
    """Give everybody a mail address."""
    for person in cast.active:
        person.email = f"{person.username}@example.cn"
        person.save(update_fields=["email"])
    return cast


@pytest.fixture
def group(cast: Cast, robot: servers.Robot) -> Callable[..., Channel]:
    """Make a channel to the robot."""

    def made(kind: str, **values: Any) -> Channel:
        chosen = {"name": "运营群", "topics": ["assigned", "named"], "address": robot.url, "secret": SECRET}
        return actions.add(kind=kind, values={**chosen, **values}, site=SITE, by=cast.admin, at=NOW)

    return made


@pytest.fixture
def post(addressed: Cast, mailbox: servers.Mailbox) -> Channel:
    """Make the mail channel."""
    values = {
        "name": "邮件",
        "host": "127.0.0.1",
        "port": mailbox.port,
        "security": "none",
        "sender": "ops@example.cn",
    }
    return actions.add(kind="mail", values=values, site=SITE, by=addressed.admin, at=NOW)
