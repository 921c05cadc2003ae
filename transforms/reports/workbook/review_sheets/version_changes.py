"""补正前后对照: every cell that changed between two versions, with the finding that asked for it and its state."""

from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.rows.version_rows import LEFT, SETTLED, version_rows
from transforms.reports.sheet_parts.links import submission_link
from transforms.reports.sheet_parts.tables import Column, Link, Row, write_table
from transforms.reports.view import View


def write_version_changes(sheet: Worksheet, view: View) -> int:
    """Write the rows and return their number."""
    rows = [vars(one) | {"name": one.name} for one in version_rows(view)]
    sources = {row["file"]: row for row in view.files.iter_rows(named=True)}

    def version(row: Row, which: str) -> str:
        cell = getattr(row["change"], which)
        return (sources.get(cell["file"], {}).get("version") if cell else None) or "—"

    def place(row: Row, which: str) -> Link | str:
        cell = getattr(row["change"], which)
        if cell is None or not cell["cell"]:
            return "—"
        return submission_link(view, cell["file"], f"{cell['sheet']}!{cell['cell']}", cell["sheet"], cell["cell"])

    def look(row: Row) -> str:
        return "error" if row["state"] == LEFT else "good" if row["state"].startswith(SETTLED) else "居中"

    columns = [
        *([] if view.province else [Column("省份", 13, lambda row: row["change"].province)]),
        Column("试点", 18, lambda row: view.pilot_title(row["change"].province, row["change"].pilot)),
        Column("指标", 26, lambda row: row["name"]),
        Column("年份", 7, lambda row: row["change"].year or "—", "居中"),
        Column("更正前", 18, lambda row: row["change"].texts[0] or "—", "原值"),
        Column("更正后", 18, lambda row: row["change"].texts[1] or "—", "原值"),
        Column("变化", 8, lambda row: row["way"], "居中"),
        Column("要求更正的问题", 30, lambda row: row["asked"] or "—"),
        Column("是否解决", 16, lambda row: row["state"], look),
        Column("更正前版本", 10, lambda row: version(row, "before"), "居中"),
        Column("更正前单元格", 14, lambda row: place(row, "before"), "链接"),
        Column("更正后版本", 10, lambda row: version(row, "now"), "居中"),
        Column("更正后单元格", 14, lambda row: place(row, "now"), "链接"),
    ]
    write_table(sheet, columns, rows)
    return len(rows)
