"""What people and programs do to a published package: workbooks edited, damaged, renamed, and things put beside it."""

import os
import random
import re
import socket
from pathlib import Path

from openpyxl.workbook import Workbook

from contracts.review_form import FINDINGS, FORMS, METADATA
from tests.support.containers import packed, parts
from tests.support.review_book import edited

TEXTS = [
    "",
    "同意",
    "=cmd|' /C calc'!A0",
    "\u202e倒",
    "𠮷😀",
    "长" * 32767,
    "_x0000_",
    "a\r\nb\tc",
    "\ufffe\ud7ff",
    "已说明",
    "误报",
]
NAMES = [
    "审" * 80 + ".xlsx", "长" * 85, os.fsdecode(b"\xc9\xf3\xba\xcb.xlsx"), os.fsdecode(b"\xff" * 255), "a\nb.xlsx",
    "~$x.xlsx", ".x.xlsx", ".~x.xlsx", "._x.xlsx", ".~lock.x.xlsx#", "x.XLSX", "x.xls", "x.et", "x.csv", "x.docx",
    "x", " ", "-", "\u202ex.xlsx", "a\\b.xlsx", "datapackage.json.xlsx", "河北省评审工作簿.xlsx", "\ud83d.xlsx".encode(
        "utf-8", "surrogatepass").decode("utf-8", "surrogateescape"),
]  # fmt: skip


def saved_otherwise(book: bytes, draw: random.Random) -> bytes:
    """The workbook after somebody saved it, or after something went wrong with it."""
    ways = [
        _typed,
        _typed,
        _without_columns,
        _renamed_sheets,
        _shuffled,
        _half_letters,
        _flipped,
        _truncated,
        _other_part,
    ]
    return draw.choice(ways)(book, draw)


def _typed(book: bytes, draw: random.Random) -> bytes:
    def change(opened: Workbook) -> None:
        for _ in range(draw.randint(1, 20)):
            sheet = opened[draw.choice(opened.sheetnames)]
            cell = sheet.cell(draw.randint(1, 40), draw.randint(1, 25))
            if hasattr(cell, "value") and type(cell).__name__ == "Cell":
                cell.value = draw.choice(
                    [*(text for text in TEXTS if "\ufffe" not in text), 1, -1.5, 1e300, True, None]
                )

    return edited(book, change)


def _without_columns(book: bytes, draw: random.Random) -> bytes:
    def change(opened: Workbook) -> None:
        sheet = opened[draw.choice([METADATA, *(form.sheet for form in FORMS)])]
        sheet.delete_cols(draw.randint(1, 12), draw.randint(1, 6))
        sheet.delete_rows(draw.randint(1, 12), draw.randint(0, 6))

    return edited(book, change)


def _renamed_sheets(book: bytes, draw: random.Random) -> bytes:
    def change(opened: Workbook) -> None:
        sheet = opened[draw.choice(opened.sheetnames)]
        sheet.title = draw.choice(["Sheet1", "x" * 31, "审核", METADATA.upper(), " "])
        if draw.random() < 0.3:
            opened.copy_worksheet(
                opened[draw.choice([name for name in opened.sheetnames if opened[name] is not sheet])]
            )

    return edited(book, change)


def _shuffled(book: bytes, draw: random.Random) -> bytes:
    def change(opened: Workbook) -> None:
        sheet = opened[FINDINGS.sheet]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        draw.shuffle(rows)
        for number, row in enumerate([*rows, *rows[:5]], 1):
            for column, value in enumerate(row, 1):
                if type(cell := sheet.cell(number, column)).__name__ == "Cell":
                    cell.value = value

    return edited(book, change)


def _half_letters(book: bytes, draw: random.Random) -> bytes:
    """Half a character, as a program writes it, in any text: the metadata too."""
    found = parts(book)
    name = draw.choice([name for name in found if name.startswith("xl/worksheets/sheet") or "sharedStrings" in name])
    texts = list(re.finditer(rb"<t[^>]*>[^<]", found[name])) or [re.match(b"", b"")]
    for at in sorted({draw.choice(texts).end() for _ in range(draw.randint(1, 5))}, reverse=True):
        found[name] = found[name][:at] + draw.choice([b"_xD83D_", b"_xDE00_", b"_x0001_"]) + found[name][at:]
    return packed(found)


def _flipped(book: bytes, draw: random.Random) -> bytes:
    changed = bytearray(book)
    for _ in range(draw.randint(1, 50)):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def _truncated(book: bytes, draw: random.Random) -> bytes:
    return book[: draw.choice([0, 1, 4, draw.randrange(len(book))])]


def _other_part(book: bytes, draw: random.Random) -> bytes:
    found = parts(book)
    name = draw.choice(sorted(found))
    part = found[name]
    at = draw.randrange(len(part) + 1)
    found[name] = draw.choice(
        [b"", part[:at], part[:at] + b"<x/>" + part[at:], part[:at] + b"\x00" + part[at:], part * 2]
    )
    return packed(found)


def maltreat(package: Path, book: str, good: bytes, elsewhere: Path, draw: random.Random) -> bytes | None:
    """Do one thing to a package whose workbook was `good`; the bytes that a person saved by it, if any."""
    content = saved_otherwise(good, draw)
    folders = [package, *(path for path in package.iterdir() if path.is_dir() and not path.is_symlink())]
    place = draw.choice(folders) / draw.choice([*NAMES, f"{draw.random()}.xlsx"])
    what = draw.choice(["book", "file", "file", "file", "folder", "link", "pipe", "socket", "gone", "noise"])
    if what == "gone":
        _remove(package, draw.choice(["notices", "datapackage.json"]))
        return None
    if what == "book":
        place = package / book
        if place.is_symlink() or place.is_dir():
            return None
    elif os.path.lexists(place):
        return None
    if what == "folder":
        place.mkdir()
        place /= draw.choice(["深" * 60, "x"])
        place.mkdir()
        place /= "x.xlsx"
    if what == "link":
        place.symlink_to(draw.choice([str(elsewhere), str(elsewhere.parent), "nowhere", "/dev/zero", "."]))
    elif what == "pipe":
        os.mkfifo(place)
    elif what == "socket":
        _bind(place)
    else:
        content = draw.randbytes(draw.randint(0, 5000)) if what == "noise" else content
        place.write_bytes(content)
        return content
    return None


def _remove(package: Path, name: str) -> None:
    """Take away something of ours."""
    if (package / name).is_dir():
        for path in (package / name).glob("*补正通知.docx"):
            path.unlink()
    else:
        (package / name).unlink(missing_ok=True)


def _bind(place: Path) -> None:
    here = Path.cwd()
    os.chdir(place.parent)
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("s" if len(os.fsencode(place.name)) > 100 else place.name)
    finally:
        os.chdir(here)
