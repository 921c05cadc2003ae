"""Read one table of a sheet: its header, then its rows with their cells by role and year."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from openpyxl.utils import get_column_letter

from contracts.indicators import Table
from contracts.naming import unit_key
from transforms.intake.cells import Cell, Sheet, address_of
from transforms.intake.tables.found_table import FoundTable, Named, Row
from transforms.intake.tables.header import Header, is_title, read_header
from transforms.intake.tables.notes import read_notes

_FIGURE = re.compile(r"^[^\d\u4e00-\u9fff]{0,3}\d|^.{0,6}\d+[.\d]*.{0,4}$")  # and no sentence with a year in it
_NOTE = re.compile(r"^(?:注|备注|说明|填表|填报|资料来源|数据来源|单位)[：:\d]|^注$")
# 填表人：张三 and the like below a table: persons and telephones, which are published with no indicator.
_SIGNATURE = re.compile(
    r"^(?:填[表报]|制表|报送|审[核定]|复核|联系|(?:单位)?负责|经办)(?:单位|部门|人员?|者|电话|方式|时间|日期)"
    r"\s*(?:[（(]\D{0,6}[）)])?\s*(?:[：:]|$)"
)


def read_table(
    sheet: Sheet,
    rows: dict[int, list[Cell]],
    column: int,
    named: Named,
    span: tuple[int, int],
    tables: dict[str, Table],
    before: Header | None,
) -> FoundTable:
    """Read one table.

    Args:
        sheet: with the table.
        rows: of the sheet, as far as the table may reach.
        column: of the labels.
        named: rows with a label from the guide.
        span: the first row of the header, and the row behind the last one.
        tables: of the guide.
        before: the header of the table before, whose columns are assumed if this one has no years.
    """
    start, end = span
    # The header ends at the first text of the label column that is no title.
    labels = {row: sheet.cells.get((row, column)) for row in rows if start < row < min(named)}
    body = next((row for row, cell in labels.items() if cell and not is_title(cell.text)), min(named))
    header = read_header([cell for row, cells in rows.items() if start <= row < body for cell in cells], column)
    headless = start == min(named) and not header.years  # one with titles of its own is another table
    borrowed = headless and before is not None and _fits(before, column, rows, named)
    if borrowed and before is not None:
        header = before
    if "unit" not in header.roles and (found := _unit_column(rows, named, header, tables)):
        header.roles["unit"] = found
    covered = _covered(sheet)
    notes = read_notes(sheet, max(named)) if not header.transposed else {}
    read = []
    category: str | None = None
    for number in range(body, end):
        if number not in rows:
            if number > max(named):
                break  # an empty row after the last known name ends the table
            continue
        if "category" in header.roles and (printed := sheet.cells.get((number, header.roles["category"]))):
            category = printed.text
        row = _row(sheet, number, header, category, covered, notes)
        if row and (number in named or _is_data(row)):
            read.append(row)
    kinds = Counter(kind for found_kinds in named.values() for kind in found_kinds)
    hidden = tuple(sorted(header.columns & sheet.hidden_columns))
    heads = {cell.column: cell for row, cells in rows.items() if start <= row < body for cell in cells if cell.text}
    undated = tuple(_undated(rows, named, header, heads))
    return FoundTable(sheet.name, sheet.hidden, kinds, start, header, tuple(read), borrowed, hidden, undated)


def _fits(before: Header, column: int, rows: dict[int, list[Cell]], named: Named) -> bool:
    """Return whether rows without a header go on with the columns of the table before: labels and values agree."""
    columns = {cell.column for cell in before.years.values()}
    filled = {row for row in named for cell in rows.get(row, []) if cell.column in columns and _FIGURE.match(cell.text)}
    return before.roles["label"] == column and not before.transposed and len(filled) * 2 > len(named)


def _undated(rows: dict[int, list[Cell]], named: Named, header: Header, heads: Mapping[int, Cell]) -> Iterator[str]:
    """Yield in Chinese the headers of the columns that have a number in most rows and are those of no year."""
    known, first = header.columns, header.roles["label"]
    cells = [cell for row in named for cell in rows.get(row, []) if cell.column > first and cell.column not in known]
    numbers = Counter(cell.column for cell in cells if cell.held != "blank" and _FIGURE.match(cell.text))
    transposed = header.transposed
    for column in sorted(column for column, count in numbers.items() if count * 2 > len(named)):
        place = f"第{column}行" if transposed else f"{get_column_letter(column)}列"
        text = "".join(heads[column].text.split())[:20] if column in heads else ""
        yield f"{place}的表头为“{text}”，不能确定是哪一年的数值" if text else f"{place}没有表头"


def _unit_column(rows: dict[int, list[Cell]], named: Named, header: Header, tables: dict[str, Table]) -> int | None:
    """Find the column of which most cells are legal units, for a table without a title over it."""
    taken = {*header.roles.values(), *(cell.column for cell in header.years.values())}
    legal = {key for table in tables.values() for row in table.indicators for key in (*row.units, unit_key(row.unit))}
    texts = [cell for row in named for cell in rows.get(row, []) if cell.column not in taken and cell.held == "text"]
    filled = Counter(cell.column for cell in texts)
    units = Counter(cell.column for cell in texts if unit_key(cell.text) in legal)
    best = max(filled, key=lambda column: units[column] / filled[column], default=None)
    return best if best is not None and units[best] * 2 > filled[best] else None


def _covered(sheet: Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Return the covered places of merged ranges, each with the place whose content is shown there."""
    last_row = max((row for row, _ in sheet.cells), default=0)
    last_column = max((column for _, column in sheet.cells), default=0)  # a merge may reach to the end of the sheet
    return {
        (row, column): (top, left)
        for top, left, bottom, right in sheet.merged
        for row in range(top, min(bottom, last_row) + 1)
        for column in range(left, min(right, last_column) + 1)
        if (row, column) != (top, left)
    }


