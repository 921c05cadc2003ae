"""Edits of a round of submissions: of a cell or a row of one workbook, of its sheets, or of the files received."""

import hashlib
import io
from collections.abc import Callable

import openpyxl
from openpyxl.workbook import Workbook

from contracts.round_parts import Decision
from tests.support.clean_round import (
    CITY,
    FILE,
    PARK,
    PROVINCE,
    Files,
    workbook,
)
from tests.support.saved import saved


def edited(change: Callable[[Workbook], object], file: str = FILE) -> Callable[[Files], Files]:
    """A round in which one workbook was changed by hand."""

    def edit(files: Files) -> Files:
        book = openpyxl.load_workbook(io.BytesIO(files[file]))
        change(book)
        return files | {file: saved(book)}

    return edit


def cell(address: str, value: object, sheet: str = "表1", file: str = FILE) -> Callable[[Files], Files]:
    def change(book: Workbook) -> None:
        book[sheet][address].value = value

    return edited(change, file)


def row(start: str, *values: object) -> Callable[[Files], Files]:
    """Write values to the right of a cell."""

    def change(book: Workbook) -> None:
        first = book["表1"][start]
        for step, value in enumerate(values):
            book["表1"].cell(first.row, first.column + step).value = value

    return edited(change)


def added(file: str, content: Callable[[], bytes]) -> Callable[[Files], Files]:
    return lambda files: files | {file: content()}


def with_cover(content: bytes, **cells: str | None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for address, value in cells.items():
        book["封面"][address].value = value
    return saved(book)


def without_table(book: Workbook) -> None:
    del book["表1"]


def far_cell(book: Workbook) -> None:
    book["重点工程"]["XFD1048576"].value = "x"


def columns(*edits: tuple[str, tuple[object, ...]]) -> Callable[[Files], Files]:
    """Write values downwards from several cells of Table 1."""

    def change(book: Workbook) -> None:
        for start, values in edits:
            first = book["表1"][start]
            for step, value in enumerate(values):
                book["表1"].cell(first.row + step, first.column).value = value

    return edited(change)


def column_of(book: Workbook, letter: str) -> list[object]:
    return [book["表1"][f"{letter}{at}"].value for at in range(3, 29)]


def swapped_columns(book: Workbook) -> None:
    one, other = column_of(book, "F"), column_of(book, "G")
    for at, (left, right) in enumerate(zip(one, other, strict=True), 3):
        book["表1"][f"F{at}"].value, book["表1"][f"G{at}"].value = right, left


def copied_column(book: Workbook) -> None:
    for at, value in enumerate(column_of(book, "E"), 3):
        book["表1"][f"F{at}"].value = value


def round_figures(book: Workbook) -> None:
    for line in book["表1"]["E7:G28"]:
        for one in line:
            one.value = 5 * round(one.value / 5) if 4 <= one.value <= 100 else float(f"{one.value:.1g}")


def by_one_formula(book: Workbook) -> None:
    for at in range(3, 29):
        base = book["表1"][f"E{at}"].value
        if at in {3, 4, 5}:
            book["表1"][f"F{at}"].value, book["表1"][f"G{at}"].value = round(base * 0.9, 3), round(base * 0.8, 3)
        elif at not in {8, 12, 24, 27}:
            book["表1"][f"F{at}"].value, book["表1"][f"G{at}"].value = round(base * 1.08, 2), round(base * 1.16, 2)


def figures_of_another(files: Files) -> Files:
    """Six rows of 大连 in the workbook of 沈阳."""
    source = openpyxl.load_workbook(io.BytesIO(files[FILE]))["表1"]

    def change(book: Workbook) -> None:
        for at in range(14, 20):
            for column in range(5, 8):
                book["表1"].cell(at, column).value = source.cell(at, column).value

    return edited(change, "submissions/沈阳市.xlsx")(files)


def later_version(change: Callable[[Files], Files], earlier: Callable[[Files], Files] = lambda files: files):
    """The workbook as it was, and a second version with a change."""

    def edit(files: Files) -> Files:
        first = earlier(files)[FILE]
        return files | {FILE: first, "submissions/b.xlsx": with_cover(change({FILE: first})[FILE], B10="2")}

    return edit


def second_table(book: Workbook) -> None:
    book.copy_worksheet(book["表1"])["E9"].value = 13


def hidden_table(book: Workbook) -> None:
    second_table(book)
    book.worksheets[-1].sheet_state = "hidden"


def hidden_rows(book: Workbook) -> None:
    book["表1"].row_dimensions[9].hidden = True


def hidden_column(book: Workbook) -> None:
    book["表1"].column_dimensions["F"].hidden = True


def basic_data(book: Workbook) -> None:
    """Totals that give C01 as it is in the base year and a tenth more in 2025; a row in another unit is not used."""
    table, sheet = book["表1"], book["基础数据"]
    for column, gdp, energy in (("C", 1000, table["E3"].value * 1000), ("D", 1100, table["F3"].value * 1100 * 1.1)):
        sheet[f"{column}3"], sheet[f"{column}5"], sheet[f"{column}6"] = gdp, energy, 5
    sheet["B6"] = "吨"


def decided(content: bytes, *, counts: bool = True) -> Decision:
    return Decision(hashlib.sha256(content).hexdigest(), counts, "电话确认")


def shared(files: Files) -> Files:
    """One table without a cover, in the folders of two pilots."""
    content = with_cover(files[FILE], B4=None, B5=None, B6=None)
    other = "submissions/沈阳市.xlsx"
    return {file: old for file, old in files.items() if file not in {FILE, other}} | {FILE: content, other: content}


def as_a_park(files: Files) -> Files:
    park = workbook("黑龙江省", PARK)
    return files | {FILE: with_cover(park, B4=PROVINCE, B5=CITY, B6="城市")}
