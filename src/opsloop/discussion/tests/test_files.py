"""Files beside a task (R20): what may be stored, who gets it back and how, and what stays on the disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from opsloop.activity.models import Undo
from opsloop.discussion.actions import files
from opsloop.discussion.models import Attachment, Beside
from opsloop.organisation.models import Person
from opsloop.organisation.tests.cast import NOW, Cast
from opsloop.records.refusals import Refused
from opsloop.work.models import Task

As = Callable[[Person], Client]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def upload(client: Client, task: Task, *pairs: tuple[str, bytes], **fields: str) -> Any:
    sent = [SimpleUploadedFile(name, content) for name, content in pairs]
    return client.post(f"/talk/task/{task.pk}/files/", {"files": sent, **fields})


def on_disk(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def test_a_file_comes_back_as_it_was(cast: Cast, task: Task, as_person: As, files_home: Path) -> None:
    client = as_person(cast.lin)
    assert upload(client, task, ("九月 报表.csv", "渠道,花费\n抖音,12".encode())).status_code == 200
    row = Attachment.objects.get()
    assert on_disk(files_home) == [row.path]
    assert "报表" not in row.path.name
    response = as_person(cast.chen).get(f"/files/{row.pk}/")
    assert response.content == "渠道,花费\n抖音,12".encode()
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'none'")
    assert policy.endswith("; sandbox")


def test_access_is_asked_for_at_each_request(cast: Cast, task: Task, as_person: As) -> None:
    upload(as_person(cast.lin), task, ("a.txt", b"a"))
    row = Attachment.objects.get()
    task.collaborators.add(cast.outsider)
    client = as_person(cast.outsider)
    assert client.get(f"/files/{row.pk}/").status_code == 200
    task.collaborators.remove(cast.outsider)
    assert client.get(f"/files/{row.pk}/").status_code == 404
    assert client.get(f"/files/{row.pk}/text/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("图.svg", b"<svg onload=alert(1)>"),
        ("页.html", b"<script>"),
        ("表.xlsx", b"MZ\x90"),
        ("空.txt", b""),
        ("a.exe", b"MZ"),
    ],
)
def test_what_may_not_be_stored_is_named_and_leaves_nothing(
    cast: Cast, task: Task, as_person: As, files_home: Path, name: str, content: bytes
) -> None:
    response = upload(as_person(cast.lin), task, (name, content))
    assert response.status_code == 422
    assert name in response.content.decode()
    assert on_disk(files_home) == []


def test_the_good_are_kept_when_one_is_refused(cast: Cast, task: Task, as_person: As) -> None:
    response = upload(as_person(cast.lin), task, ("好.txt", b"a"), ("坏.exe", b"MZ"))
    assert response.status_code == 200
    assert [row.name for row in Attachment.objects.all()] == ["好.txt"]
    assert r"\u574f.exe" in response["HX-Trigger"]


def test_a_file_that_is_too_large_is_refused(
    cast: Cast, task: Task, as_person: As, settings: Any, files_home: Path
) -> None:
    settings.OPSLOOP_MAX_UPLOAD_BYTES = 1000
    assert upload(as_person(cast.lin), task, ("大.txt", b"a" * 1001)).status_code == 422
    assert upload(as_person(cast.lin), task, ("小.txt", b"a" * 1000)).status_code == 200
    assert len(on_disk(files_home)) == 1


def test_an_upload_sent_twice_makes_one(cast: Cast, task: Task, as_person: As, files_home: Path) -> None:
    client = as_person(cast.lin)
    for _turn in range(2):
        assert upload(client, task, ("a.txt", b"a"), submission_key="k").status_code == 200
    assert len(on_disk(files_home)) == Attachment.objects.count() == 1


def test_a_full_disk_is_said_and_leaves_nothing(
    cast: Cast, task: Task, files_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refused, match="磁盘已满"):
        files.attach(place=Beside.of(task), uploads=[SimpleUploadedFile("a.txt", b"a")], by=cast.lin, at=NOW)
    assert on_disk(files_home) == []
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\报表\\九月.xlsx", "九月.xlsx"),
        ("发票\u202egpj.exe", "发票gpj.exe"),
        ("a\r\nb\0.txt", "ab.txt"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        ("...", "文件"),
    ],
)
def test_names_are_kept_without_what_misleads(name: str, kept: str) -> None:
    assert files.clean_name(name) == kept


def test_pictures_are_shown_by_the_type_that_was_found(cast: Cast, task: Task, as_person: As) -> None:
    client = as_person(cast.lin)
    upload(client, task, ("图.png", PNG), ("说明.txt", b"<script>alert(1)</script>"))
    picture, text = Attachment.objects.order_by("pk")
    shown = client.get(f"/files/{picture.pk}/picture/")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert shown["Content-Disposition"].startswith("inline")
    assert client.get(f"/files/{text.pk}/picture/").status_code == 404
    assert "&lt;script&gt;" in client.get(f"/files/{text.pk}/text/").content.decode()


def test_a_deleted_file_comes_back_and_later_goes_for_good(
    cast: Cast, task: Task, as_person: As, files_home: Path
) -> None:
    client = as_person(cast.lin)
    upload(client, task, ("a.txt", b"a"))
    row = Attachment.objects.get()
    client.post(f"/files/{row.pk}/bin/")
    assert client.get(f"/files/{row.pk}/").status_code == 404
    undo = Undo.objects.get(verb="file.restore")
    assert client.post(f"/undo/{undo.pk}/").status_code == 204
    assert client.get(f"/files/{row.pk}/").status_code == 200
    client.post(f"/files/{row.pk}/bin/")
    row.refresh_from_db()
    assert row.deleted_at is not None
    assert files.sweep(at=row.deleted_at + timedelta(days=29)) == 0
    assert len(on_disk(files_home)) == 1
    assert files.sweep(at=row.deleted_at + timedelta(days=31)) == 1
    assert on_disk(files_home) == []
    assert not Attachment.objects.exists()


def test_bytes_without_a_row_are_swept_after_a_day(
    cast: Cast, task: Task, as_person: As, files_home: Path
) -> None:
    upload(as_person(cast.lin), task, ("a.txt", b"a"), ("b.txt", b"b"))
    kept = Attachment.objects.order_by("pk")[1]
    Attachment.objects.order_by("pk")[0].delete()
    for path in on_disk(files_home):
        os.utime(path, (0, 0))
    assert files.sweep(at=NOW) == 1
    assert on_disk(files_home) == [kept.path]
