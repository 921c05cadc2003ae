"""评分表: experts enter a score for each criterion; formulas weigh and average them."""

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import SCORE_TITLES
from contracts.scoring import Scoring
from transforms.decisions.ledger import Scores
from transforms.decisions.metadata import pilot_key
from transforms.reports.rows.pilot_status import pilot_statuses
from transforms.reports.sheet_parts.cells import merge, put
from transforms.reports.sheet_parts.styles import set_up_page
from transforms.reports.sheet_parts.tables import Row
from transforms.reports.view import View

_WIDTHS = (22.0, 14.0, 20.0)  # 试点, 专家, 领域
_NOTE = "在浅黄色格中填写0—{highest}分；得分按权重计算，填齐各项后显示，平均为各专家得分的平均。其余单元格受保护。"
_HEADER, _WEIGHTS = 2, 3  # rows


def write_scores(sheet: Worksheet, view: View) -> int:
    """Write a row for each pilot and expert, and an average; return the number of pilots. Only for a province."""
    scoring = view.contracts.round.scoring
    if view.province is None or scoring is None or not scoring.criteria:
        return 0
    first = len(_WIDTHS) + 1
    last = first + len(scoring.criteria) - 1
    pilots = [row for row in pilot_statuses(view) if row["pilot"] and row["province"]]
    put(sheet, 1, 1, _NOTE.format(highest=scoring.highest), "注")
    merge(sheet, 1, 1, last + 1)
    sheet.row_dimensions[1].height = 30
    titles = (*SCORE_TITLES[:3], *(one.name for one in scoring.criteria), *SCORE_TITLES[3:])
    for column, title in enumerate(titles, 1):
        put(sheet, _HEADER, column, title, "表头")
        width = _WIDTHS[column - 1] if column < first else 14.0
        sheet.column_dimensions[get_column_letter(column)].width = width
        put(sheet, _WEIGHTS, column, "权重" if column == first - 1 else None, "项目")
    for column, criterion in enumerate(scoring.criteria, first):
        put(sheet, _WEIGHTS, column, criterion.weight, "合计")
    sheet.row_dimensions[_HEADER].height = 36
    sheet.column_dimensions[get_column_letter(last + 2)].hidden = True
    rule = DataValidation(
        type="decimal",
        operator="between",
        formula1="0",
        formula2=str(scoring.highest),
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="请填写分数",
        error=f"请填写0到{scoring.highest}之间的数。",
    )
    scores = view.ledger.scores.get(view.province, {})
    at = _WEIGHTS
    for row in pilots:
        at = _write_pilot(sheet, at, row, scoring, scores, rule)
    sheet.add_data_validation(rule)
    set_up_page(sheet, title_rows=_WEIGHTS, freeze=f"{get_column_letter(first)}{_WEIGHTS + 1}")
    return len(pilots)


def _write_pilot(sheet: Worksheet, at: int, row: Row, scoring: Scoring, scores: Scores, rule: DataValidation) -> int:
    """Write the rows of a pilot below row `at`; return its last row."""
    first = len(_WIDTHS) + 1
    left, right = get_column_letter(first), get_column_letter(first + len(scoring.criteria) - 1)
    total = first + len(scoring.criteria)
    top = at + 1
    for expert, fields in scoring.experts_by_field.items():
        at += 1
        key = f"{pilot_key(row['province'], row['pilot'])} {expert}"
        for column, text in enumerate((row["title"], expert, "、".join(fields)), 1):
            put(sheet, at, column, text, "文字")
        for column, criterion in enumerate(scoring.criteria, first):
            put(sheet, at, column, _number(scores.get((key, criterion.name), "")), "评分")
        cells, weights = f"{left}{at}:{right}{at}", f"${left}${_WEIGHTS}:${right}${_WEIGHTS}"
        sum_ = f"SUMPRODUCT({weights},{cells})/SUM({weights})"
        sheet.cell(at, total, f'=IF(COUNT({cells})={len(scoring.criteria)},{sum_},"")').style = "合计"
        put(sheet, at, total + 1, key, "代码")
        rule.add(cells)
    letter = get_column_letter(total)
    for column in range(1, total):
        put(sheet, at + 1, column, row["title"] if column == 1 else "平均" if column == 2 else None, "项目")
    own = f"{letter}{top}:{letter}{at}"
    sheet.cell(at + 1, total, f'=IF(COUNT({own})>0,AVERAGE({own}),"")').style = "合计"
    for line in range(top, at + 2):
        sheet.cell(line, total).number_format = "0.0"
    return at + 1


def _number(text: str) -> float | str | None:
    """Return a score as a number; other text as it is, which the formula does not count."""
    try:
        return float(text) if text else None
    except ValueError:
        return text
