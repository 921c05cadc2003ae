"""指标汇总: minimum, median and maximum of each indicator, sums only of additive ones, pilots left out and why."""

from openpyxl.worksheet.worksheet import Worksheet

from contracts.indicators import Indicator
from transforms.reports.rows.quantities import number_format
from transforms.reports.sheet_parts.tables import Column, Row, write_table
from transforms.reports.view import KIND_TITLES, View


def write_statistics(sheet: Worksheet, view: View) -> int:
    """Write one row for each indicator, year and unit; return the number of rows with values."""
    indicators = {row.code: row for table in view.contracts.tables.values() for row in table.indicators}
    accepted = {
        kind: sum(row[name] or 0 for row in view.provinces.iter_rows(named=True))
        for kind, name in (("city", "cities"), ("park", "parks"))
    }

    def of(row: Row) -> Indicator:
        return indicators[row["indicator"]]

    def coverage(row: Row) -> str:
        return f"{row['n'] or 0}/{accepted[row['kind']]}"

    def digits(row: Row) -> str:
        return number_format(view.contracts, row["indicator"], row["unit"])

    titles = {pilot.name: view.pilot_title(province, pilot.name) for province, pilot in view.roster() if pilot.seat}

    def left_out(row: Row) -> str:
        text = row["left_out"] or "—"
        for name, title in titles.items():
            text = text.replace(f"{name}（", f"{title}（")
        return text

    columns = [
        Column("类型", 7, lambda row: KIND_TITLES[row["kind"]], "居中"),
        Column("序号", 6, lambda row: of(row).number, "居中"),
        Column("类别", 24, lambda row: of(row).category),
        Column("具体指标", 32, lambda row: of(row).name),
        Column("单位", 13, lambda row: row["unit"] or of(row).unit),
        Column("年份", 7, lambda row: row["year"], "居中"),
        Column("参与试点数 n", 12, lambda row: row["n"] or 0, "居中"),
        Column("覆盖（n/有效报送）", 18, coverage, "居中"),
        Column("最小值", 13, lambda row: row["minimum"], "数值", digits),
        Column("中位数", 13, lambda row: row["median"], "数值", digits),
        Column("最大值", 13, lambda row: row["maximum"], "数值", digits),
        Column("合计（仅可加指标）", 16, lambda row: "—" if row["total"] is None else row["total"], "数值", digits),
        Column("未计入的试点及原因", 50, left_out, "居中"),
    ]
    rows = [row for row in view.statistics.iter_rows(named=True) if row["year"] in view.contracts.round.required_years]
    write_table(sheet, columns, rows)
    return sum(row["n"] or 0 for row in rows)
