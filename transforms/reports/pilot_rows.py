"""Rows about pilots that the workbook and index.html share: who is expected, what was received."""

import polars as pl

from contracts.rules import SEVERITIES
from transforms.reports.sheet_parts.tables import Row
from transforms.reports.view import View

GOOD_STATES = {"有效", "符合名额"}


def expected_pilots(view: View) -> list[Row]:
    """Return the pilots of the roster in its order, each with its submission, then pilots that are not on it."""
    order = pl.col("standing").replace_strict(
        ["counts", "conflict", "faulty"], [0, 1, 2], default=3, return_dtype=pl.Int8
    )
    best = (
        view.files.filter(pl.col("pilot").is_not_null())
        .sort(order, "file")
        .unique(["province", "pilot"], keep="first", maintain_order=True)
    )
    by_pilot = {(row["province"], row["pilot"]): row for row in best.iter_rows(named=True)}
    rows: list[Row] = []
    for province, pilot in view.roster():
        nothing = {"named": None, "state": "未报送", "file": None}
        rows.append(
            nothing
            | by_pilot.pop((province, pilot.name), {})
            | {"province": province, "pilot": pilot.name, "kind": pilot.kind, "listed": True}
        )
    return rows + sorted(by_pilot.values(), key=lambda row: (row["province"] or "", row["pilot"]))


def open_counts(view: View) -> dict[tuple[str, str], dict[str, int]]:
    """Return the open findings of each pilot (province and name) by severity: about its workbooks and its plans."""
    waiting = view.findings.filter(~pl.col("finding_key").is_in(sorted(view.dismissed)) & pl.col("pilot").is_not_null())
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for province, pilot, severity in waiting.select("province", "pilot", "severity").iter_rows():
        found = counts.setdefault((province, pilot), dict.fromkeys(SEVERITIES, 0))
        found[severity] += 1
    return counts


def received_files(view: View) -> list[Row]:
    """Return every workbook received, by province and pilot, with the number of its values and findings."""
    years = len(view.contracts.round.years)
    wanted = {kind: len(table.indicators) * years for kind, table in view.contracts.tables.items()}
    read = view.review.judged.batch.observations.group_by("file").agg(
        usable=pl.col("usable").sum(),
        added=pl.col("indicator").filter(pl.col("indicator").str.starts_with("X-")).n_unique(),
    )
    waiting = view.findings.filter(~pl.col("finding_key").is_in(sorted(view.dismissed)))
    # What is said about a plan, or a pilot as a whole, is counted at the workbook that counts.
    of_pilot = view.files.filter((pl.col("standing") == "counts") & pl.col("pilot").is_not_null())
    waiting = waiting.join(
        of_pilot.select("province", "pilot", workbook="file"), on=["province", "pilot"], how="left", validate="m:1"
    )
    own = pl.col("file").is_in(view.files["file"].to_list())
    waiting = waiting.with_columns(file=pl.when(own).then("file").otherwise(pl.coalesce("workbook", "file")))
    found = waiting.group_by("file", "severity").len().pivot("severity", index="file", values="len")
    rows = view.files.join(read, on="file", how="left", validate="1:1", maintain_order="left").join(
        found, on="file", how="left", validate="1:1", maintain_order="left"
    )
    order = list(view.contracts.round.quotas)
    nothing = {"blocker": 0, "error": 0, "warning": 0, "info": 0}
    return sorted(
        (
            nothing
            | {name: value for name, value in row.items() if value is not None or name not in nothing}
            | {
                "wanted": wanted.get(row["kind"] or "", "—"),
                "usable": row["usable"] if row["usable"] is not None else "—",
            }
            for row in rows.iter_rows(named=True)
        ),
        key=lambda row: (
            order.index(row["province"]) if row["province"] in order else 99,
            row["pilot"] or "",
            row["file"],
        ),
    )
