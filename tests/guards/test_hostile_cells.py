"""A table whose cells no database could hold is shown, refused or taken in, on both databases alike (R15, R40)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opsloop.exchange.models import Import
from opsloop.organisation.tests.cast import Cast

pytestmark = pytest.mark.django_db
HEADINGS = (
    "任务ID", "任务名称", "负责人", "协作人", "目标关联度", "紧急程度", "耗时预估", "开始时间", "截止时间", "前置任务",
    "所属项目", "所属部门", "当前状态", "进度", "交付标准", "备注", "标签", "类别",
)  # fmt: skip
VALUES = (
    "9" * 40, "-1", "0", "1e400", "NaN", "inf", "99999999999", "2147483648", "²", "１２３", "0001-01-01", "9999-12-31",
    "1899-12-31", "12月32日", "2月30日", "99999999h", "9" * 30 + "天", "\u202e\u200b", "👩‍👩‍👧‍👦", "𠮷" * 300, "长" * 5000,
    "<script>", "=1+1", "'", "a,b、c；d", "\x07\x1b", "100%", "150%", "-50%", "5.5", "高", "P1", "24:61", "\ufffe",
)  # fmt: skip


def bring(client: Client, **fields: Any) -> tuple[list[int], list[str]]:
    """Bring a table, look at it, take it in, look again; return the statuses and what went wrong."""
    statuses, wrong = [], []

    def note(response: Any) -> Any:
        statuses.append(response.status_code)
        if response.status_code >= 500:
            wrong.append(repr(getattr(response, "exc_info", ("", "?"))[1])[:300])
        return response

    before = Import.objects.count()
    note(client.post("/tables/import/", fields))
    if Import.objects.count() > before:
        row = Import.objects.latest("pk")
        note(client.get(f"/tables/import/{row.pk}/"))
        people = ["新人", "长" * 300, "\u202e", ""]
        note(
            client.post(
                f"/tables/import/{row.pk}/application/", {"version": row.version, "new_person": people}
            )
        )
        note(client.get(f"/tables/import/{row.pk}/"))
        note(client.get("/tasks/", {"scope": "all", "status": "any"}))
        note(client.get("/tables/out/tracking/", {"scope": "all"}))
        note(client.post(f"/tables/import/{row.pk}/reversal/"))
    return statuses, wrong


@pytest.fixture
def client(cast: Cast) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.wang)
    return client


@pytest.mark.parametrize("column", range(len(HEADINGS)))
def test_no_cell_breaks_an_import(client: Client, column: int) -> None:
    lines = []
    for number, value in enumerate(VALUES):
        cells = [""] * len(HEADINGS)
        cells[1], cells[column] = f"任务{number}", value.replace("\t", " ")
        lines.append(cells)
    table = "\n".join("\t".join(cells) for cells in [list(HEADINGS), *lines])
    statuses, wrong = bring(client, pasted=table)
    assert not wrong
    assert statuses[0] == 303
    assert statuses[2] in {303, 409, 422}


CARD = {
    "name": "a\u0000b\ud800c",
    "desc": "\u0000" * 5,
    "due": "9999-12-31T23:59:59.999Z",
    "idList": "l",
    "closed": False,
}
BOARD = {
    "name": "\ud800", "lists": [{"id": "l", "name": "\u0000待办"}], "members": [{"id": "m", "fullName": "\udfff"}],
    "cards": [CARD, {**CARD, "name": "好", "due": "0001-01-01T00:00:00Z", "idMembers": ["m"]}, {**CARD, "due": 1e308}],
    "labels": [], "checklists": [], "actions": [],
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("board.json", json.dumps(BOARD).encode()),
        ("deep.json", b"[" * 200_000),
        ("numbers.json", b'{"cards": [{"name": 1e999, "due": -1}], "lists": 7}'),
        ("nul.csv", "任务名称,负责人\na\0b,林\0悦\n".encode()),
        ("surrogates.csv", b"\xff\xfe" + "任务名称\n".encode("utf-16-le") + b"\x00\xd8\n\x00"),
        ("gb.csv", "任务名称,负责人\n盘点,林悦\n".encode("gb18030") + b"\x81\x30\x81"),
        ("quotes.csv", b'"' * 50_000),
        ("wide.csv", b"," * 50_000 + b"\n1"),
        ("name\0.csv", "任务名称\n盘点\n".encode()),
        ("../../x.csv", "任务名称\n盘点\n".encode()),
        ("长" * 300 + ".csv", "任务名称\n盘点\n".encode()),
    ],
)
def test_no_file_breaks_an_import(client: Client, name: str, content: bytes) -> None:
    statuses, wrong = bring(client, file=SimpleUploadedFile(name, content))
    assert not wrong
    assert statuses[0] in {303, 400, 422}
