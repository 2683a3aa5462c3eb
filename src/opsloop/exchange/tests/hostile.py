"""Builds files that mean harm, or are merely broken: a name, the bytes, the codes that may refuse it.

"read" among the codes says that reading it is right too, because what it carries is never looked at.
Nothing here is stored: every file is made when the tests run, from a seed.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROOT_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_R}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    f'xmlns:r="{_R}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
BOOK_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_R}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def text_cell(reference: str, text: str) -> str:
    """Return the XML of one cell of text."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


GOOD_ROWS = (
    f'<row r="1">{text_cell("A1", "任务")}{text_cell("B1", "负责人")}{text_cell("C1", "工时")}</row>'
    f'<row r="2">{text_cell("A2", "写周报")}{text_cell("B2", "张三")}<c r="C2"><v>2</v></c></row>'
)


def sheet_xml(rows: str = GOOD_ROWS, *, before: str = "", after: str = "") -> str:
    """Return the XML of a sheet with `rows`."""
    return f"{_HEAD}{before}{_SHEET}<sheetData>{rows}</sheetData>{after}</worksheet>"


def parts(**changed: str | bytes) -> dict[str, str | bytes]:
    """Return the parts of a good small workbook; keywords replace sheet, book, book_rels, root, types."""
    return {
        "[Content_Types].xml": changed.get("types", CONTENT_TYPES),
        "_rels/.rels": changed.get("root", ROOT_RELS),
        "xl/workbook.xml": changed.get("book", BOOK),
        "xl/_rels/workbook.xml.rels": changed.get("book_rels", BOOK_RELS),
        "xl/worksheets/sheet1.xml": changed.get("sheet", sheet_xml()),
    }


