"""Recompute intensities from the optional sheet 基础数据: total divided by value added, in the units asked for."""

import re
from collections.abc import Iterator
from typing import Any

import polars as pl

from contracts.indicators import Table
from contracts.load import Contracts
from contracts.naming import name_key, unit_key
from transforms.batch import Batch
from transforms.intake.cells import Sheet
from transforms.judging.findings import format_number
from transforms.judging.time_series import at_cells

SHEET = "基础数据"
_YEAR = re.compile(r"(20\d\d)年?")


def relation_basis(batch: Batch, contracts: Contracts, *, share: float) -> pl.DataFrame:
    """A value differs from the one that the totals of 基础数据 give: one row per indicator, in its first such year."""
    files = batch.of_own_kind.select("file", "kind")
    found = [
        {"file": file, **one}
        for file, kind in files.iter_rows()
        for sheet in batch.sheets.get(file, ())
        if sheet.name == SHEET
        for one in _recomputed(contracts.tables[kind], _quantities(sheet, contracts.tables[kind]))
    ]
    text, number = pl.String(), pl.Float64()
    schema = {
        "file": text, "indicator": text, "year": pl.Int64(), "expected": text, "detail": text, "computed": number,
    }  # fmt: skip
    rows = pl.DataFrame(found, schema=schema, orient="row")
    off = (pl.col("value") / pl.col("computed") - 1).abs()
    differing = at_cells(rows, batch).filter(pl.col("usable") & (off > share)).with_columns(off=off)
    return differing.unique(["file", "indicator"], keep="first", maintain_order=True)


def _recomputed(table: Table, given: dict[tuple[str, int], float]) -> Iterator[dict[str, Any]]:
    units = {one.name: one.unit for one in table.basic_data}
    for row in table.indicators:
        above, below = row.ratio_of or ("", "")
        for year in {year for name, year in given if name == above}:
            total, base = given[above, year], given.get((below, year), 0)
            if base > 0 and total > 0:
                used = ((above, total), (below, base))
                yield {
                    "indicator": row.code,
                    "year": year,
                    "computed": total / base,
                    "expected": f"{total / base:.4g}{row.printed_scale}",
                    "detail": "，".join(f"{name}{format_number(number)}{units[name]}" for name, number in used),
                }


def _quantities(sheet: Sheet, table: Table) -> dict[tuple[str, int], float]:
    """Return the numbers by quantity and year; a row in another unit than asked for is left out."""
    names = {name_key(one.name): one for one in table.basic_data}
    columns: dict[int, int] = {}
    found: dict[tuple[str, int], float] = {}
    for cells in sheet.rows().values():
        years = {cell.column: int(match[1]) for cell in cells if (match := _YEAR.fullmatch(name_key(cell.text)))}
        columns = columns or years
        known = next((names[key] for cell in cells if (key := name_key(cell.text)) in names), None)
        if known and any(unit_key(cell.text) == unit_key(known.unit) for cell in cells if cell.held == "text"):
            values = ((columns[cell.column], cell.number) for cell in cells if cell.column in columns)
            found |= {(known.name, year): float(number) for year, number in values if number is not None}
    return found
