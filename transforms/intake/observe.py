"""The rows of a table → observations: which indicator each row is, and what each of its cells means."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contracts.indicators import Indicator, Table
from contracts.naming import name_key, unit_key
from contracts.round import Round
from transforms.intake.cells import Cell
from transforms.intake.harmonise import Harmonised, harmonise, work_out
from transforms.intake.locate import Block, Row
from transforms.intake.parse import Parsed, parse_cell


@dataclass(frozen=True, slots=True)
class Known:
    """A row with what it is about: an indicator of the table, or None for an added one, whose `code` is X-n."""

    row: Row | None
    code: str
    indicator: Indicator | None
    twice: bool = False


def identify_rows(block: Block, table: Table) -> list[Known]:
    """Every row of the block, and an entry without a row for each indicator that is not there.

    A row is known by its name or an alias; else by serial number, category and unit in agreement, unless that
    indicator's name stands in another row. Of several rows of one indicator those without any value are left aside.
    """
    by_name = [(row, _by_name(row, table)) for row in block.rows]
    named = {indicator.code for _, indicator in by_name if indicator}
    known = [(row, indicator or _by_number(row, table, named)) for row, indicator in by_name]
    filled = {indicator.code for row, indicator in known if indicator and row.filled}
    kept = [(row, found) for row, found in known if found is None or row.filled or found.code not in filled]
    counts = Counter(found.code for _, found in kept if found)
    rows: list[Known] = []
    added = 0
    for row, found in kept:
        added += found is None
        rows.append(Known(row, found.code if found else f"X-{added}", found, bool(found and counts[found.code] > 1)))
    return rows + [Known(None, absent.code, absent) for absent in table.indicators if not counts[absent.code]]


def observe(known: Known, block: Block, round_: Round) -> Iterator[dict[str, Any]]:
    """One observation for each year of the round and of the table, without the columns about the file."""
    row, indicator = known.row, known.indicator
    years = sorted({*block.years, *round_.years})
    cells = [row.values.get(year) if row else None for year in years]
    parsed = [parse_cell(cell) for cell in cells]
    unit_text = row.unit.text.strip() if row and row.unit else None
    as_given = [_as_given(one, unit_text) for one in parsed]
    converted = work_out(years, parsed, harmonise(indicator, unit_text, parsed)) if indicator else as_given
    label = row.label.text.strip() if row and row.label else None
    about_row = {
        "indicator": known.code,
        "label": label,
        "sheet": block.sheet,
        "name": indicator.name if indicator else label,
        "label_key": name_key(label) if label else None,
        "label_cell": row.label_place if row else None,
        "unit_cell": _address(row.unit) or row.label_place if row else None,
        "remark": row.remark.text.strip() if row and row.remark else None,
        "twice": known.twice,
    }
    for year, cell, one, result in zip(years, cells, parsed, converted, strict=True):
        yield about_row | {
            "year": year,
            "role": "base" if year <= round_.base_year else "target",
            "raw_value": cell.text if cell and cell.held != "blank" else None,
            "raw_unit": result.raw_unit,
            "number_format": cell.number_format if cell and cell.held == "number" else None,
            "value": result.value,
            "unit": result.unit,
            "qualifier": one.qualifier,
            "conversion": result.conversion,
            "usable": False,  # decided when everything is judged
            "cell": row.places.get(year) if row else None,
            "year_cell": _address(block.twice.get(year)) or _address(block.years.get(year)),
            "year_twice": year in block.twice,
            "held": cell.held if cell else "blank",
            "unit_from": result.unit_from,
            "percent": one.percent,
        }


def _by_name(row: Row, table: Table) -> Indicator | None:
    known = table.by_name.get(name_key(row.label.text)) if row.label else None
    return known[0] if known else None


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