def packed(files: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return `files` as a zip."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return memory.getvalue()


def book(**changed: str | bytes) -> bytes:
    """Return a small workbook with some parts replaced."""
    return packed(parts(**changed))


def with_part(name: str, content: str | bytes) -> bytes:
    """Return a good workbook with one more part."""
    return packed(parts() | {name: content})


@dataclass(frozen=True)
class Hostile:
    """One file: what it tries, the name it comes under, its bytes, and the codes that answer it."""

    tries: str
    filename: str
    data: bytes
    codes: frozenset[str]


def _made(tries: str, filename: str, data: bytes, *codes: str) -> Hostile:
    return Hostile(tries, filename, data, frozenset(codes))


def corpus() -> Iterator[Hostile]:
    """Yield every kind of hostile file once or a few times."""
    yield from _containers()
    yield from _entities()
    yield from _cells()
    yield from _disguises()
    yield from _macros()
    yield from _old_books()
    yield from _texts()
    yield from _boards()


# --- zips -------------------------------------------------------------------------------------------


def _containers() -> Iterator[Hostile]:
    good = book()
    yield _made("nothing", "a.xlsx", b"", "empty")
    yield _made("only space", "a.xlsx", b" \n\r\n ", "empty")
    for length in (10, 100, len(good) // 2, len(good) - 30):
        yield _made(f"cut at {length}", "a.xlsx", good[:length], "corrupt")
    yield _made("no workbook inside", "a.xlsx", packed({"word/document.xml": "<w/>"}), "wrong_type")
    yield _made("an empty zip", "a.xlsx", packed({}), "wrong_type", "corrupt")
    for name in (
        "../../etc/passwd",
        "/etc/passwd",
        "..\\..\\boot.ini",
        "C:/boot.ini",
        "xl/../../x.xml",
        "a/./../../b",
    ):
        yield _made(f"part named {name}", "a.xlsx", with_part(name, "x"), "unsafe_archive")
    yield _made("two parts of one name", "a.xlsx", _twice(), "unsafe_archive")
    yield _made("two names in different case", "a.xlsx", with_part("XL/Workbook.XML", BOOK), "unsafe_archive")
    yield _made("a zip inside", "a.xlsx", with_part("xl/media/more.zip", good), "unsafe_archive")
    yield _made(
        "a gzip inside", "a.xlsx", with_part("xl/media/i.png", b"\x1f\x8b\x08" + b"0" * 99), "unsafe_archive"
    )
    yield _made(
        "3000 parts",
        "a.xlsx",
        packed(parts() | {f"xl/x/{i}.bin": b"" for i in range(3000)}),
        "unsafe_archive",
    )
    bomb = b"\x00" * (100 * 2**20)
    yield _made("100 MB of nothing", "a.xlsx", with_part("xl/media/a.bin", bomb), "zip_bomb")
    yield _made("spaces in the sheet", "a.xlsx", book(sheet=sheet_xml(" " * (60 * 2**20))), "zip_bomb")
    some = b"\x00" * (60 * 2**20)
    many = packed(parts() | {f"xl/media/{i}.bin": some for i in range(3)})
    yield _made("three bombs", "a.xlsx", many, "zip_bomb")
    yield _made(
        "size that lies",
        "a.xlsx",
        _lying(with_part("xl/media/a.bin", bomb[: 50 * 2**20]), 1000),
        "unsafe_archive",
        "corrupt",
    )
    yield _made("sheet size that lies", "a.xlsx", _lying(book(), 10), "unsafe_archive", "corrupt")
    yield _made("size of 4 GB declared", "a.xlsx", _lying(book(), 0xFFFFFFF0), "zip_bomb")
    yield _made("parts over each other", "a.xlsx", _overlapping(), "unsafe_archive", "corrupt")
    yield _made("locked zip", "a.xlsx", _flagged(good), "encrypted")
    yield _made("bzip2 inside", "a.xlsx", packed(parts(), zipfile.ZIP_BZIP2), "unsafe_archive")
    yield _made("lzma inside", "a.xlsx", packed(parts(), zipfile.ZIP_LZMA), "unsafe_archive")
    yield _made("stored parts", "a.xlsx", packed(parts(), zipfile.ZIP_STORED), "read")
    yield _made(
        "bytes before the zip",
        "a.xlsx",
        b"PK\x03\x04" + b"junk" * 50 + good,
        "corrupt",
        "unsafe_archive",
        "read",
    )
    yield _made("no directory", "a.xlsx", good[: good.rfind(b"PK\x01\x02")], "corrupt")
    yield _made("broken deflate", "a.xlsx", _scrambled(good), "corrupt", "unsafe_archive")


def _twice() -> bytes:
    data = with_part("xl/workbook.xmm", BOOK.replace("S", "T"))
    return data.replace(b"xl/workbook.xmm", b"xl/workbook.xml")


def _lying(data: bytes, size: int) -> bytes:
    """Return the zip with the unpacked size of its last part, in the directory, set to `size`."""
    place = data.rfind(b"PK\x01\x02")
    return data[: place + 24] + struct.pack("<I", size) + data[place + 28 :]


def _flagged(data: bytes) -> bytes:
    place = data.find(b"PK\x01\x02")
    return data[: place + 8] + b"\x01\x00" + data[place + 10 :]


def _overlapping() -> bytes:
    """Return a zip whose last two directory entries point at the same bytes."""
    data = bytearray(with_part("xl/worksheets/sheet2.xml", sheet_xml()))
    last = data.rfind(b"PK\x01\x02")
    before = data.rfind(b"PK\x01\x02", 0, last)
    data[last + 42 : last + 46] = data[before + 42 : before + 46]
    return bytes(data)


def _scrambled(data: bytes) -> bytes:
    middle = data.rfind(b"PK\x03\x04") + 80
    return data[:middle] + b"\xff" * 20 + data[middle + 20 :]


# --- XML --------------------------------------------------------------------------------------------

XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
REMOTE = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/evil.dtd">'
PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>'
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 10)
) + "]>"  # fmt: skip
QUADRATIC = "<!DOCTYPE x [<!ENTITY a '" + "A" * 50_000 + "'>]>"


