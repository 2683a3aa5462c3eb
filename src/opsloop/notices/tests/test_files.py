"""Files of a notice: added while it is written, fixed with what went out, gathered for the next correction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from opsloop.activity.models import Event, Undo
from opsloop.discussion.actions import files
from opsloop.discussion.models import Attachment
from opsloop.notices.actions import correcting, sending, writing
from opsloop.notices.actions.delivering import deliver_now
from opsloop.notices.carrying import enclosures
from opsloop.notices.filing import beside
from opsloop.notices.models import Notice
from opsloop.notices.queries.notices import history
from opsloop.notices.tests.conftest import HTMX
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
As = Callable[[Person], Client]
Draft = Callable[..., Notice]


@pytest.fixture(autouse=True)
def files_home(settings: Any, tmp_path: Path) -> Path:
    """A folder for the files of one test."""
    settings.OPSLOOP_HOME = tmp_path
    return tmp_path / "files" / "attachments"


def upload(client: Client, kind: str, notice: Notice, *names: str) -> Any:
    sent = [SimpleUploadedFile(name, name.encode()) for name in names]
    return client.post(f"/talk/{kind}/{notice.pk}/files/", {"files": sent}, headers=HTMX)


def fetch(client: Client, row: Attachment) -> int:
    return client.get(f"/files/{row.pk}/").status_code


def send(notice: Notice, by: Person) -> Notice:
    sending.send(notice=notice, by=by, at=NOW, version=notice.version)
    deliver_now(notice.pk, at=NOW)
    return Notice.objects.get(pk=notice.pk)


def correct(notice: Notice, by: Person, **values: Any) -> Notice:
    texts = {name: getattr(notice, name) for name in correcting.FIELDS}
    correcting.correct(
        notice=notice, values=texts, responsible=[], why="换了附件", ask="auto", by=by, at=NOW,
        version=notice.version, **values,
    )  # fmt: skip
    return Notice.objects.get(pk=notice.pk)


def test_a_draft_keeps_its_files_to_its_author(cast: Cast, as_person: As, draft: Draft) -> None:
    notice, author = draft(), as_person(cast.wang)
    answer = upload(author, "notice", notice, "排班表.csv", "坏.exe")
    assert answer.status_code == 200
    assert "排班表.csv" in answer.content.decode()
    assert "排班表.csv" in author.get(f"/notices/{notice.pk}/edit/").content.decode()
    row = Attachment.objects.get()
    assert (row.kind, row.subject_id) == ("notice", notice.pk)
    assert fetch(author, row) == 200
    for other in (cast.lin, cast.sun, cast.admin):
        assert fetch(as_person(other), row) == 404
        assert upload(as_person(other), "notice", notice, "a.txt").status_code == 404
    assert not Attachment.objects.visible_to(cast.lin).exists()
    assert list(Attachment.objects.visible_to(cast.wang)) == [row]


def test_who_gets_it_sees_its_files_and_nobody_changes_them(cast: Cast, as_person: As, draft: Draft) -> None:
    notice = draft()
    upload(as_person(cast.wang), "notice", notice, "细则.txt")
    row, reader = Attachment.objects.get(), as_person(cast.lin)
    send(notice, cast.wang)
    assert "细则.txt" in reader.get(f"/notices/{notice.pk}/").content.decode()
    assert fetch(reader, row) == 200
    assert fetch(as_person(cast.outsider), row) == 404
    assert list(Attachment.objects.visible_to(cast.lin)) == [row]
    for person in (cast.lin, cast.wang):
        assert upload(as_person(person), "notice", notice, "b.txt").status_code in {403, 422}
        assert as_person(person).post(f"/files/{row.pk}/bin/", headers=HTMX).status_code in {403, 409}
    assert [one.name for one in Attachment.objects.alive()] == ["细则.txt"]
    links = enclosures(Notice.objects.get(), "notice")
    assert [(one.label, one.url) for one in links] == [("细则.txt", f"/files/{row.pk}/")]


def test_a_correction_brings_files_and_leaves_some_out(cast: Cast, as_person: As, draft: Draft) -> None:
    notice = draft()
    upload(as_person(cast.wang), "notice", notice, "旧.txt", "留.txt")
    old, kept = Attachment.objects.order_by("pk")
    notice = send(notice, cast.wang)
    author, reader = as_person(cast.wang), as_person(cast.lin)
    assert upload(reader, "correction", notice, "x.txt").status_code == 404
    assert upload(author, "correction", notice, "新.txt").status_code == 200
    new = Attachment.objects.get(name="新.txt")
    assert fetch(reader, new) == 404
    assert "新.txt" in author.get(f"/notices/{notice.pk}/correction/").content.decode()
    notice = correct(notice, cast.wang, without={old.pk})
    assert notice.asked_edition == 2, "other files are another notice: it is confirmed again"
    shown = reader.get(f"/talk/notice/{notice.pk}/files/", headers=HTMX).content.decode()
    assert [name in shown for name in ("新.txt", "留.txt", "旧.txt")] == [True, True, False]
    # What went out before stays with its edition.
    assert fetch(reader, old) == 200
    second, first = history(notice)
    assert {one.name for one in first.edition.files.all()} == {"旧.txt", "留.txt"}
    assert {one.name for one in second.edition.files.all()} == {"新.txt", "留.txt"}
    assert kept in Attachment.objects.beside(beside(notice))
    page = reader.get(f"/notices/{notice.pk}/").content.decode()
    assert "<del>旧.txt" in page or "旧.txt</del>" in page


def test_a_discarded_draft_comes_back_with_its_files(cast: Cast, as_person: As, draft: Draft) -> None:
    notice, author = draft(), as_person(cast.wang)
    upload(author, "notice", notice, "排班表.csv")
    writing.discard(notice=notice, by=cast.wang, at=NOW)
    assert not Attachment.objects.alive().exists()
    undo = Undo.objects.get(verb="notice.bring_back")
    assert author.post(f"/undo/{undo.pk}/", headers=HTMX).status_code == 204
    back = Notice.objects.get()
    assert [one.name for one in Attachment.objects.beside(beside(back)).alive()] == ["排班表.csv"]


def test_a_removed_file_comes_back_by_its_undo(cast: Cast, as_person: As, draft: Draft) -> None:
    notice, author = draft(), as_person(cast.wang)
    upload(author, "notice", notice, "a.txt")
    row = Attachment.objects.get()
    assert author.post(f"/files/{row.pk}/bin/", headers=HTMX).status_code == 200
    assert fetch(author, row) == 404
    undo = Undo.objects.get(verb="file.restore")
    assert as_person(cast.lin).post(f"/undo/{undo.pk}/").status_code == 404
    assert author.post(f"/undo/{undo.pk}/", headers=HTMX).status_code == 204
    assert fetch(author, row) == 200
    kinds = Event.objects.filter(subject_kind="notice_files").order_by("pk").values_list("kind", "person_ids")
    assert [kind for kind, _people in kinds] == ["files.added", "files.binned", "files.restored"]
    assert not any(people for _kind, people in kinds)


def test_what_a_holder_leaves_behind_is_swept(
    cast: Cast, as_person: As, draft: Draft, files_home: Path
) -> None:
    notice, author = draft(), as_person(cast.wang)
    upload(author, "notice", notice, "a.txt")
    Notice.objects.all().delete()
    row = Attachment.objects.get()
    assert fetch(author, row) == 404
    files.sweep(at=NOW)
    assert row.path.exists()
    assert files.sweep(at=NOW + timedelta(days=31)) == 1
    assert not row.path.exists()
    assert not Attachment.objects.exists()


def test_a_file_lies_beside_exactly_one_thing(cast: Cast) -> None:
    rest = {"name": "a", "stored": "a", "media_type": "text/plain", "shown_as": "text", "size": 1}
    for place in ({}, {"holder_kind": "notice"}, {"holder_id": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Attachment.objects.create(**rest, **place, sha256="", uploaded_by=cast.lin, uploaded_at=NOW)
