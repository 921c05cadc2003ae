"""Join the parts of a table that continues under a repeated header, as 续表, on the next sheet or the next page."""

from collections.abc import Sequence
from dataclasses import replace

from contracts.indicators import Table
from transforms.intake.tables.found_table import FoundTable
from transforms.intake.tables.indicator_names import find_label


def join_tables(found: Sequence[FoundTable], small: Sequence[FoundTable], tables: dict[str, Table]) -> list[FoundTable]:
    """Join tables with the same years and no indicator in common; a `small` one only if it continues another."""
    joined: list[FoundTable] = []
    for table in found:
        at = next((at for at in reversed(range(len(joined))) if _continues(joined[at], table, tables)), None)
        if at is not None:
            joined[at] = _join(joined[at], table)
        elif not table.borrowed:
            joined.append(table)
    for table in small:
        at = next((at for at in range(len(joined)) if _continues(joined[at], table, tables)), None)
        if at is not None:
            joined[at] = _join(joined[at], table)
    return joined


def _continues(first: FoundTable, other: FoundTable, tables: dict[str, Table]) -> bool:
    same_years = bool(first.header.years) and set(first.header.years) == set(other.header.years)
    if not same_years or first.hidden != other.hidden or not (first.filled and other.filled):
        return False
    kind, count = first.kinds.most_common(1)[0]
    is_same_kind = other.kinds[kind] == max(other.kinds.values()) and count > 0
    codes = _codes(first, tables[kind])
    return is_same_kind and bool(codes) and codes.isdisjoint(_codes(other, tables[kind]))


def _codes(table: FoundTable, guide: Table) -> set[str]:
    labels = (find_label(row.label.text, guide) for row in table.rows if row.label)
    return {label.indicator.code for label in labels if label}


def _join(first: FoundTable, other: FoundTable) -> FoundTable:
    return replace(first, kinds=first.kinds + other.kinds, rows=(*first.rows, *other.rows))
