"""Reading the PDFs that tests make, with a reader that is not ours."""

from __future__ import annotations

import io
from typing import Any

from pypdf import PdfReader


def read(content: bytes) -> PdfReader:
    """Return a reader of a PDF."""
    return PdfReader(io.BytesIO(content))


def words(reader: PdfReader) -> str:
    """Return what stands on all pages, without the breaks of lines."""
    return "".join(page.extract_text() for page in reader.pages).replace("\n", "")


def fonts_of(reader: PdfReader) -> list[Any]:
    """Return the fonts that the pages are set in, each of which must be embedded."""
    found = {}
    for page in reader.pages:
        for one in page["/Resources"].get("/Font", {}).values():
            font = one.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            descriptor = inner["/FontDescriptor"]
            assert any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3")), font[
                "/BaseFont"
            ]
            found[font["/BaseFont"]] = font
    return list(found.values())


def links(reader: PdfReader) -> list[str]:
    """Return where the links of all pages lead."""
    return [
        str(one.get_object()["/A"]["/URI"])
        for page in reader.pages
        for one in page.get("/Annots", ())
        if "/URI" in one.get_object().get("/A", {})
    ]