def _entities() -> Iterator[Hostile]:
    uses = f'<row r="1">{text_cell("A1", "&e;")}</row>'
    for name, declared in (
        ("file entity", XXE), ("remote DTD", REMOTE), ("parameter entity", PARAMETER),
        ("billion laughs", LAUGHS), ("quadratic blow-up", QUADRATIC), ("lower-case doctype", XXE.lower()),
    ):  # fmt: skip
        data = book(sheet=sheet_xml(uses, before=declared))
        yield _made(f"{name} in the sheet", "a.xlsx", data, "xml_entities")
        yield _made(f"{name} in the book", "a.xlsx", book(book=_HEAD + declared + BOOK[21:]), "xml_entities")
    for part in (
        "xl/sharedStrings.xml",
        "xl/styles.xml",
        "docProps/core.xml",
        "xl/drawings/vml1.vml",
        "xl/a.xml.rels",
    ):
        yield _made(
            f"entity in {part}", "a.xlsx", with_part(part, _HEAD + XXE + "<x>&e;</x>"), "xml_entities"
        )
    yield _made(
        "entity in the content types", "a.xlsx", book(types=_HEAD + XXE + CONTENT_TYPES[55:]), "xml_entities"
    )
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        data = book(sheet=sheet_xml(uses, before=XXE).replace("UTF-8", encoding.upper()).encode(encoding))
        yield _made(f"entity in {encoding}", "a.xlsx", data, "unsafe_archive", "xml_entities")
    late = sheet_xml(GOOD_ROWS + "<!--" + "x" * 262_100 + "-->", before="").replace(
        "<sheetData>", XXE + "<sheetData>"
    )
    yield _made("entity late in the part", "a.xlsx", book(sheet=late), "xml_entities", "zip_bomb")
    split = _HEAD + " " * (2**18 - len(_HEAD) - 4) + XXE + sheet_xml()[len(_HEAD) :]
    yield _made("entity across chunks", "a.xlsx", book(sheet=split), "xml_entities")
    deep = "<a>" * 200_000 + "</a>" * 200_000
    yield _made("200,000 levels", "a.xlsx", book(sheet=sheet_xml(deep)), "corrupt", "read")
    yield _made(
        "200,000 levels in the book",
        "a.xlsx",
        book(book=BOOK.replace("<sheets>", deep + "<sheets>")),
        "corrupt",
        "read",
        "too_hard",
    )
    yield _made("unclosed", "a.xlsx", book(sheet=sheet_xml()[:-40]), "corrupt", "read")
    yield _made("no XML at all", "a.xlsx", book(sheet=b"\x01\x02\x03" * 500), "corrupt", "read")
    yield _made(
        "attribute of 6 MB",
        "a.xlsx",
        book(sheet=sheet_xml(f'<row r="1" x="{_noise(6 * 2**20)}">')),
        "unsafe_archive",
        "corrupt",
    )
    yield _made(
        "entity from nowhere",
        "a.xlsx",
        book(sheet=sheet_xml(f'<row r="1">{text_cell("A1", "&nope;")}</row>')),
        "corrupt",
        "read",
    )
    yield _made(
        "surrogate by number",
        "a.xlsx",
        book(sheet=sheet_xml(f'<row r="1">{text_cell("A1", "&#xD800;")}</row>')),
        "corrupt",
        "read",
    )
    yield _made(
        "book without sheets",
        "a.xlsx",
        book(book=BOOK.replace('<sheet name="S" sheetId="1" r:id="rId1"/>', "")),
        "no_sheets",
        "corrupt",
    )
    yield _made(
        "sheet that is not there", "a.xlsx", book(book_rels=BOOK_RELS.replace("sheet1", "sheet9")), "corrupt"
    )
    yield _made(
        "sheet on the network",
        "a.xlsx",
        book(book_rels=BOOK_RELS.replace("worksheets/sheet1.xml", "http://127.0.0.1:9/s.xml")),
        "corrupt",
    )
    yield _made(
        "links to other books",
        "a.xlsx",
        with_part(
            "xl/externalLinks/externalLink1.xml", '<externalLink><externalBook r:id="rId1"/></externalLink>'
        ),
        "read",
    )
    hidden = BOOK.replace('name="S"', 'name="S" state="hidden"')
    yield _made("every sheet hidden", "a.xlsx", book(book=hidden), "no_sheets")


