"""Which files may be stored beside work, by what they are called and by how they begin.

A name alone proves nothing, and browsers guess: the first bytes must agree with the ending. What a browser
could run (HTML, SVG, scripts) or a system could start is not in the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Show = Literal["image", "text", "pdf", "file"]
# So many bytes are enough to recognise every format below.
HEAD_BYTES = 4096


@dataclass(frozen=True)
class FileType:
    """A known kind of file: the type it is sent with, and how a page may show it."""

    media_type: str
    shows: Show


Test = Callable[[bytes], bool]


def _begins(*magics: bytes) -> Test:
    return lambda head: head.startswith(magics)


def _riff(form: bytes) -> Test:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


def _is_iso_media(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


def _is_mpeg_audio(head: bytes) -> bool:
    return head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0)


def _is_pdf(head: bytes) -> bool:
    return b"%PDF-" in head[:1024]


def is_text(head: bytes) -> bool:
    """Whether bytes are text in UTF-8, UTF-16 with a mark, or the Chinese national code."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\0" in head or _begins(b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF")(head):
        return False
    return decode(head, is_cut=True) is not None


def decode(data: bytes, *, is_cut: bool = False) -> str | None:
    """Return bytes as text, or None when they are none; `is_cut` if the last character may be incomplete."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for code in ("utf-8-sig", "gb18030"):
        for cut in range(4 if is_cut else 1):
            try:
                return data[: len(data) - cut].decode(code)
            except UnicodeDecodeError:
                continue
    return None


_ZIP = _begins(b"PK\x03\x04", b"PK\x05\x06")
_OLE = _begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_TABLE: dict[str, tuple[str, Show, Test]] = {
    "png": ("image/png", "image", _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": ("image/jpeg", "image", _begins(b"\xff\xd8\xff")),
    "jpeg": ("image/jpeg", "image", _begins(b"\xff\xd8\xff")),
    "gif": ("image/gif", "image", _begins(b"GIF87a", b"GIF89a")),
    "webp": ("image/webp", "image", _riff(b"WEBP")),
    "bmp": ("image/bmp", "file", _begins(b"BM")),
    "tif": ("image/tiff", "file", _begins(b"II*\0", b"MM\0*")),
    "tiff": ("image/tiff", "file", _begins(b"II*\0", b"MM\0*")),
    "heic": ("image/heic", "file", _is_iso_media),
    "psd": ("image/vnd.adobe.photoshop", "file", _begins(b"8BPS")),
    "ai": ("application/postscript", "file", _begins(b"%!PS", b"%PDF-")),
    "pdf": ("application/pdf", "pdf", _is_pdf),
    "docx": (f"{_OOXML}wordprocessingml.document", "file", _ZIP),
    "xlsx": (f"{_OOXML}spreadsheetml.sheet", "file", _ZIP),
    "pptx": (f"{_OOXML}presentationml.presentation", "file", _ZIP),
    "doc": ("application/msword", "file", _OLE),
    "xls": ("application/vnd.ms-excel", "file", _OLE),
    "ppt": ("application/vnd.ms-powerpoint", "file", _OLE),
    "wps": ("application/vnd.ms-works", "file", lambda head: _OLE(head) or _ZIP(head)),
    "et": ("application/vnd.ms-excel", "file", lambda head: _OLE(head) or _ZIP(head)),
    "odt": (f"{_ODF}text", "file", _ZIP),
    "ods": (f"{_ODF}spreadsheet", "file", _ZIP),
    "odp": (f"{_ODF}presentation", "file", _ZIP),
    "xmind": ("application/vnd.xmind.workbook", "file", _ZIP),
    "csv": ("text/csv", "text", is_text),
    "tsv": ("text/tab-separated-values", "text", is_text),
    "txt": ("text/plain", "text", is_text),
    "log": ("text/plain", "text", is_text),
    "md": ("text/markdown", "text", is_text),
    "json": ("application/json", "text", is_text),
    "srt": ("text/plain", "text", is_text),
    "zip": ("application/zip", "file", _ZIP),
    "rar": ("application/vnd.rar", "file", _begins(b"Rar!\x1a\x07")),
    "7z": ("application/x-7z-compressed", "file", _begins(b"7z\xbc\xaf\x27\x1c")),
    "gz": ("application/gzip", "file", _begins(b"\x1f\x8b")),
    "mp4": ("video/mp4", "file", _is_iso_media),
    "mov": ("video/quicktime", "file", _is_iso_media),
    "m4a": ("audio/mp4", "file", _is_iso_media),
    "mp3": ("audio/mpeg", "file", _is_mpeg_audio),
    "wav": ("audio/wav", "file", _riff(b"WAVE")),
    "eml": ("message/rfc822", "file", is_text),
}
ENDINGS = tuple(_TABLE)


def recognise(name: str, head: bytes) -> FileType | None:
    """Return what a file called `name` that begins with `head` is; None when it may not be stored.

    None also when the two contradict each other: a program called 报表.xlsx.
    """
    entry = _TABLE.get(name.rpartition(".")[2].lower()) if "." in name else None
    if entry is None:
        return None
    media_type, shows, test = entry
    return FileType(media_type, shows) if test(head) else None


def is_known_ending(name: str) -> bool:
    """Whether files with this ending may be stored at all."""
    return "." in name and name.rpartition(".")[2].lower() in _TABLE
