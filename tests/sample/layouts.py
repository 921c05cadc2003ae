"""The layouts in which submissions arrive: each function turns a submission into the bytes of a workbook."""

import datetime as dt
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tests.sample import CONTRACTS, SIMULATED, YEARS, Row, Submission, Value
from tests.support.saved import saved
from transforms.reports.template.workbook import render_template
from transforms.reports.view import KIND_TITLES

THIN = Side(style="thin", color="000000")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEAD = PatternFill("solid", fgColor="DDE6F0")
RED = Font(name="宋体", size=12, bold=True, color="C00000")
YEAR_HEADERS = [f"{year}年" for year in YEARS]
SOURCES = ("市统计局", "市发展改革委", "市工业和信息化局", "市住房城乡建设局", "市交通运输局", "市生态环境局")
# By printed unit: the unit written instead, the factor into it, and the decimals that a person would keep.
OTHER_UNITS: dict[str, tuple[str, float, int]] = {
    "千瓦": ("万千瓦", 1e-4, 1),
    "辆": ("万辆", 1e-4, 3),
    "公顷": ("万亩", 15e-4, 2),
    "吨标准煤/万元": ("吨标煤/万元", 1, 3),
    "MJ/m²": ("kgce/m²", 1 / 29.3076, 2),
}


@dataclass(frozen=True)
class Column:
    """One column of a table: its header, and what each row (with its serial number) has in it."""

    header: Value
    write: Callable[[int, Row], Value]
    width: int = 12


NUMBER = Column("序号", lambda number, _: number, 6)
CATEGORY = Column("类别", lambda _, row: row.category, 27)
LABEL = Column("具体指标", lambda _, row: row.label, 38)
UNIT = Column("单位", lambda _, row: row.unit, 17)
REMARK = Column("备注", lambda _, row: row.remark, 40)


@lru_cache(maxsize=512)
def official(submission: Submission) -> bytes:
    """The official template, filled in; what it has no row for goes to the rows for added indicators."""
    table = CONTRACTS.tables[submission.kind]
    book = render_template(table, CONTRACTS.round, pilot=submission.pilot, province=submission.province)
    cover = book["封面"]
    cover["A2"] = f"{cover['A2'].value}　{SIMULATED}"
    cover["A2"].font = RED
    answers = submission.cover()
    for label, value in cover.iter_rows(max_col=2):
        if label.value in answers:
            value.value = answers[label.value]
    rows: dict[str, Row] = {}
    others = [row for row in submission.rows if row.added or rows.setdefault(row.label, row) is not row]
    sheet = book[table.sheet]
    for cells in sheet.iter_rows(min_row=3, min_col=3, max_col=8):
        label = cells[0].value
        row = rows.get(label) if label else others.pop(0) if others else None
        if row:
            _fill(cells, (row.label, row.unit, *row.values, row.remark))
            sheet.row_dimensions[cells[0].row].height = max(30, _height((row.remark,), (32,)))
    if others:
        raise ValueError(f"the template has no room for {others}")
    for cells, project in zip(book["重点工程"].iter_rows(min_row=3), submission.projects(), strict=False):
        _fill(cells, project)
    for cells, note in zip(book["说明"].iter_rows(min_row=3), submission.notes, strict=False):
        _fill(cells, (note.label, note.what, note.why))
    return saved(book)


def pasted_from_word(submission: Submission) -> bytes:
    """A table copied out of the plan: merged categories, line breaks and spaces in names, no cover, sheet `Sheet1`."""
    book, sheet = _new_book("Sheet1")
    title = CONTRACTS.tables[submission.kind].title.replace("碳达峰试点", f"{submission.pilot}碳达峰试点", 1)
    _write_title(sheet, 1, 1, f"{title}（{SIMULATED}）", 7)
    columns = [
        NUMBER,
        replace(CATEGORY, write=lambda _, row: _broken(row.category, 8), width=19),
        replace(LABEL, write=lambda _, row: _broken(row.label, 14), width=32),
        replace(UNIT, write=lambda _, row: row.unit.replace("m²", "m ²")),
        *_year_columns([f"{year} 年" for year in YEARS]),
    ]
    _write_grid(sheet, 2, 1, columns, submission.rows)
    book.create_sheet("Sheet2")
    book.create_sheet("Sheet3")
    return saved(book)