def _noise(length: int) -> str:
    return random.Random(7).randbytes(length // 2).hex()


# --- cells ------------------------------------------------------------------------------------------


def _cells() -> Iterator[Hostile]:
    for reference in (
        "XFD1048576",
        "A2147483647",
        "A4294967295",
        "A99999999999999999999",
        "ZZZZZZ1",
        "XFE1",
        "A1048577",
        "ALL1048576",
    ):
        rows = GOOD_ROWS + f'<row r="3">{text_cell(reference, "x")}</row>'
        yield _made(f"a cell at {reference}", "a.xlsx", book(sheet=sheet_xml(rows)), "too_many_cells")
    for row in ("2147483647", "1048576", "99999999999"):
        rows = GOOD_ROWS + f'<row r="{row}"><c><v>1</v></c></row>'
        yield _made(f"a row {row}", "a.xlsx", book(sheet=sheet_xml(rows)), "too_many_cells")
    for reference in ("A0", "0", "", "A-1", "1A", "中1", "A1:B2"):
        rows = GOOD_ROWS + f'<row r="3">{text_cell(reference, "x")}</row>'
        yield _made(f"a cell at “{reference}”", "a.xlsx", book(sheet=sheet_xml(rows)), "corrupt", "read")
    wide = "".join(f'<c r="{_letters(column)}1"><v>1</v></c>' for column in range(0, 16_000, 7))
    tall = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(2, 40_000, 11))
    yield _made(
        "a wide row and a tall column",
        "a.xlsx",
        book(sheet=sheet_xml(f'<row r="1">{wide}</row>{tall}')),
        "too_many_cells",
    )
    formatted = GOOD_ROWS + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    yield _made("only formats far out", "a.xlsx", book(sheet=sheet_xml(formatted)), "read")
    size = f"{_HEAD}{_SHEET}<dimension ref='A1:XFD1048576'/><sheetData>{GOOD_ROWS}</sheetData></worksheet>"
    yield _made("size claimed, not used", "a.xlsx", book(sheet=size), "read")
    yield _made(
        "string that is not there",
        "a.xlsx",
        book(sheet=sheet_xml('<row r="1"><c r="A1" t="s"><v>4000000000</v></c></row>')),
        "corrupt",
        "read",
        "too_hard",
    )
    many = 4294967295
    strings = f'<sst xmlns="{_MAIN}" count="{many}" uniqueCount="{many}"/>'
    yield _made(
        "4 billion strings claimed",
        "a.xlsx",
        with_part("xl/sharedStrings.xml", strings),
        "read",
        "corrupt",
        "too_hard",
    )
    merges = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    yield _made("everything merged", "a.xlsx", book(sheet=sheet_xml(after=merges)), "read", "corrupt")
    strange = '<mergeCells count="9"><mergeCell ref="ZZZ0:A-1"/><mergeCell ref=""/></mergeCells>'
    yield _made("merges of nothing", "a.xlsx", book(sheet=sheet_xml(after=strange)), "read", "corrupt")
    deep = sheet_xml(GOOD_ROWS.replace("<v>2</v>", f"<f>{'(' * 50_000}1{')' * 50_000}</f><v>2</v>"))
    yield _made("a formula 50,000 deep", "a.xlsx", book(sheet=deep), "read", "corrupt")
    long = sheet_xml(GOOD_ROWS.replace("写周报", "字" * 2_000_000))
    yield _made("a cell of 2 million characters", "a.xlsx", book(sheet=long), "read", "unsafe_archive")
    dates = sheet_xml(GOOD_ROWS.replace("<v>2</v>", "<v>1e308</v>"))
    yield _made("a number past all numbers", "a.xlsx", book(sheet=dates), "read", "corrupt")
    yield _made(
        "not a number",
        "a.xlsx",
        book(sheet=sheet_xml(GOOD_ROWS.replace("<v>2</v>", "<v>NaN</v>"))),
        "read",
        "corrupt",
    )


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# --- files that are something else ------------------------------------------------------------------


