"""名额核对 and 试点总览: who was expected, who sent what, and what became of it."""

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.sheet_parts.links import submission_link
from transforms.reports.sheet_parts.table import Column, Link, Row, write_table
from transforms.reports.view import KIND_TITLES, QUOTA_TITLES, View

_COUNTS = {"quota": "名额", "submitted": "收到报送", "accepted": "有效报送", "cities": "城市", "parks": "园区"}
_FOUND = {"blockers": "阻断", "errors": "错误", "warnings": "警告"}
GOOD = {"有效", "符合名额"}


def write_quota(sheet: Worksheet, view: View) -> None:
    """Provinces against their quota, and below it the roster name by name."""
    provinces = view.provinces.to_dicts()
    if view.province is None:
        total: Row = {"province": "合计", "quota_status": None}
        total |= {name: sum(row[name] or 0 for row in provinces) for name in (*_COUNTS, *_FOUND)}
        provinces.append(total)
    below = write_table(sheet, _province_columns(), provinces, main=False)
    write_table(sheet, _roster_columns(), expected(view), top=below + 1)


def write_pilots(sheet: Worksheet, view: View) -> None:
    """Every file received, with its state and what was found in it."""
    write_table(sheet, _pilot_columns(view), received(view), empty="没有收到任何报送")


def _province_columns() -> list[Column]:
    def count(name: str) -> Column:
        # Missing is not zero: nothing stands where nothing was submitted.
        return Column((_COUNTS | _FOUND)[name], 10, lambda row: "—" if row[name] is None else row[name], "居中")

    def status(row: Row) -> str:
        return (
            QUOTA_TITLES.get(row["quota_status"], "") if row["submitted"] or not row["quota_status"] else "未收到报送"
        )

    return [
        Column("省份", 18, lambda row: row["province"], "文字"),
        *(count(name) for name in (*_COUNTS, *_FOUND)),
        Column("名额状态", 16, status, lambda row: "good" if status(row) in {*GOOD, ""} else "bad"),
    ]


def _roster_columns() -> list[Column]:
    return [
        Column("省份", 18, lambda row: row["province"]),
        Column("试点", 24, lambda row: row["pilot"]),
        Column("类型", 8, lambda row: KIND_TITLES.get(row["kind"] or ""), "居中"),
        Column("名单内", 8, lambda row: "是" if row["listed"] else "否", "居中"),
        Column("报送名称", 24, lambda row: row["named"] or "—"),
        Column("状态", 14, lambda row: row["state"], lambda row: "good" if row["state"] in GOOD else "bad"),
        Column("报送文件", 46, lambda row: row["file"] or "—"),
    ]


def expected(view: View) -> list[Row]:
    """The roster in its order, each with the file that stands for it, then pilots that are not on it."""
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


def _pilot_columns(view: View) -> list[Column]:
    def count(severity: str, title: str) -> Column:
        return Column(title, 7, lambda row: row[severity], lambda row: severity if row[severity] else "居中")

    def file(row: Row) -> Link | str:
        return submission_link(view, row["file"], row["file"])

    columns = [
        Column("省份", 14, lambda row: row["province"] or "（不明）"),
        Column("试点", 20, lambda row: row["pilot"] or "（不明）"),
        Column("报送名称", 22, lambda row: row["named"] or "—"),
        Column("类型", 7, lambda row: KIND_TITLES.get(row["kind"] or "", "—"), "居中"),
        Column("版本", 9, lambda row: row["version"] or "—", "居中"),
        Column("填报日期", 12, lambda row: row["filled_on"] or "—", "居中"),
        Column("状态", 12, lambda row: row["state"], lambda row: "good" if row["state"] in GOOD else "bad"),
        Column("可用数值", 9, lambda row: row["usable"], "居中"),
        Column("应填数值", 9, lambda row: row["wanted"], "居中"),
        Column("补充指标", 9, lambda row: row["added"], "居中"),
        count("blocker", "阻断"),
        count("error", "错误"),
        count("warning", "警告"),
        count("info", "提示"),
    ]
    if view.province is not None:  # contacts stay in the province's own package
        columns.append(Column("联系人", 18, lambda row: "、".join(row["contacts"]) or "—"))
    return [*columns, Column("报送文件", 44, file, "链接" if view.province else "文字")]


def received(view: View) -> list[Row]:
    """Every file received, by province and pilot, with its values and findings counted."""
    years = len(view.contracts.round.years)
    wanted = {kind: len(table.indicators) * years for kind, table in view.contracts.tables.items()}
    read = view.review.judged.batch.observations.group_by("file").agg(
        usable=pl.col("usable").sum(),
        added=pl.col("indicator").filter(pl.col("indicator").str.starts_with("X-")).n_unique(),
    )
    waiting = view.findings.filter(~pl.col("finding_key").is_in(sorted(view.dismissed)))
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
