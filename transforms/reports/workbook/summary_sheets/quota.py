"""名额核对: provinces against their quota, and the roster with the submission of each pilot."""

from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.pilot_rows import GOOD_STATES, expected_pilots
from transforms.reports.sheet_parts.tables import Column, Row, write_table
from transforms.reports.view import KIND_TITLES, QUOTA_TITLES, View

_COUNTS = {"quota": "名额", "submitted": "收到报送", "accepted": "有效报送", "cities": "城市", "parks": "园区"}
_FOUND = {"blockers": "阻断", "errors": "错误", "warnings": "警告"}


def write_quota(sheet: Worksheet, view: View) -> None:
    """Write the provinces against their quota, and below them the roster by name."""
    provinces = view.provinces.to_dicts()
    if view.province is None:
        total: Row = {"province": "合计", "quota_status": None}
        total |= {name: sum(row[name] or 0 for row in provinces) for name in (*_COUNTS, *_FOUND)}
        provinces.append(total)
    below = write_table(sheet, _province_columns(), provinces, main=False)
    write_table(sheet, _roster_columns(), expected_pilots(view), top=below + 1)


def _province_columns() -> list[Column]:
    def count(name: str) -> Column:
        # Missing is not zero.
        return Column((_COUNTS | _FOUND)[name], 10, lambda row: "—" if row[name] is None else row[name], "居中")

    def status(row: Row) -> str:
        return (
            QUOTA_TITLES.get(row["quota_status"], "") if row["submitted"] or not row["quota_status"] else "未收到报送"
        )

    return [
        Column("省份", 18, lambda row: row["province"], "文字"),
        *(count(name) for name in (*_COUNTS, *_FOUND)),
        Column("名额状态", 16, status, lambda row: "good" if status(row) in {*GOOD_STATES, ""} else "bad"),
    ]


def _roster_columns() -> list[Column]:
    return [
        Column("省份", 18, lambda row: row["province"]),
        Column("试点", 24, lambda row: row["pilot"]),
        Column("类型", 8, lambda row: KIND_TITLES.get(row["kind"] or ""), "居中"),
        Column("名单内", 8, lambda row: "是" if row["listed"] else "否", "居中"),
        Column("报送名称", 24, lambda row: row["named"] or "—"),
        Column("状态", 14, lambda row: row["state"], lambda row: "good" if row["state"] in GOOD_STATES else "bad"),
        Column("报送文件", 46, lambda row: row["file"] or "—"),
    ]