def _disguises() -> Iterator[Hostile]:
    page = "<html><body><table><tr><td>任务</td></tr></table></body></html>".encode()
    for name in ("a.xls", "a.xlsx", "a.csv"):
        yield _made(f"a web page as {name}", name, page, "html", "wrong_type")
    yield _made(
        "a table of HTML in GBK", "a.xls", "<table><tr><td>任务</td></tr></table>".encode("gbk"), "html"
    )
    xml = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'
    yield _made("XML of 2003", "a.xls", xml, "wrong_type")
    starts = {
        "PDF": b"%PDF-1.7\n",
        "PNG": b"\x89PNG\r\n\x1a\n",
        "JPEG": b"\xff\xd8\xff\xe0",
        "EXE": b"MZ\x90\x00",
        "ELF": b"\x7fELF",
        "gzip": b"\x1f\x8b\x08\x00",
        "RAR": b"Rar!\x1a\x07",
        "7z": b"7z\xbc\xaf\x27\x1c",
    }
    for kind, start in starts.items():
        for name in ("a.xlsx", "a.csv"):
            yield _made(f"{kind} as {name}", name, start + random.Random(3).randbytes(3000), "wrong_type")
    yield _made("a workbook as .csv", "a.csv", book(), "wrong_type")
    yield _made("text as .xlsx", "a.xlsx", "任务,负责人\n写周报,张三\n".encode(), "wrong_type")
    yield _made("noise as .xlsx", "a.xlsx", random.Random(5).randbytes(5000), "wrong_type", "corrupt")
    yield _made("noise as .xls", "a.xls", random.Random(6).randbytes(5000), "wrong_type", "corrupt")
    for name in ("a.exe", "a.docx", "a.pdf", "a.ods", "a.sh", "a.svg"):
        yield _made(f"a file called {name}", name, b"hello, world", "unsupported")


def _macros() -> Iterator[Hostile]:
    yield _made("xlsm", "a.xlsm", book(), "macros")
    yield _made("xlsb", "a.xlsb", packed({"xl/workbook.bin": b"x"}), "macros")
    yield _made("macros in an .xlsx", "a.xlsx", with_part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "macros")
    yield _made("macro sheet", "a.xlsx", with_part("xl/macrosheets/sheet1.xml", "<x/>"), "macros")
    types = CONTENT_TYPES.replace(
        "openxmlformats-officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"
    )
    yield _made("macros by content type", "a.xlsx", book(types=types), "macros")
    yield _made(
        "binary book as .xlsx",
        "a.xlsx",
        packed({"xl/workbook.bin": b"x", "[Content_Types].xml": CONTENT_TYPES}),
        "macros",
    )


# --- the old container ------------------------------------------------------------------------------


def compound(*streams: tuple[str, bytes], loop: bool = False) -> bytes:
    """Return a compound file with `streams`, each at least 4,096 bytes; `loop` ties the first into a ring."""
    sectors: list[bytes] = []
    table: list[int] = []
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1 if streams else 0xFFFFFFFF)]
    for number, (name, content) in enumerate(streams, 1):
        padded = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\x00")
        start = len(sectors)
        for place in range(0, len(padded), 512):
            sectors.append(padded[place : place + 512])
            table.append(len(sectors))
        table[-1] = start if loop else 0xFFFFFFFE
        right = number + 1 if number < len(streams) else 0xFFFFFFFF
        entries.append(_entry(name, 2, start, len(padded), right=right))
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * 512, b"\x00")
    first = len(sectors)
    for place in range(0, len(directory), 512):
        sectors.append(directory[place : place + 512])
        table.append(len(sectors))
    table[-1] = 0xFFFFFFFE
    count = -(-(len(table) + 1) // 128)
    tables = list(range(len(sectors), len(sectors) + count))
    table += [0xFFFFFFFD] * count
    packed_table = struct.pack(f"<{len(table)}I", *table).ljust(count * 512, b"\xff")
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\x00" * 16
        + struct.pack(
            "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, count, first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0
        )
    )
    header += struct.pack(f"<{109}I", *(tables + [0xFFFFFFFF] * (109 - count)))
    return header + b"".join(sectors) + packed_table