def with_sources(submission: Submission) -> bytes:
    """Other sheets around it, the table begins at C5 and has the columns 数据来源 and 备注."""
    book, contents = _new_book("目录")
    _fill_rows(contents, 2, 2, [("序号", "内容"), (1, "基本情况"), (2, "指标表")], (8, 40))
    about = book.create_sheet("基本情况")
    kind = KIND_TITLES[submission.kind]
    lines = [
        (f"试点{kind}名称", submission.pilot),
        ("所在省份", submission.province),
        ("填报单位", submission.office),
        ("填报日期", submission.date),
        ("版本", submission.version),
        ("数据性质", SIMULATED),
    ]
    _fill_rows(about, 2, 2, lines, (20, 60))
    sheet = book.create_sheet("指标表")
    _write_title(sheet, 2, 3, f"{submission.pilot}碳达峰试点建设指标", 9)
    sheet.cell(3, 3, f"注：{SIMULATED}").font = RED
    source = Column("数据来源", lambda number, _: SOURCES[number % len(SOURCES)], 20)
    columns = [NUMBER, CATEGORY, LABEL, UNIT, *_year_columns(YEAR_HEADERS), source, REMARK]
    _write_grid(sheet, 5, 3, columns, submission.rows)
    _write_notes(book, submission)
    return saved(book)


def other_units(submission: Submission) -> bytes:
    """Larger or customary units in the column 单位, and the values in them."""
    book = _book_with_cover(submission)
    sheet = book.create_sheet(CONTRACTS.tables[submission.kind].sheet)
    _write_title(sheet, 1, 1, CONTRACTS.tables[submission.kind].title, 8)
    columns = [NUMBER, CATEGORY, LABEL, UNIT, *_year_columns(YEAR_HEADERS), REMARK]
    _write_grid(sheet, 2, 1, columns, [_in_other_unit(row) for row in submission.rows])
    _write_notes(book, submission)
    return saved(book)


def reordered(submission: Submission) -> bytes:
    """No 序号 and no 类别; the years run backwards and say 基期 and 目标."""
    book = _book_with_cover(submission, left=2)
    sheet = book.create_sheet("指标")
    _write_title(sheet, 1, 1, f"{submission.pilot}建设指标（{SIMULATED}）", 6)
    headers = [f"{year}年（{'目标' if position else '基期'}）" for position, year in enumerate(YEARS)]
    columns = [
        replace(LABEL, header="指标名称"),
        *reversed(_year_columns(headers, 16)),
        replace(UNIT, header="计量单位"),
        REMARK,
    ]
    _write_grid(sheet, 3, 1, columns, submission.rows)
    _write_notes(book, submission)
    return saved(book)


def percent_cells(submission: Submission) -> bytes:
    """Shares as percent-formatted fractions, years as numbers under merged 基期 and 目标."""
    book = _book_with_cover(submission, date=dt.date.fromisoformat(submission.date))
    sheet = book.create_sheet(f"附{CONTRACTS.tables[submission.kind].sheet}")
    _write_title(sheet, 1, 1, f"{submission.pilot}{CONTRACTS.tables[submission.kind].title}", 8)
    columns = [NUMBER, CATEGORY, LABEL, UNIT, *_year_columns(YEARS), REMARK]
    _write_grid(sheet, 3, 1, columns, submission.rows)
    for column in (1, 2, 3, 4, 8):
        sheet.move_range(f"{get_column_letter(column)}3", rows=-1)
        sheet.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)
    for column, text in ((5, "基期"), (6, "目标")):
        sheet.cell(2, column, text)
    sheet.merge_cells("F2:G2")
    for cells in sheet["A2:H3"]:
        for cell in cells:
            _dress(cell, head=True)
    for cells, row in zip(sheet.iter_rows(min_row=4, min_col=5, max_col=7), submission.rows, strict=True):
        for cell in cells:
            if row.unit == "%" and isinstance(cell.value, int | float):
                cell.number_format = "0.0%" if cell.value == round(cell.value, 1) else "0.00%"
                cell.value = round(cell.value / 100, 6)
    _write_notes(book, submission)
    return saved(book)


def text_cells(submission: Submission) -> bytes:
    """Every figure is text, in the many ways in which people type; indicators go by other names."""
    book = _book_with_cover(submission)
    sheet = book.create_sheet("试点指标")
    _write_title(sheet, 1, 1, f"{submission.pilot}碳达峰试点指标体系", 8)
    by_code = CONTRACTS.tables[submission.kind].by_code
    rows = []
    for number, row in enumerate(submission.rows):
        item = by_code.get(row.code)
        values = tuple(
            _typed(value, row.unit, item.wanted if item else "any", number, place)
            for place, value in enumerate(row.values)
        )
        rows.append(replace(row, label=item.aliases[0] if item and item.aliases else row.label, values=values))
    _write_grid(sheet, 2, 1, [NUMBER, CATEGORY, LABEL, UNIT, *_year_columns(YEAR_HEADERS, 17), REMARK], rows)
    _write_notes(book, submission)
    return saved(book)


