"""Turn the rows of a table into observations: match each row with an indicator, parse and convert its cells."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.indicators import Indicator, Table
from contracts.naming import name_key, unit_key
from contracts.round import Round
from transforms.intake.cells import Cell
from transforms.intake.doubts import find_doubt, read_unit_in_brackets, remarks_of
from transforms.intake.tables.found_table import FoundTable, Row
from transforms.intake.tables.header import is_estimate
from transforms.intake.tables.indicator_names import Label, changed_indicator, find_label, suggest
from transforms.intake.values.cell_text import parse_cell
from transforms.intake.values.cell_value import UNREADABLE, CellValue
from transforms.intake.values.footnote_marks import shown_with_marks
from transforms.intake.values.remarks import is_narrowing
from transforms.intake.values.unit_conversion import ConvertedValue, convert_row, resolve_relative_targets
from transforms.intake.year_columns import year_columns


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """A row with its indicator; an added one has no indicator and the code X-n.

    `row` is None for an indicator that the table lacks. `hint`: in Chinese, which of these an added row may be meant
    for.
    """

    row: Row | None
    code: str
    indicator: Indicator | None
    label: Label | None = None
    twice: bool = False
    hint: str | None = None


def match_rows(found: FoundTable, table: Table) -> list[IndicatorRow]:
    """Match every row with an indicator, and add an entry without a row for each indicator that the table lacks.

    A row is matched by its label; else by serial number, category and unit in agreement, unless another row has that
    indicator's name. Of several rows of one indicator those without any value are dropped.
    """
    labels = [find_label(row.label.text, table) if row.label else None for row in found.rows]
    named = {label.indicator.code for label in labels if label}
    known = [
        (row, label, label.indicator if label else _by_number(row, table, named))
        for row, label in zip(found.rows, labels, strict=True)
    ]
    filled = {indicator.code for row, _, indicator in known if indicator and row.filled}
    kept = [one for one in known if one[2] is None or one[0].filled or one[2].code not in filled]
    counts = Counter(indicator.code for _, _, indicator in kept if indicator)
    rows: list[IndicatorRow] = []
    absent = [indicator for indicator in table.indicators if not counts[indicator.code]]
    added = 0
    for row, label, indicator in kept:
        added += indicator is None
        code = indicator.code if indicator else f"X-{added}"
        hint = None if indicator or not row.label else _hint(row.label.text, absent, table)
        rows.append(IndicatorRow(row, code, indicator, label, bool(indicator and counts[indicator.code] > 1), hint))
    return rows + [IndicatorRow(None, indicator.code, indicator) for indicator in absent]


def observe(
    known: IndicatorRow, found: FoundTable, round_: Round, about: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield one observation for each year of the round and of the table; `about` has the columns about the file.

    In a progress round a reported year has its actual value, and one more observation for its target where a column has
    that: `restated`.
    """
    row, indicator = known.row, known.indicator
    columns = year_columns(found.header, row, round_)
    years = [column.year for column in columns]
    cells = [column.cell for column in columns]
    merged = [row.merged.get(column.year) if row and not column.restated else None for column in columns]
    share = indicator is not None and indicator.printed_scale == "%"
    parsed = [UNREADABLE if cover else parse_cell(cell, share=share) for cell, cover in zip(cells, merged, strict=True)]
    parsed = _dashes_as_missing(parsed)
    unit_text = row.unit.text.strip() if row and row.unit else known.label.unit if known.label else None
    if indicator:
        parsed = [read_unit_in_brackets(one, indicator) for one in parsed]
    remarks = [remarks_of(row, known.label, one) for one in parsed]
    doubts = [
        find_doubt(one, beside, row, indicator, year) if row and indicator else None
        for one, beside, year in zip(parsed, remarks, years, strict=True)
    ]
    converted = (
        _convert(years, indicator, unit_text, parsed, doubts)
        if indicator
        else [_as_given(one, unit_text) for one in parsed]
    )
    label = row.label.text.strip() if row and row.label else None
    about_row = {
        **about,
        "indicator": known.code,
        "label": shown_with_marks(row.label).strip() if indicator and row and row.label else label,
        "sheet": row.sheet if row else found.sheet,
        "name": indicator.name if indicator else label,
        "label_key": known.label.key if known.label else name_key(label) if label else None,
        "label_cell": row.label_address if row else None,
        "unit_cell": _address(row.unit) or row.label_address if row else None,
        "remark": (row.remark_text or None) if row else None,
        "twice": known.twice,
    }
    for column, cover, one, result, beside, doubt in zip(
        columns, merged, parsed, converted, remarks, doubts, strict=True
    ):
        year, cell = column.year, column.cell
        # Of a share, 10 % less may mean ten points or a tenth.
        is_change = one.change is not None and result.value is None and result.unit not in {None, "%"}
        yield {
            **about_row,
            "year": year,
            "role": "target" if column.restated else round_.role(year),
            "raw_value": _as_shown(cell),
            "raw_unit": result.raw_unit,
            "number_format": (cell.number_format or None) if cell and cell.held == "number" else None,
            "value": result.value,
            "unit": result.unit,
            "qualifier": one.qualifier,
            "conversion": result.conversion,
            "usable": False,  # decided when everything is judged
            "cell": column.place,
            "year_cell": column.header,
            "year_twice": column.twice,
            "estimate": column.estimate or (round_.role(year) == "actual" and is_estimate(_as_shown(cell) or "")),
            "restated": column.restated,
            "held": "merged" if cover else cell.held if cell else "blank",
            "detail": cover or known.hint or one.problem or doubt,
            "cell_remark": "；".join(beside) or None,
            "doubt": doubt,
            "unit_from": result.unit_from,
            "change": float(one.change) if is_change and one.change is not None else None,
            "change_since": one.base_year if is_change else None,
            "percent": one.percent,
        }