def _entry(
    name: str, kind: int, start: int, size: int, *, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
) -> bytes:
    coded = name.encode("utf-16-le") + b"\x00\x00"
    return (
        coded.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(coded), kind, 1, 0xFFFFFFFF, right, child)
        + b"\x00" * 36
        + struct.pack("<IQ", start, size)
    )


def record(kind: int, content: bytes = b"") -> bytes:
    """Return one record of the old format."""
    return struct.pack("<HH", kind, len(content)) + content


def old_book(cells: bytes, *, name: bytes = b"S") -> bytes:
    """Return the stream of an old workbook with one sheet holding the records `cells`."""
    begin = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0x1CC2, 1997, 0, 6))
    bound = struct.pack("<IBBBB", 0, 0, 0, len(name), 0) + name
    head = len(begin) + 4 + len(bound) + 4
    bound = struct.pack("<IBBBB", head, 0, 0, len(name), 0) + name
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x1CC2, 1997, 0, 6)) + cells + record(0x0A)
    return begin + record(0x85, bound) + record(0x0A) + sheet


def old_text(row: int, column: int, text: str) -> bytes:
    """Return a cell of text in the old format."""
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def old_number(row: int, column: int, number: float) -> bytes:
    """Return a cell with a number in the old format."""
    return record(0x203, struct.pack("<HHHd", row, column, 0, number))


def good_old_book() -> bytes:
    """Return an .xls with headings and one task."""
    headings = b"".join(
        old_text(0, place, text) for place, text in enumerate(("任务名称", "负责人", "工时(h)"))
    )
    row = old_text(1, 0, "写周报") + old_text(1, 1, "张三") + old_number(1, 2, 2.5)
    return compound(("Workbook", old_book(headings + row)))


def _old_books() -> Iterator[Hostile]:
    good = good_old_book()
    yield _made(
        "old: locked .xlsx",
        "a.xlsx",
        compound(("EncryptionInfo", b"x"), ("EncryptedPackage", b"y" * 5000)),
        "encrypted",
    )
    locked = old_book(record(0x2F, b"\x01\x00" + b"\x00" * 50))
    yield _made(
        "old: locked .xls",
        "a.xls",
        compound(
            ("Workbook", locked[:20] + record(0x2F, b"\x01\x00\x01\x00\x01\x00" + b"\x07" * 48) + locked[20:])
        ),
        "encrypted",
        "corrupt",
    )
    yield _made("old: a Word file", "a.xls", compound(("WordDocument", b"x" * 5000)), "wrong_type")
    yield _made(
        "old: macros", "a.xls", compound(("Workbook", old_book(b"")), ("_VBA_PROJECT", b"x" * 5000)), "macros"
    )
    yield _made(
        "old: a ring of sectors",
        "a.xls",
        compound(("Workbook", old_book(b"")), loop=True),
        "corrupt",
        "too_slow",
        "too_hard",
        "read",
    )
    yield _made("old: only the magic", "a.xls", good[:8] + b"\x00" * 600, "corrupt", "wrong_type")
    for length in (600, 1500, len(good) - 400):
        yield _made(
            f"old: cut at {length}", "a.xls", good[:length], "read", "corrupt", "wrong_type", "too_hard"
        )
    noise = random.Random(9)
    for number in range(6):
        broken = bytearray(good)
        for _ in range(60):
            broken[noise.randrange(24, len(broken))] = noise.randrange(256)
        yield _made(
            f"old: noise {number}",
            "a.xls",
            bytes(broken),
            "corrupt",
            "wrong_type",
            "too_hard",
            "too_many_cells",
            "no_sheets",
            "encrypted",
            "read",
            "too_slow",
        )
    far = old_text(0, 0, "任务") + old_number(65535, 255, 1)
    yield _made(
        "old: the last cell of all",
        "a.xls",
        compound(("Workbook", old_book(far))),
        "too_many_cells",
        "too_hard",
    )
    yield _made(
        "old: record of 64 KB cut short",
        "a.xls",
        compound(("Workbook", old_book(struct.pack("<HH", 0x204, 0xFFFF)))),
        "corrupt",
        "read",
    )
    yield _made(
        "old: string longer than its record",
        "a.xls",
        compound(("Workbook", old_book(record(0x204, struct.pack("<HHHHB", 0, 0, 0, 60000, 1))))),
        "corrupt",
        "read",
    )
    yield _made(
        "old: 100 MB in the header",
        "a.xls",
        good[:44] + struct.pack("<I", 0x7FFFFFFF) + good[48:],
        "corrupt",
        "too_hard",
        "read",
    )