def _in_other_unit(row: Row) -> Row:
    if row.unit not in OTHER_UNITS:
        return row
    unit, factor, digits = OTHER_UNITS[row.unit]
    values = tuple(round(v * factor, digits) if isinstance(v, int | float) else v for v in row.values)
    return replace(row, unit=unit, values=values, remark=row.remark or f"按{unit}填报")


def _typed(value: Value, unit: str, wanted: str, number: int, place: int) -> Value:
    """Write a figure as someone would type it; which way depends on where it stands. Text stays as it is."""
    if not isinstance(value, int | float):
        return value
    text = f"{value:,}" if isinstance(value, int) else str(value)
    if unit == "%" and number % 3 == 0:
        text += "%"
    if number % 3 == 1:
        return "".join(chr(ord(sign) + 0xFEE0) for sign in text)
    if place and number % 5 == 2:
        return f"约{text}"
    if place and number % 5 == 3:
        return f"{text}左右"
    if place and number % 7 == 5 and wanted != "any":
        return f"{'不低于' if wanted == 'up' else '不高于'}{text}"
    return text


def _broken(text: str, every: int) -> str:
    """Break a name into lines as narrow cells of a Word table do, with a stray blank at the end of each."""
    return " \n".join(text[start : start + every] for start in range(0, len(text), every))


def _new_book(sheet: str) -> tuple[Workbook, Worksheet]:
    book = Workbook()
    first = book.worksheets[0]
    first.title = sheet
    return book, first


def _book_with_cover(submission: Submission, *, left: int = 1, date: dt.date | None = None) -> Workbook:
    book, cover = _new_book("封面")
    _write_title(cover, 1, left, "国家碳达峰试点建设指标", 2)
    _write_title(cover, 2, left, SIMULATED, 2)
    cover.cell(2, left).font = RED
    answers = submission.cover() | ({"填报日期": date} if date else {})
    _fill_rows(cover, 4, left, list(answers.items()), (18, 60))
    return book


def _write_notes(book: Workbook, submission: Submission) -> None:
    if submission.notes:
        lines = [("指标", "情况", "说明"), *((note.label, note.what, note.why) for note in submission.notes)]
        _fill_rows(book.create_sheet("说明"), 1, 1, lines, (40, 10, 70))


def _year_columns(headers: Sequence[Value], width: int = 12) -> list[Column]:
    return [Column(header, lambda _, row, at=at: row.values[at], width) for at, header in enumerate(headers)]


def _write_title(sheet: Worksheet, row: int, left: int, text: str, width: int) -> None:
    cell = sheet.cell(row, left, text)
    cell.font = Font(name="宋体", size=14, bold=True)
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.merge_cells(start_row=row, end_row=row, start_column=left, end_column=left + width - 1)
    sheet.row_dimensions[row].height = 32


def _write_grid(sheet: Worksheet, top: int, left: int, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Write header and rows with borders; rows of one category that follow each other share one merged cell."""
    lines = [[column.header for column in columns]]
    lines += [[column.write(number, row) for column in columns] for number, row in enumerate(rows, 1)]
    _fill_rows(sheet, top, left, lines, [column.width for column in columns])
    for cell in sheet[top][left - 1 :]:
        _dress(cell, head=True)
    at = next((left + place for place, column in enumerate(columns) if column.header == CATEGORY.header), None)
    first = top + 1
    for _, members in groupby(rows, key=lambda row: row.category):
        last = first + len(list(members)) - 1
        if at and last > first:
            sheet.merge_cells(start_row=first, end_row=last, start_column=at, end_column=at)
        first = last + 1


def _fill_rows(
    sheet: Worksheet, top: int, left: int, lines: Sequence[Sequence[Value | dt.date]], widths: Sequence[int]
) -> None:
    for place, width in enumerate(widths, left):
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row, line in enumerate(lines, top):
        sheet.row_dimensions[row].height = _height(line, widths)
        for column, value in enumerate(line, left):
            _dress(sheet.cell(row, column, value if value != "" else None))
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0


def _height(texts: Sequence[object], widths: Sequence[int]) -> int:
    """Height of a row that shows all its text: nothing computes it when such a file is opened."""
    cells = zip(map(str, texts), widths, strict=False)
    return 18 * max(sum(-(-_columns(part) // (width - 2)) for part in text.split("\n")) for text, width in cells)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _fill(cells: Sequence, values: Sequence[Value]) -> None:
    for cell, value in zip(cells, values, strict=False):
        cell.value = value if value != "" else None


def _dress(cell, *, head: bool = False) -> None:
    cell.font = Font(name="宋体", size=11, bold=head)
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    cell.border = GRID
    if head:
        cell.fill = HEAD
