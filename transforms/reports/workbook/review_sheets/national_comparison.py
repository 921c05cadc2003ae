"""对标情况: the targets of each pilot beside the national ones, one row per pilot and indicator."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from contracts.round_parts import ROLE_TITLES
from transforms.aggregation.national_comparison import compare_with_nation
from transforms.judging.emission_path import emission_changes
from transforms.reports.rows.pilot_status import PLAN_CHECKED, pilot_statuses
from transforms.reports.sheet_parts.tables import Column, Row, write_table
from transforms.reports.view import View

_MET = {True: "达到", False: "未达到", None: "无可比数值"}


def write_national_comparison(sheet: Worksheet, view: View) -> int:
    """Write base value, targets, national targets with document and clause, whether met; return the number of rows.

    Where the view does not list all values, only those of indicators with a listed finding.
    """
    round_ = view.contracts.round
    years = [year for year in round_.target_years if year in round_.required_years]
    compared = view.visible(compare_with_nation(view.review.judged, view.contracts))
    if not view.lists_all:
        keys = ["province", "pilot", "indicator"]
        compared = compared.join(view.listed.select(keys).unique(), on=keys, how="semi", maintain_order="left")
    found = compared.to_dicts()
    rows: list[Row] = []
    for _, alike in groupby(found, lambda row: (row["province"], row["pilot"], row["indicator"])):
        of_row = list(alike)
        where = list(dict.fromkeys(row["where"] for row in of_row))
        if regime := view.contracts.round.released_by(of_row[0]["indicator"]):
            where.append(f"{regime.since}年起实行{regime.name}，不再约束能耗强度（{regime.source}）")
        said: Row = {"where": "\n".join(where)}
        for year in years:
            mine = [row for row in of_row if row["year"] == year]
            said[f"stated {year}"] = "\n".join(dict.fromkeys(row["stated"] or "—" for row in mine))
            said[f"national {year}"] = "\n".join(row["national"] for row in mine)
            said[f"met {year}"] = "\n".join(_MET[row["met"]] for row in mine)
        rows.append(of_row[0] | said)
    roster = {(province, pilot.name): at for at, (province, pilot) in enumerate(view.contracts.round.roster)}
    rows += _emissions(view, years)
    rows.sort(key=lambda row: roster.get((row["province"], row["pilot"]), len(roster)))
    names = {code: row.name for code, row in view.contracts.indicators.items()}
    columns = [
        *([] if view.province else [Column("省份", 13, lambda row: row["province"])]),
        Column("试点", 20, lambda row: view.pilot_title(row["province"], row["pilot"])),
        Column("指标", 24, lambda row: names.get(row["indicator"], row["indicator"])),
        Column("单位", 11, lambda row: row["unit"], "居中"),
        Column(
            f"{view.contracts.round.base_year}年", 10, lambda row: "—" if row["base"] is None else row["base"], "居中"
        ),
    ]
    for year in years:
        stated = f"{year}年{ROLE_TITLES[round_.role(year)]}"
        columns += [
            Column(stated, 23, lambda row, at=f"stated {year}": row.get(at) or "—"),  # type: ignore[misc]
            Column(f"全国{year}年", 22, lambda row, at=f"national {year}": row.get(at) or "—"),  # type: ignore[misc]
            Column(f"{year}年对标", 11, lambda row, at=f"met {year}": row.get(at) or "—", "居中"),  # type: ignore[misc]
        ]
    columns.append(Column("依据", 62, lambda row: row["where"]))
    write_table(sheet, columns, rows)
    return len(rows)


def _emissions(view: View, years: Sequence[int]) -> Iterator[Row]:
    """Yield for each pilot the yearly change of its emissions until these years that growth and intensity imply."""
    batch = view.review.judged.batch
    changes = view.visible(emission_changes(batch, view.contracts)).sort("province", "pilot", "year")
    changes = changes.filter(pl.col("year").is_in(years))
    if not view.lists_all:
        keys = ["province", "pilot"]
        changes = changes.join(view.listed.select(keys).unique(), on=keys, how="semi", maintain_order="left")
    found, round_kind = changes.to_dicts(), view.contracts.round.kind
    peaks = {(row["province"], row["pilot"]): row for row in batch.plans.peaks.drop_nulls("year").to_dicts()}
    planned = {(row["province"], row["pilot"]) for row in pilot_statuses(view) if row["plan"] == PLAN_CHECKED}
    for who, alike in groupby(found, lambda row: (row["province"], row["pilot"])):
        of_pilot = list(alike)
        row: Row = {"province": who[0], "pilot": who[1], "indicator": "隐含碳排放年均变化", "unit": "%", "base": "—"}
        for one in of_pilot:
            change = round(one["change"] * 100, 1)
            way = "上升" if change > 0 else "下降" if change < 0 else "持平"
            pace = f"{way}{abs(change):g}%" if change else way
            row[f"stated {one['year']}"] = f"{one['since']}—{one['year']}年年均{pace}"
            row[f"met {one['year']}"] = way
        basis = "；".join(
            f"{one['since']}—{one['year']}年年均增长{one['growth']:g}%（{one['basis']}）" for one in of_pilot
        )
        peak = peaks.get(who)
        unsaid = "方案未见达峰年份" if who in planned else "没有可核对的实施方案"
        said = f"方案提出{peak['year']}年{'前' if peak['before'] else ''}达峰" if peak else unsaid
        amount = f"，峰值{peak['amount']}" if peak and peak["amount"] else ""
        where = basis if round_kind == "progress" else f"{basis}；{said}{amount}"
        yield row | {"where": where}
