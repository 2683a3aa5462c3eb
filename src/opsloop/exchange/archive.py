"""Looks into a workbook's zip before any parser does: sizes, names, entities, far-off cells."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from opsloop.exchange import limits
from opsloop.exchange.unreadable import ReadError

_CHUNK = 1 << 18
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^<>]*?)(/?)>")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,10})(\d{1,20})["']""")
_ERROR_CELL = re.compile(
    rb"""<(?:\w+:)?c\b([^<>]*?\st\s*=\s*["']e["'][^<>]*)>(.*?)</(?:\w+:)?c>""", re.DOTALL
)
_VALUE = re.compile(rb"<(?:\w+:)?v[^<>]*>([^<]*)</")
_XML_NAMES = (".xml", ".rels", ".vml")
_NESTED = (b"PK\x03\x04", b"\x1f\x8b\x08", b"Rar!", b"7z\xbc\xaf")


@dataclass
class Workbook:
    """What the look inside found: sheet name -> {(row, column): error text}, 0-based."""

    errors: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)


def inspect(data: bytes) -> Workbook:
    """Return what only the raw parts tell about the .xlsx `data`; raise ReadError if it is not safe to parse."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError, EOFError):
        raise ReadError("corrupt") from None
    _check_directory(entries, data)
    names = {entry.filename.lower(): entry for entry in entries}
    if "xl/workbook.xml" not in names:
        raise ReadError("macros" if "xl/workbook.bin" in names else "wrong_type", {"expected": ".xlsx"})
    return _check_parts(entries, data)


# --- the directory ----------------------------------------------------------------------------------


def _check_directory(entries: list[zipfile.ZipInfo], data: bytes) -> None:
    if len(entries) > limits.PARTS:
        raise ReadError("unsafe_archive", {"part": f"{len(entries)} parts"})
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry)
        if entry.filename.lower() in seen:
            raise ReadError("unsafe_archive", {"part": entry.filename})
        seen.add(entry.filename.lower())
        if entry.flag_bits & 0x1:
            raise ReadError("encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ReadError("unsafe_archive", {"part": entry.filename})
        _check_ratio(entry.filename, entry.file_size, entry.compress_size)
        if "vbaproject" in entry.filename.lower() or "macrosheets" in entry.filename.lower():
            raise ReadError("macros")
    if sum(entry.file_size for entry in entries) > limits.UNPACKED_BYTES:
        raise ReadError("zip_bomb", {"part": max(entries, key=lambda entry: entry.file_size).filename})
    _check_overlap(entries, data)


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    parts = re.split(r"[\\/]", name)
    if not name or "\x00" in name or name[0] in "/\\" or ".." in parts or ":" in name or len(name) > 400:
        raise ReadError("unsafe_archive", {"part": repr(name[:60])})


def _check_ratio(name: str, unpacked: int, packed: int) -> None:
    if unpacked > limits.UNPACKED_BYTES:
        raise ReadError("zip_bomb", {"part": name})
    if unpacked > limits.RATIO_MATTERS_FROM and unpacked > limits.RATIO * max(packed, 1):
        raise ReadError("zip_bomb", {"part": name})


def _check_overlap(entries: list[zipfile.ZipInfo], data: bytes) -> None:
    """Refuse parts that share bytes, as the densest bombs do."""
    reached = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        start, end = entry.header_offset, _start_of(entry, data) + entry.compress_size
        if start < reached or end > len(data):
            raise ReadError("unsafe_archive", {"part": entry.filename})
        reached = end


def _start_of(entry: zipfile.ZipInfo, data: bytes) -> int:
    """Return where the packed bytes of `entry` begin."""
    header = data[entry.header_offset : entry.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
        raise ReadError("corrupt")
    *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    return entry.header_offset + _LOCAL_HEADER.size + int(name_length) + int(extra_length)


# --- the parts --------------------------------------------------------------------------------------


def _check_parts(entries: list[zipfile.ZipInfo], data: bytes) -> Workbook:
    total = 0
    small: dict[str, bytes] = {}
    errors: dict[str, dict[tuple[int, int], str]] = {}
    for entry in entries:
        name = entry.filename.lower()
        sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
        if name.endswith(_XML_NAMES) or name == "[content_types].xml":
            size, failed = _search_xml(entry, data, sheet=sheet)
            if failed:
                errors[name] = _error_cells(b"".join(_unpacked(entry, data)))
        else:
            size = _measure(entry, data)
        total += size
        if total > limits.UNPACKED_BYTES:
            raise ReadError("zip_bomb", {"part": entry.filename})
        if name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[content_types].xml"):
            small[name] = b"".join(_unpacked(entry, data))[: 4 * 2**20]
    if b"macroEnabled" in small.get("[content_types].xml", b""):
        raise ReadError("macros")
    sheets = _sheet_parts(small)
    return Workbook({sheet: errors[part] for sheet, part in sheets.items() if part in errors})


def _unpacked(entry: zipfile.ZipInfo, data: bytes) -> Iterator[bytes]:
    """Yield the unpacked bytes of `entry`, trusting no declared size."""
    start = _start_of(entry, data)
    packed = memoryview(data)[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        for place in range(0, len(packed), _CHUNK):
            yield bytes(packed[place : place + _CHUNK])
        return
    unpacker = zlib.decompressobj(-15)
    size, rest = 0, bytes(packed)
    while not unpacker.eof:
        try:
            chunk = unpacker.decompress(rest, _CHUNK)
        except zlib.error:
            raise ReadError("corrupt") from None
        rest = unpacker.unconsumed_tail
        size += len(chunk)
        if size > entry.file_size:
            raise ReadError("unsafe_archive", {"part": entry.filename})
        if not chunk and not rest:
            raise ReadError("corrupt")
        yield chunk


def _measure(entry: zipfile.ZipInfo, data: bytes) -> int:
    size = 0
    for chunk in _unpacked(entry, data):
        if not size and chunk.startswith(_NESTED) and not entry.filename.lower().startswith("xl/embeddings/"):
            raise ReadError("unsafe_archive", {"part": entry.filename})
        size += len(chunk)
    return size


def _search_xml(entry: zipfile.ZipInfo, data: bytes, *, sheet: bool) -> tuple[int, bool]:
    """Return the unpacked size of a part and whether it has error cells; refuse entities and far cells."""
    size, tail, failed = 0, b"", False
    extent = _Extent()
    for chunk in _unpacked(entry, data):
        if not size and (chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in chunk[:64]):
            raise ReadError("unsafe_archive", {"part": entry.filename})
        size += len(chunk)
        text = tail + chunk
        if b"<!" in text and re.search(rb"<!(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", text, re.IGNORECASE):
            raise ReadError("xml_entities", {"part": entry.filename})
        cut = text.rfind(b"<")
        whole, tail = (text, b"") if cut < 0 else (text[:cut], text[cut:])
        if len(tail) > 4 * 2**20:
            raise ReadError("unsafe_archive", {"part": entry.filename})
        if sheet:
            extent.add(whole)
    if sheet:
        extent.add(tail)
        failed = extent.failed
    return size, failed


class _Extent:
    """The rectangle that holds every cell of a sheet, told tag by tag."""

    def __init__(self) -> None:
        self.top = self.left = 1 << 62
        self.bottom = self.right = 0
        self.row = self.column = 0
        self.failed = False

    def add(self, text: bytes) -> None:
        """Take in the tags of `text`; refuse as soon as the rectangle is too large."""
        for tag in _TAG.finditer(text):
            place = _REFERENCE.search(b" " + tag[2])
            if tag[1] == b"row":
                self.row = int(place[2]) if place else self.row + 1
                self.column = 0
                continue
            if place and place[1]:
                self.column, self.row = _column_number(place[1]), int(place[2])
            else:
                self.column += 1
            if tag[3]:
                continue  # formatted but empty
            if b'"e"' in tag[2] or b"'e'" in tag[2]:
                self.failed = True
            self._grow()

    def _grow(self) -> None:
        if self.top <= self.row <= self.bottom and self.left <= self.column <= self.right:
            return
        self.top, self.bottom = min(self.top, self.row), max(self.bottom, self.row)
        self.left, self.right = min(self.left, self.column), max(self.right, self.column)
        # The parser keeps every row and column up to the last one, from the first used one on.
        if self.bottom > limits.ROWS or self.right > 16_384 or self.bottom * self.right > limits.CELLS:
            raise far_cell(self.row, self.column)


def far_cell(row: int, column: int) -> ReadError:
    """Return the refusal of a sheet that reaches to the 1-based `row` and `column`."""
    letters = ""
    while column and len(letters) < 8:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return ReadError("too_many_cells", {"cell": f"{letters}{row}", "rows": str(limits.ROWS)})


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _error_cells(text: bytes) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for cell in _ERROR_CELL.finditer(text):
        place, value = _REFERENCE.search(b" " + cell[1]), _VALUE.search(cell[2])
        if place and place[1] and value:
            key = (int(place[2]) - 1, _column_number(place[1]) - 1)
            found[key] = value[1].decode("utf-8", "replace").strip() or "#N/A"
    return found


def _sheet_parts(small: dict[str, bytes]) -> dict[str, str]:
    """Return sheet name -> part name, lower case."""
    try:
        relations = ET.fromstring(small["xl/_rels/workbook.xml.rels"])  # noqa: S314 - searched for entities
        book = ET.fromstring(small["xl/workbook.xml"])  # noqa: S314 - searched for entities
    except (KeyError, ET.ParseError):
        raise ReadError("corrupt") from None
    targets = {one.get("Id", ""): one.get("Target", "") for one in relations}
    parts: dict[str, str] = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            key = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
            target = targets.get(key, "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            parts[sheet.get("name", "")] = posixpath.normpath(path).lower()
    if len(parts) > limits.SHEETS:
        raise ReadError("unsafe_archive", {"part": f"{len(parts)} sheets"})
    return parts
