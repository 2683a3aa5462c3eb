"""Files are taken for what they are, by ending and first bytes together."""

from __future__ import annotations

import pytest

from opsloop.engines.filetypes import decode, recognise

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
ZIP = b"PK\x03\x04" + b"\0" * 20


@pytest.mark.parametrize(
    ("name", "head", "media_type"),
    [
        ("图.PNG", PNG, "image/png"),
        ("报表.xlsx", ZIP, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("旧表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-excel"),
        ("说明.txt", "说明".encode("gb18030"), "text/plain"),
        ("数据.csv", "﻿a,b".encode(), "text/csv"),
        ("合同.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("视频.mp4", b"\0\0\0\x20ftypisom", "video/mp4"),
    ],
)
def test_it_recognises(name: str, head: bytes, media_type: str) -> None:
    kind = recognise(name, head)
    assert kind is not None
    assert kind.media_type == media_type


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("图.png", b"<svg onload=alert(1)>"),
        ("图.svg", b"<svg/>"),
        ("页.html", b"<html>"),
        ("程序.exe", b"MZ\x90"),
        ("程序.xlsx", b"MZ\x90"),
        ("程序.txt", b"MZ\x90\0\0"),
        ("说明.txt", b"\x7fELF\0"),
        ("无扩展名", PNG),
        (".png", b""),
        ("图.png.js", PNG),
    ],
)
def test_it_refuses(name: str, head: bytes) -> None:
    assert recognise(name, head) is None


def test_text_is_read_in_the_codes_that_are_in_use() -> None:
    assert decode("汉字".encode("gb18030")) == "汉字"
    assert decode("汉字".encode("utf-16")) == "汉字"
    assert decode("汉字".encode()[:-1], is_cut=True) == "汉"
