"""Tables out over HTTP hold words and numbers, never a formula, whatever people have typed (R17)."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import openpyxl
import pytest
from django.test import Client

from opsloop.exchange import queries
from opsloop.goals.models import Goal
from opsloop.organisation.models import Department, Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.work.actions import projects, tasks
from opsloop.work.models import Project, Task
from tests.guards.test_access import arguments

pytestmark = pytest.mark.django_db
STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
ATTACKS = (
    "=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "＝1+1", "＋1", "－1", "＠x", "'=1",
    '=HYPERLINK("https://evil.example")', "https://evil.example", "=1\n=2", "%00=1", "\u200b=1", "\x1f=1",
)  # fmt: skip


@pytest.fixture
def hostile(cast: Cast) -> Client:
    """Fill every text that a table shows with something that a spreadsheet might run."""
    arguments(cast)
    project = projects.create(by=cast.chen, at=NOW, name="x", department=cast.content, owner=cast.chen)
    for number, text in enumerate(ATTACKS):
        made = tasks.create(
            by=cast.lin,
            at=NOW,
            title="x",
            owner=cast.lin,
            due_at=NOW,
            project=project if number % 2 else None,
        )
        Task.objects.filter(pk=made.pk).update(title=text, note=text, deliverable=text, description=text)
    Project.objects.update(name=ATTACKS[0])
    Goal.objects.update(title=ATTACKS[1])
    Department.objects.filter(pk=cast.content.pk).update(name=ATTACKS[2])
    Person.objects.filter(pk=cast.lin.pk).update(name=ATTACKS[3])
    client = Client()
    client.force_login(cast.chen)
    return client


@pytest.mark.parametrize("name", list(queries.kinds()))
def test_no_cell_of_a_downloaded_table_is_a_formula(hostile: Client, name: str) -> None:
    book = hostile.get(f"/tables/out/{name}/", {"day": f"{NOW:%Y-%m-%d}"})
    assert "attachment" in book["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(book.content)) as archive:
        for part in archive.namelist():
            content = archive.read(part)
            assert not re.search(rb"<f[ >]", content), part
            assert b"<hyperlink" not in content, part
            assert b"externalLink" not in content, part
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert any(cell.value.startswith(STARTS) for cell in cells)
    for cell in cells:
        assert cell.data_type != "f"
        assert cell.quotePrefix or not cell.value.startswith(STARTS[:6]), cell.value

    text = hostile.get(f"/tables/out/{name}/", {"day": f"{NOW:%Y-%m-%d}", "format": "csv"})
    rows = list(csv.reader(io.StringIO(text.content.decode("utf-8-sig"), newline="")))
    assert len(rows) > 1
    assert not [cell for row in rows for cell in row if cell.startswith(STARTS)]


def test_a_download_is_named_so_that_no_header_can_be_forged(hostile: Client) -> None:
    for day in ("2026-11-23\r\nX-Evil: 1", '2026-11-23"; filename="evil.exe', "../../etc/passwd"):
        answer = hostile.get("/tables/out/daily/", {"day": day})
        assert answer.status_code == 200
        assert "evil" not in str(answer.headers).lower()
        assert ".." not in answer["Content-Disposition"]
