"""The rows of a table → observations: which indicator each row is, and what each of its cells means."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.indicators import Indicator, Table
from contracts.naming import name_key, unit_key
from contracts.round import Round
from transforms.intake.cell_values import UNREADABLE, Parsed, parse_cell
from transforms.intake.cells import Cell
from transforms.intake.find_table import Block, Row
from transforms.intake.indicator_names import Label, find_label, suggest
from transforms.intake.unit_conversion import Harmonised, harmonise, work_out


@dataclass(frozen=True, slots=True)
class Known:
    """A row with what it is about: an indicator of the table, or None for an added one, whose `code` is X-n.

    `hint`: in Chinese, which indicator without a row an added one may be meant for.
    """

    row: Row | None
    code: str
    indicator: Indicator | None
    label: Label | None = None
    twice: bool = False
    hint: str | None = None


def identify_rows(block: Block, table: Table) -> list[Known]:
    """Every row of the block, and an entry without a row for each indicator that is not there.

    A row is known by its name or an alias; else by serial number, category and unit in agreement, unless that
    indicator's name stands in another row. Of several rows of one indicator those without any value are left aside.
    """
    labels = [find_label(row.label.text, table) if row.label else None for row in block.rows]
    named = {label.indicator.code for label in labels if label}
    known = [
        (row, label, label.indicator if label else _by_number(row, table, named))
        for row, label in zip(block.rows, labels, strict=True)
    ]
    filled = {indicator.code for row, _, indicator in known if indicator and row.filled}
    kept = [one for one in known if one[2] is None or one[0].filled or one[2].code not in filled]
    counts = Counter(found.code for _, _, found in kept if found)
    rows: list[Known] = []
    absent = [indicator for indicator in table.indicators if not counts[indicator.code]]
    added = 0
    for row, label, found in kept:
        added += found is None
        code = found.code if found else f"X-{added}"
        hint = None if found or not row.label else _hint(row.label.text, absent)
        rows.append(Known(row, code, found, label, bool(found and counts[found.code] > 1), hint))
    return rows + [Known(None, indicator.code, indicator) for indicator in absent]


def observe(known: Known, block: Block, round_: Round, about: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One observation for each year of the round and of the table; `about` has the columns about the file."""
    row, indicator, header = known.row, known.indicator, block.header
    years = sorted({*header.years, *round_.years})
    cells = [row.values.get(year) if row else None for year in years]
    merged = [row.merged.get(year) if row else None for year in years]
    parsed = [UNREADABLE if cover else parse_cell(cell) for cell, cover in zip(cells, merged, strict=True)]
    unit_text = row.unit.text.strip() if row and row.unit else known.label.unit if known.label else None
    converted = (
        work_out(years, parsed, harmonise(indicator, unit_text, parsed))
        if indicator
        else [_as_given(one, unit_text) for one in parsed]
    )
    label = row.label.text.strip() if row and row.label else None
    about_row = {
        **about,
        "indicator": known.code,
        "label": label,
        "sheet": block.sheet,
        "name": indicator.name if indicator else label,
        "label_key": known.label.key if known.label else name_key(label) if label else None,
        "label_cell": row.label_place if row else None,
        "unit_cell": _address(row.unit) or row.label_place if row else None,
        "remark": row.remark.text.strip() if row and row.remark else None,
        "twice": known.twice,
    }
    for year, cell, cover, one, result in zip(years, cells, merged, parsed, converted, strict=True):
        yield {
            **about_row,
            "year": year,
            "role": "base" if year <= round_.base_year else "target",
            "raw_value": cell.text if cell and cell.held != "blank" else None,
            "raw_unit": result.raw_unit,
            "number_format": (cell.number_format or None) if cell and cell.held == "number" else None,
            "value": result.value,
            "unit": result.unit,
            "qualifier": one.qualifier,
            "conversion": result.conversion,
            "usable": False,  # decided when everything is judged
            "cell": row.places.get(year) if row else None,
            "year_cell": header.addresses.get(year),
            "year_twice": year in header.twice,
            "held": "merged" if cover else cell.held if cell else "blank",
            "detail": cover or known.hint,
            "unit_from": result.unit_from,
            "percent": one.percent,
        }


def _hint(text: str, absent: Sequence[Indicator]) -> str | None:
    like = suggest(text, absent)
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


def _as_given(parsed: Parsed, unit_text: str | None) -> Harmonised:
    """An added indicator has no canonical unit: what was given stands as it is."""
    unit = parsed.unit or unit_text
    return Harmonised(None if parsed.value is None else float(parsed.value), unit, unit, "column")


def _address(cell: Cell | None) -> str | None:
    return cell.address if cell else None