def _dashes_as_missing(parsed: Sequence[CellValue]) -> list[CellValue]:
    """Read a dash or slash as missing where another year of the row has a value, so that the indicator applies."""
    applies = any(one.qualifier not in {"missing", "not_applicable"} for one in parsed)
    return [one._replace(qualifier="missing", problem=None) if applies and one.is_dash else one for one in parsed]


def _convert(
    years: Sequence[int],
    indicator: Indicator,
    unit_text: str | None,
    parsed: Sequence[CellValue],
    doubts: Sequence[str | None],
) -> list[ConvertedValue]:
    """Convert the cells of a row; no relative target is computed from a doubtful base."""
    converted = convert_row(indicator, unit_text, parsed)
    bases = [one._replace(value=None) if doubt else one for one, doubt in zip(converted, doubts, strict=True)]
    resolved = resolve_relative_targets(years, parsed, bases)
    return [one if doubt else after for one, after, doubt in zip(converted, resolved, doubts, strict=True)]


def _hint(text: str, absent: Sequence[Indicator], guide: Table) -> str | None:
    if changed := changed_indicator(text, guide):
        return f"填报的是“{changed.name}”的变化率，不是水平值，不作为该指标的数值。"
    like = suggest(text, absent)
    if like and is_narrowing(text) and not is_narrowing(like.name):
        return f"名称与“{like.name}”相近，但限定了范围，不作为该指标的数值。"
    return f"名称与未填报的“{like.name}”相近，如为同一指标，请改用指南中的名称。" if like else None


def _by_number(row: Row, table: Table, named: set[str]) -> Indicator | None:
    number = "".join(character for character in row.number.text if character.isdecimal()) if row.number else ""
    if not number or not 1 <= int(number) <= len(table.indicators):
        return None
    indicator = table.indicators[int(number) - 1]
    legal = {*indicator.units, unit_key(indicator.unit)}
    same_unit = row.unit is not None and unit_key(row.unit.text) in legal
    same_category = row.category is not None and name_key(row.category) == name_key(indicator.category)
    return indicator if same_unit and same_category and indicator.code not in named else None


def _as_given(parsed: CellValue, unit_text: str | None) -> ConvertedValue:
    """Keep the value of an added indicator in its own unit."""
    unit = parsed.unit or unit_text
    return ConvertedValue(None if parsed.value is None else float(parsed.value), unit, unit, "column")


def _as_shown(cell: Cell | None) -> str | None:
    if cell is None or cell.held == "blank":
        return None
    return "（图片）" if cell.held == "picture" else shown_with_marks(cell)


def _address(cell: Cell | None) -> str | None:
    return cell.address if cell else None
