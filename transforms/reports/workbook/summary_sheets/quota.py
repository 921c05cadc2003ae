"""名额核对: provinces against their quota; for a province also its roster, which the nation has in 试点总览."""

from openpyxl.worksheet.worksheet import Worksheet

from contracts.rules import SEVERITIES, SEVERITY_TITLES
from transforms.reports.rows.pilot_status import on_roster, pilot_statuses, province_statuses
from transforms.reports.sheet_parts.tables import Column, Row, write_table
from transforms.reports.view import KIND_TITLES, QUOTA_UNKNOWN, View

_COUNTS = {"quota": "名额", "submitted": "收到报送", "accepted": "有效报送", "cities": "城市", "parks": "园区"}
_FOUND = {name: SEVERITY_TITLES[name] for name in SEVERITIES if name != "info"}


def write_quota(sheet: Worksheet, view: View) -> int:
    """Write the provinces against their quota; return the number of rows."""
    rows = province_statuses(view)
    if view.province is None:
        total: Row = {"province": "合计", "state": "", "good": True}
        total |= {name: sum(row[name] or 0 for row in rows) for name in (*_COUNTS, *_FOUND)}
        if not view.contracts.round.publishes_quota(None):
            total["quota"] = None
        write_table(sheet, _province_columns(), [*rows, total])
    else:
        below = write_table(sheet, _province_columns(), rows, main=False)
        known = [row for row in pilot_statuses(view) if row["pilot"]]
        write_table(sheet, _roster_columns(view), known, top=below + 1)
    return len(rows)


def _province_columns() -> list[Column]:
    def count(name: str) -> Column:
        # Missing is not zero.
        return Column(
            (_COUNTS | _FOUND)[name],
            10,
            lambda row: "—" if row[name] is None else row[name],
            lambda row: name if name in _FOUND and row[name] else "居中",
        )

    return [
        Column("省份", 18, lambda row: row["province"], "文字"),
        *(count(name) for name in (*_COUNTS, *_FOUND)),
        Column("名额状态", 16, lambda row: row["state"], _state_style),
    ]


def _state_style(row: Row) -> str:
    if row["state"] in {"", QUOTA_UNKNOWN}:  # the total, and a round without a quota, are not judged
        return "居中"
    return "good" if row["good"] else "bad"


def _roster_columns(view: View) -> list[Column]:
    return [
        Column("省份", 18, lambda row: row["province"] or "（不明）"),
        Column("试点", 24, lambda row: row["title"]),
        Column("类型", 8, lambda row: KIND_TITLES.get(row["kind"] or ""), "居中"),
        Column("名单内", 8, lambda row: on_roster(view, row), "居中"),
        Column("报送名称", 24, lambda row: row["named"] or "—"),
        Column("状态", 14, lambda row: row["state"], lambda row: "good" if row["good"] else "bad"),
    ]
