"""Compare the version that counts with the one before it: cells that changed, and what was asked about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from transforms.judging.apply_rules import JudgedBatch
from transforms.rules.submissions.earlier_version import earlier_versions

_ASKED = ("blocker", "error", "warning")
Row = dict[str, Any]


@dataclass(frozen=True)
class CellChange:
    """A cell of the table that changed or was asked about, or the whole row or file where no cell was named.

    Attributes:
        name: of the indicator, empty of a whole file.
        year: None of a whole row.
        before: the observation of the earlier version; None without one.
        now: the observation of the version that counts; None without one.
        asked: findings about the earlier version.
        left: those of them that are findings about the version that counts.
    """

    province: str
    pilot: str
    name: str
    year: int | None
    before: Row | None
    now: Row | None
    asked: tuple[Row, ...]
    left: tuple[Row, ...]

    @property
    def texts(self) -> tuple[str, str]:
        """Return what the cell said and says, with the unit where that changed."""
        units = [cell["raw_unit"] or "" if cell else "" for cell in (self.before, self.now)]
        differ = self.before is not None and self.now is not None and units[0] != units[1]
        was, says = (str(cell["raw_value"] or "") if cell else "" for cell in (self.before, self.now))
        return (f"{was}（{units[0] or '无单位'}）", f"{says}（{units[1] or '无单位'}）") if differ else (was, says)

    @property
    def is_changed(self) -> bool:
        """Whether the text or the unit is another one."""
        return self.texts[0] != self.texts[1]


def _differs(before: Row | None, now: Row | None) -> bool:
    if before is None or now is None:
        return bool((before or now or {}).get("raw_value"))
    return any((before[name] or "") != (now[name] or "") for name in ("raw_value", "raw_unit"))


def compare_versions(judged: JudgedBatch) -> list[CellChange]:
    """Return the changes of each pilot with an earlier version, in the order of the files and tables."""
    earlier = earlier_versions(judged.batch)
    if earlier.files.is_empty():
        return []
    pilots = earlier.files.select("province", "pilot")
    counted = judged.batch.counted.join(pilots, on=["province", "pilot"], how="semi", maintain_order="left")
    rows = judged.batch.observations.join(counted, on="file", how="semi", maintain_order="left")
    asked = judged.earlier_findings.filter(pl.col("severity").is_in(_ASKED) & (pl.col("status") == "failed"))
    present = {row["finding_key"]: row for row in judged.findings.iter_rows(named=True)}
    found = []
    for province, pilot in counted.select("province", "pilot").iter_rows():
        own = (pl.col("province") == province) & (pl.col("pilot") == pilot)
        before, now = _cells(earlier.observations.filter(own)), _cells(rows.filter(own))
        questions = list(asked.filter(own).iter_rows(named=True))
        found += list(_changes((province, pilot), before, now, questions, present))
    return found


def _cells(rows: pl.DataFrame) -> dict[tuple[str, int | None], Row]:
    """Return observations by indicator and year; an indicator that the pilot added goes by its name."""
    once = rows.filter(~pl.col("twice")).iter_rows(named=True)
    return {(row["label"] if row["indicator"].startswith("X-") else row["indicator"], row["year"]): row for row in once}


def _changes(
    who: tuple[str, str],
    before: dict[tuple[str, int | None], Row],
    now: dict[tuple[str, int | None], Row],
    asked: list[Row],
    present: dict[str, Row],
) -> Iterator[CellChange]:
    by_cell: dict[tuple[str, int | None], list[Row]] = {}
    for row in asked:
        by_cell.setdefault((row["indicator"] or "", row["year"]), []).append(row)
    keys = list(dict.fromkeys([*now, *before]))
    changed = {key for key in keys if _differs(before.get(key), now.get(key))}
    in_changed_rows = {code for code, _ in changed}
    for key in [*(key for key in keys if key in changed or key in by_cell), *(k for k in by_cell if k not in keys)]:
        code, year = key
        if year is None and code in in_changed_rows:
            continue  # shown at the cells of the row
        rows = [*by_cell.get(key, ()), *(by_cell.get((code, None), ()) if key in changed else ())]
        left = [present[row["finding_key"]] for row in rows if row["finding_key"] in present]
        sample = now.get(key) or before.get(key) or next((cell for (c, _), cell in now.items() if c == code), None)
        yield CellChange(
            *who,
            sample["name"] or sample["label"] or "" if sample and code else "",
            year,
            before.get(key),
            now.get(key),
            tuple(rows),
            tuple(left),
        )
