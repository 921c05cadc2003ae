"""Puts the steps of intake together: the bytes of one file → one `Submission` with every observation in it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from contracts.indicators import Indicator, Table
from contracts.load import Contracts
from contracts.naming import name_key, unit_key
from transforms.intake.cells import Cell, Sheet, Unreadable, read_workbook
from transforms.intake.harmonise import Harmonised, harmonise
from transforms.intake.identify import Identity, identify
from transforms.intake.locate import Block, Row, find_blocks
from transforms.intake.parse import MISSING, Parsed, parse_cell

_TITLE_ROWS = 6


@dataclass(frozen=True, slots=True)
class Submission:
    """One file received.

    Attributes:
        fault: `unreadable`, `no_table`, or None; `detail` says more, in Chinese.
        kind: what the sender is, by roster or cover, else by the table it filled in.
        table_kind: which table was read.
        years: the years that the table has columns for.
        several: other filled tables that were not read, or None.
        explained: codes of indicators for which a reason is given where they are missing.
        observations: rows for the observations frame, by column name; every indicator and year of the table has one.
    """

    file: str
    sha256: str
    identity: Identity
    fault: str | None = None
    detail: str | None = None
    kind: str | None = None
    table_kind: str | None = None
    sheet: str | None = None
    years: tuple[int, ...] = ()
    several: str | None = None
    explained: tuple[str, ...] = ()
    observations: tuple[dict[str, Any], ...] = ()


def read_submission(content: bytes, file: str, contracts: Contracts) -> Submission:
    """Read one file.

    Args:
        content: its bytes.
        file: its path relative to the round's raw folder, with `/`.
        contracts: the round's.
    """
    digest = hashlib.sha256(content).hexdigest()
    try:
        sheets = read_workbook(content)
    except Unreadable as reason:
        return Submission(file, digest, identify(file, (), (), contracts), "unreadable", str(reason))
    blocks = find_blocks(sheets, contracts.tables)
    who = identify(file, sheets, _titles(sheets, blocks), contracts)
    block, kind, several = _choose(blocks, who, contracts)
    if block is None or kind is None or not block.filled:
        detail = f"查看了 {len(sheets)} 个工作表"
        if block:
            detail = "无法判断是表1还是表2" if block.filled else f"工作表“{block.sheet}”的指标表没有填写任何内容"
        return Submission(file, digest, who, "no_table", detail, kind=who.kind)
    submission = Submission(
        file,
        digest,
        who,
        kind=who.kind or kind,
        table_kind=kind,
        sheet=block.sheet,
        years=tuple(sorted(block.years)),
        several=several,
        explained=_explained(sheets, block, contracts.tables[kind]),
    )
    return replace(submission, observations=tuple(_observe(submission, block, contracts)))


def _titles(sheets: tuple[Sheet, ...], blocks: list[Block]) -> list[str]:
    """Texts just above the tables."""
    by_name = {sheet.name: sheet for sheet in sheets}
    return [
        cell.text
        for block in blocks
        for cell in by_name[block.sheet].cells.values()
        if block.top - _TITLE_ROWS <= cell.row < block.top and cell.held == "text" and len(cell.text) <= 80
    ]


def _choose(blocks: list[Block], who: Identity, contracts: Contracts) -> tuple[Block | None, str | None, str | None]:
    """The table to read, its kind, and what other filled tables there are."""
    filled = [block for block in blocks if block.filled] or blocks
    if not filled:
        return None, None, None
    kinds = {id(block): _kind_of(block, who, contracts) for block in filled}
    fitting = [block for block in filled if kinds[id(block)] == who.kind] or filled
    chosen = fitting[0]
    others = "、".join(f"{block.sheet}第{block.top}行起" for block in filled if block is not chosen)
    return chosen, kinds[id(chosen)], others or None


def _kind_of(block: Block, who: Identity, contracts: Contracts) -> str | None:
    (kind, count), *rest = block.kinds.most_common()
    if not rest or rest[0][1] < count:
        return kind
    # Only indicators that both tables have: the sheet's name may tell, or what the sender is.
    named = [kind for kind, table in contracts.tables.items() if table.sheet in block.sheet]
    return named[0] if named else who.kind


def _explained(sheets: tuple[Sheet, ...], block: Block, table: Table) -> tuple[str, ...]:
    """Indicators named on a sheet 说明 in a row that says more than the name, or with a remark in their own row."""
    reasons = [
        "".join(name_key(cell.text) for cell in cells)
        for sheet in sheets
        if "说明" in sheet.name and sheet.name != block.sheet
        for cells in sheet.rows().values()
    ]
    found = set()
    for key, (indicator, _) in table.by_name.items():
        if any(key in reason and len(reason) >= len(key) + 4 for reason in reasons):
            found.add(indicator.code)
    for row in block.rows:
        known = _identify_row(row, table)
        if known and row.remark and len(row.remark.text.strip()) >= 4:
            found.add(known.code)
    return tuple(sorted(found))


def _identify_row(row: Row, table: Table) -> Indicator | None:
    """By name, by alias, then by serial number, category and unit in agreement."""
    if row.label and (known := table.by_name.get(name_key(row.label.text))):
        return known[0]
    number = "".join(ch for ch in row.number.text if ch.isdigit()) if row.number else ""
    if number.isdecimal() and 1 <= int(number) <= len(table.indicators):
        indicator = table.indicators[int(number) - 1]
        same_unit = row.unit is not None and unit_key(row.unit.text) in {
            *indicator.units,
            unit_key(indicator.unit),
        }
        same_category = row.category is not None and name_key(row.category) == name_key(indicator.category)
        return indicator if same_unit and same_category else None
    return None


def _observe(submission: Submission, block: Block, contracts: Contracts) -> Iterator[dict[str, Any]]:
    table = contracts.tables[submission.table_kind or ""]
    seen: set[str] = set()
    added = 0
    names_used = {row.label and name_key(row.label.text) for row in block.rows}
    for row in block.rows:
        indicator = _identify_row(row, table)
        if (
            indicator
            and row.label
            and name_key(row.label.text) not in table.by_name
            and name_key(indicator.name) in names_used
        ):
            indicator = None  # the printed name stands elsewhere: this row is something else
        if indicator is None:
            added += 1
        else:
            seen.add(indicator.code)
        yield from _row_observations(submission, block, row, indicator, f"X-{added}", contracts)
    for indicator in table.indicators:
        if indicator.code not in seen:
            yield from _row_observations(submission, block, None, indicator, "", contracts)


def _row_observations(
    submission: Submission,
    block: Block,
    row: Row | None,
    indicator: Indicator | None,
    added: str,
    contracts: Contracts,
) -> Iterator[dict[str, Any]]:
    years = sorted({*block.years, *contracts.round.years})
    cells = [row.values.get(year) if row else None for year in years]
    parsed = [parse_cell(cell) for cell in cells]
    unit_text = row.unit.text.strip() if row and row.unit else None
    as_given = [_as_given(one, unit_text) for one in parsed]
    converted = harmonise(indicator, unit_text, parsed) if indicator else as_given
    label = row.label if row else None
    for year, cell, one, result in zip(years, cells, parsed, converted, strict=True):
        yield {
            "round": contracts.round.round,
            "province": submission.identity.province,
            "pilot": submission.identity.pilot,
            "kind": submission.kind,
            "indicator": indicator.code if indicator else added,
            "label": label.text.strip() if label else None,
            "year": year,
            "role": "base" if year <= contracts.round.base_year else "target",
            "raw_value": cell.text if cell and cell.held != "blank" else None,
            "raw_unit": result.raw_unit,
            "number_format": cell.number_format if cell and cell.held == "number" else None,
            "value": result.value,
            "unit": result.unit,
            "qualifier": one.qualifier,
            "conversion": result.conversion,
            "usable": False,
            "file": submission.file,
            "file_sha256": submission.sha256,
            "sheet": block.sheet,
            "cell": row.places.get(year) if row else None,
            "version": submission.identity.version,
            "name": indicator.name if indicator else (label.text.strip() if label else None),
            "label_key": name_key(label.text) if label else None,
            "label_cell": _address(label),
            "unit_cell": _address(row.unit if row else None) or _address(label),
            "year_cell": _address(block.years.get(year)),
            "held": cell.held if cell else "blank",
            "unit_from": result.unit_from,
            "percent": one.percent,
            "remark": row.remark.text.strip() if row and row.remark else None,
        }


def _as_given(parsed: Parsed, unit_text: str | None) -> Harmonised:
    """An added indicator has no canonical unit: what was given stands as it is."""
    unit = parsed.unit or unit_text
    return Harmonised(None if parsed is MISSING or parsed.value is None else float(parsed.value), unit, unit, "column")


def _address(cell: Cell | None) -> str | None:
    return cell.address if cell else None
