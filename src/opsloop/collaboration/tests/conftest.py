"""A request of 周航 (用户组) to 内容组, which 陈敏 leads and where 林悦 works; 王磊 of 运营部 stands above both. Monday 9:00."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from opsloop.collaboration.actions import answering, writing
from opsloop.collaboration.models import CollaborationRequest
from opsloop.organisation.tests.cast import NOW, Cast

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DUE = NOW + 4 * DAY
WORDS = {
    "title": "会员日海报三张",
    "background": "会员日在即",
    "asked": "横版、竖版、方形各一张",
    "standard": "1. 三种尺寸齐全\n2. 价格0处差错",
    "due_at": DUE,
}
Sent = Callable[..., CollaborationRequest]


@pytest.fixture
def asked(cast: Cast) -> Sent:
    """Return a function that writes and sends a request."""

    def made(at: datetime = NOW, **values: Any) -> CollaborationRequest:
        by = values.pop("by", cast.zhou)
        given = {"from_department": by.department, "to_department": cast.content, **WORDS, **values}
        request = writing.begin(values=given, by=by, at=at)
        return writing.send(request=request, by=by, at=at, version=request.version)

    return made


@pytest.fixture
def accepted(cast: Cast, asked: Sent) -> Sent:
    """Return a function that sends a request which 陈敏 accepts for 林悦."""

    def made(at: datetime = NOW, **values: Any) -> CollaborationRequest:
        request = asked(at, **values)
        handler = cast.lin
        return answering.accept(
            request=request, handler=handler, by=cast.chen, at=at, version=request.version
        )

    return made


def again(request: CollaborationRequest) -> CollaborationRequest:
    """Return the request as it stands now."""
    return CollaborationRequest.objects.get(pk=request.pk)


def kinds(request: CollaborationRequest) -> list[str]:
    """Return what was said, in order."""
    return list(request.steps.order_by("pk").values_list("kind", flat=True))