def _row(
    sheet: Sheet,
    number: int,
    header: Header,
    category: str | None,
    covered: dict[tuple[int, int], tuple[int, int]],
    notes: Mapping[str, str],
) -> Row | None:
    def at(role: str) -> Cell | None:
        return sheet.cells.get((number, header.roles[role])) if role in header.roles else None

    label = at("label")
    if label and _NOTE.match(label.text.strip()):
        return None
    if any(cell and _SIGNATURE.match(cell.text.strip()) for cell in (at("number"), at("category"), label)):
        return None
    transposed = header.transposed or bool(label and label.transposed)
    unit = at("unit")
    if unit is None and "unit" in header.roles and (number, header.roles["unit"]) in covered:
        unit = sheet.cells.get(covered[number, header.roles["unit"]])  # one unit merged over several rows
    columns = {year: cell.column for year, cell in header.years.items()}
    return Row(
        number=at("number"),
        category=category,
        label=label,
        label_address=address_of(number, header.roles["label"], transposed=transposed),
        unit=unit,
        remark=at("remark"),
        values={year: sheet.cells.get((number, column)) for year, column in columns.items()},
        places={year: address_of(number, column, transposed=transposed) for year, column in columns.items()},
        merged={
            year: address_of(*covered[number, column], transposed=transposed)
            for year, column in columns.items()
            if (number, column) in covered and sheet.cells.get(covered[number, column])
        },
        targets={year: sheet.cells.get((number, cell.column)) for year, cell in header.targets.items()},
        target_places={
            year: address_of(number, cell.column, transposed=transposed) for year, cell in header.targets.items()
        },
        hidden=number in sheet.hidden_rows,
        sheet=sheet.name,
        notes=notes,
    )


def _is_data(row: Row) -> bool:
    """Return whether a row without a known label is data: it has values, or a unit beside its label."""
    return row.filled or bool(row.label and row.unit)
