"""试点单页: all findings of each pilot with their decisions, an outline and a printed page for each pilot."""

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import Outline
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import FINDINGS, NOTHING_TO_DO, OPEN, PILOTS
from contracts.rules import SEVERITY_TITLES
from transforms.decisions.ledger import PilotDecision
from transforms.reports.rows.pilot_status import open_in_words, pilot_statuses
from transforms.reports.sheet_parts.cells import put, put_wide
from transforms.reports.sheet_parts.styles import height_for, set_up_page
from transforms.reports.sheet_parts.tables import Row
from transforms.reports.view import KIND_TITLES, View

_COLUMNS = (
    ("序号", 5.0),
    ("严重程度", 8.0),
    ("指标", 18.0),
    ("年份", 6.0),
    ("问题", 16.0),
    ("说明", 44.0),
    ("处理建议", 32.0),
    (FINDINGS.fields["status"], 10.0),
    ("审核意见、审核人、日期", 24.0),
)


def write_pilot_sheets(sheet: Worksheet, view: View) -> int:
    """Write a block for each pilot of a province with findings; return their number. The nation has index.html."""
    if view.province is None:
        return 0
    found: dict[str, list[Row]] = {}
    for row in view.findings.iter_rows(named=True):
        if row["pilot"]:
            found.setdefault(row["pilot"], []).append(row)
    pilots = [row for row in pilot_statuses(view) if row["pilot"] in found]
    wide = len(_COLUMNS)
    put(
        sheet,
        1,
        1,
        "每个试点的全部问题和处理意见；左侧分级符号可折叠，打印时每个试点另起一页。意见在“问题清单”填写。",
        "说明",
    )
    at = 2
    for position, pilot in enumerate(pilots):
        if position:
            sheet.row_breaks.append(Break(id=at - 1))
        put_wide(sheet, at, 1, wide, _title(view, pilot), "项目")
        sheet.row_dimensions[at].height = height_for([(_title(view, pilot), 150.0)])
        at += 1
        for column, (title, _) in enumerate(_COLUMNS, 1):
            put(sheet, at, column, title, "表头")
        sheet.row_dimensions[at].outlineLevel = 1
        for number, row in enumerate(found[pilot["pilot"]], 1):
            at += 1
            _write_finding(sheet, at, number, row, view)
        at += 1
    for column, (_, width) in enumerate(_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.sheet_properties.outlinePr = Outline(summaryBelow=False)
    set_up_page(sheet)
    return len(pilots)


def _title(view: View, pilot: Row) -> str:
    texts = view.ledger.pilot_decisions.get((pilot["province"], pilot["pilot"]), PilotDecision()).texts
    values = "—" if pilot["usable"] is None else f"{pilot['usable']}/{pilot['wanted']}"
    said = [
        f"{pilot['title']}（{KIND_TITLES.get(pilot['kind'] or '', '—')}）",
        f"状态：{pilot['state']}",
        f"可用数值：{values}",
        f"实施方案：{pilot['plan']}",
        f"未处理的问题：{open_in_words(pilot)}",
        *(f"{PILOTS.fields[name]}：{text}" for name, text in texts.items() if text),
    ]
    return "　".join(said)


def _write_finding(sheet: Worksheet, at: int, number: int, row: Row, view: View) -> None:
    entry = view.entry(row["finding_key"])
    state = NOTHING_TO_DO if entry.state is OPEN and row["severity"] == "info" else entry.state.title
    said = "；".join(entry.texts[name] for name in ("opinion", "person", "date") if entry.texts.get(name))
    texts = (
        number,
        SEVERITY_TITLES[row["severity"]],
        view.indicator_name(row) or "—",
        row["year"] or "—",
        view.contracts.rules[row["rule"]].heading(row["status"]),
        row["message"],
        row["advice"],
        state,
        said or None,
    )
    look = "unused" if entry.state.dismisses else row["severity"]
    for column, text in enumerate(texts, 1):
        put(sheet, at, column, text, look if column == 2 else "居中" if column in {1, 4, 8} else "文字")
    sheet.row_dimensions[at].height = height_for(zip(texts, (width for _, width in _COLUMNS), strict=True))
    sheet.row_dimensions[at].outlineLevel = 1
