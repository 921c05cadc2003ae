"""Every odd character, and where a submission may hold it."""

import re
import unicodedata
from collections.abc import Mapping

import openpyxl

from tests.support.review_book import edited

# Of every category the first (private use, at U+E000, is the last to begin), all controls, and the ends of what is a
# character.
ONE_EACH = {unicodedata.category(chr(code)): chr(code) for code in range(0xE000, -1, -1)}
ODD = "".join(
    [
        *ONE_EACH.values(),
        *map(chr, (*range(0x20), *range(0x7F, 0xA0), 0xD800, 0x78, 0xDBFF, 0xDFFF, 0xDC00, *range(0xFDD0, 0xFDF0))),
        *(chr(plane | end) for plane in range(0, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)),
        "\u2028\u2029\u202e\u200b\ufeff]]></c>&'\"=1+1",
    ]
)
# Places of a submission, by sheet and cell.
PLACES = {
    "表1": ("A1", "B3", "C6", "C29", "D5", "D29", "E29", "F8", "H4", "H7"),
    "封面": ("B5", "B7", "B8", "B9", "B10"),
    "重点工程": ("A3", "B3", "C3", "D3", "E3", "F3", "G3"),
    "说明": ("A3", "B3", "C3"),
}


def escaped(text: str) -> str:
    """As Excel writes what XML cannot hold."""
    return re.sub(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", lambda one: f"_x{ord(one[0]):04X}_", text)


def with_text(content: bytes, text: str, places: Mapping[str, tuple[str, ...]] = PLACES) -> bytes:
    def change(book: openpyxl.Workbook) -> None:
        for sheet, cells in places.items():
            for cell in cells:
                book[sheet][cell].value = escaped(text)
                book[sheet][cell].data_type = "s"

    return edited(content, change)