# --- text -------------------------------------------------------------------------------------------


def _texts() -> Iterator[Hostile]:
    head = "任务,负责人,工时\n"
    yield _made("zero bytes", "a.csv", b"a\x00\x00b\x01c" * 50, "wrong_type", "encoding")
    yield _made("noise as .csv", "a.csv", random.Random(8).randbytes(4000), "wrong_type", "encoding")
    yield _made(
        "a quotation mark never closed",
        "a.csv",
        (head + '"写周报,张三,2\n' + "乙,李四,3\n" * 50).encode(),
        "corrupt_row",
    )
    yield _made("30,001 rows", "a.csv", (head + "写周报,张三,2\n" * 30_001).encode(), "too_many_cells")
    yield _made("20,000 columns", "a.csv", (",".join(["任务"] * 20_000) + "\n").encode(), "too_many_cells")
    yield _made("a cell of 3 MB", "a.csv", (head + "字" * 1_000_000 + ",张三,2\n").encode(), "corrupt_row")
    yield _made("only commas", "a.csv", b"," * 3_000_000, "too_many_cells")
    yield _made("only line ends", "a.csv", b"x" + b"\n" * 3_000_000, "too_many_cells")
    yield _made("only quotation marks", "a.csv", b'"' * 2_000_001, "corrupt_row")
    yield _made(
        "UTF-16 cut in a character",
        "a.csv",
        b"\xff\xfe" + head.encode("utf-16-le") + b"\x00",
        "encoding",
        "wrong_type",
    )
    yield _made("surrogates in UTF-8", "a.csv", head.encode() + b"\xed\xa0\x80,x,1\n", "encoding", "read")
    yield _made("26 MB", "a.csv", b"x" * (26 * 2**20), "too_large")
    yield _made("formulas", "a.csv", (head + "=cmd|'/c calc'!A1,@SUM(1),+1\n").encode(), "read")
    yield _made("directions turned round", "a.csv", (head + "\u202etxt.exe\u202c,张三,2\n").encode(), "read")


def _boards() -> Iterator[Hostile]:
    yield _made(
        "JSON 500,000 deep",
        "a.json",
        b'{"cards":' + b"[" * 500_000 + b"]" * 500_000 + b"}",
        "not_trello",
        "too_hard",
    )
    yield _made("JSON of another kind", "a.json", b'{"a": 1}', "not_trello")
    yield _made("JSON cut short", "a.json", b'{"cards": [{"name": "x"', "not_trello")
    yield _made(
        "cards that are none",
        "a.json",
        b'{"cards": [1, null, "x", [], {"name": 5, "idMembers": 7, "labels": "x"}]}',
        "read",
    )
    yield _made(
        "a number of 100,000 digits",
        "a.json",
        b'{"cards": [{"name": ' + b"9" * 100_000 + b"}]}",
        "not_trello",
        "read",
    )
    yield _made("not JSON", "a.json", b"hello", "not_trello")
