"""填报说明: how to fill in the workbook, units, checks, examples, and a line about every indicator."""

from collections.abc import Iterable

from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from contracts.indicators import Table
from contracts.round import Round
from transforms.reports.sheet_parts.cells import Value, put
from transforms.reports.sheet_parts.styles import height_for, set_up_page
from transforms.reports.template.styles import LABEL, protect, set_widths, style, write_header, write_title

_WIDTHS = (8, 36, 16, 56, 60)
# What is entered for a share, whether it is accepted, and why; the tests try each of them.
EXAMPLES = (
    ("25.3", "可以", "单位是%，填百分数本身。"),
    ("25.3%", "可以", "带百分号也可以。"),
    ("达到25%以上", "可以", "按“不低于25%”理解。"),
    ("25%左右", "可以", "按“约25%”理解。"),
    ("0.253", "须更正或说明", "分不清是0.253%还是25.3%，不参与汇总。"),
    ("持续提高", "须更正或说明", "没有可核对的数值；确无法量化的，在“说明”中写明原因。"),
    ("见附件", "须更正", "表中没有数值，附件中的内容不会读取。"),
    ("253", "须更正", "占比不会超过100%，多为小数点或单位有误。"),
)

# Of progress rounds: an actual value is one figure.
PROGRESS_EXAMPLES = (
    ("25.3", "可以", "单位是%，填百分数本身。"),
    ("25.3%", "可以", "带百分号也可以。"),
    ("0.253", "须更正或说明", "分不清是0.253%还是25.3%，不参与汇总。"),
    ("24%-26%", "须更正或说明", "实际值须是一个统计数；区间不能判断是否完成目标。"),
    ("已完成", "须更正或说明", "没有可核对的数值，不能判断是否完成目标。"),
    ("待统计部门公布", "须更正或说明", "公布后补报，并在“说明”中写明预计公布时间。"),
    ("见附件", "须更正", "表中没有数值，附件中的内容不会读取。"),
    ("253", "须更正", "占比不会超过100%，多为小数点或单位有误。"),
)


def write_guide(sheet: Worksheet, table: Table, round_: Round) -> None:
    """Write the instructions."""
    set_widths(sheet, _WIDTHS)
    write_title(sheet, "填报说明", len(_WIDTHS))
    row = 2
    for title, lines in (
        ("一、填报要求", _how(table, round_)),
        ("二、单位", _units()),
        ("三、审核要点", _checks(table, round_)),
    ):
        row = _paragraph(sheet, row, title, lines)
    examples = PROGRESS_EXAMPLES if round_.kind == "progress" else EXAMPLES
    row = _examples(sheet, _heading(sheet, row, "四、填写示例（以单位为%的指标为例）"), examples)
    sheet.row_breaks.append(Break(row - 1))
    _indicators(sheet, _heading(sheet, row, "五、各项指标的含义、口径和常见错误"), table)
    protect(sheet)
    set_up_page(sheet)


def _how(table: Table, round_: Round) -> tuple[str, ...]:
    base, targets = round_.base_year, "、".join(f"{year}年" for year in round_.target_years)
    if round_.kind == "progress":
        return _how_progress(table, round_)
    return (
        "1. 只在浅黄色单元格内填写；灰色单元格已锁定。工作表未设密码，请勿增删、移动行列，也不要改动指标名称。",
        f"2. “{table.sheet}”填写{base}年实际值和{targets}目标值，每格只填一个数值；数据来源和口径写入“备注”。",
        "3. 可以根据实际情况补充或删减指标：删减的留空；补充的填在表末“补充指标”各行。两种情况都须在“说明”中写明理由。",
        "4. 目标确需用文字表述的可以填写，出现提示时选择“是”；请尽量给出可核对的数值。",
        "5. 重点工程填入“重点工程”；“支撑指标”写明该项目支撑的指标，多个指标用顿号分开。",
        "6. “封面”的填报日期写作2024-03-15的形式。首次报送版本填1，以后每次重新报送加1，并报送完整的工作簿。",
    )


def _how_progress(table: Table, round_: Round) -> tuple[str, ...]:
    reported = "、".join(f"{year}年" for year in round_.reported_years)
    due = "、".join(f"{year}年" for year in round_.due)
    return (
        "1. 只在浅黄色单元格内填写；灰色单元格已锁定。工作表未设密码，请勿增删、移动行列，也不要改动指标名称。",
        f"2. “{table.sheet}”填写{reported}实际值，每格只填一个统计数；尚未结束的年份不填预计数。",
        "3. 基期值和目标值是原报送并采用的数值，已预先填好，请勿改动；空白的照原报送补填。",
        f"4. {due}目标未完成的，在“说明”中选“未完成原因”，逐项写明原因和下一步措施。",
        "5. “重点工程进展”逐个项目填写建设状态、完成投资和实际效果；未开工、停工或取消的，写明偏差原因。",
        "6. “封面”的填报日期写作2026-03-15的形式。首次报送版本填1，以后每次重新报送加1，并报送完整的工作簿。",
    )


def _units() -> tuple[str, ...]:
    return (
        "1. 一律按“单位”栏填写，单元格内只填数字。单位栏可以选择的，先选定单位，三个年份用同一单位。",
        "2. 单位为%的填百分数：25.3或25.3%，不要填0.253。",
        "3. 换算：1万千瓦＝10000千瓦；1万辆＝10000辆；15亩＝1公顷；1吨标准煤＝1000千克标准煤；1亿元＝10000万元。",
    )


def _checks(table: Table, round_: Round) -> tuple[str, ...]:
    course = (
        "3. 完成：实际值与目标值、基期值比较，是否完成，是否有进展，未完成的是否说明原因；各年之间是否衔接。"
        if round_.kind == "progress"
        else "3. 前后：目标较基期是否不升反降或不降反升，后一目标年是否弱于前一目标年。"
    )
    return (
        f"1. 完整：{len(table.indicators)}项指标各年是否齐全，缺项有没有说明理由。",
        "2. 数值：能不能识别为数值，是否超出可能的范围，百分数是否误填为小数，数值大小与单位是否相称。",
        course + "经核实数据无误的，在“说明”工作表中写明理由即可。",
        "4. 关系：碳排放强度与能耗强度是否相称等指标之间的关系。",
        "5. 身份：封面、表题、文件名是否指向同一试点，多次报送以版本和日期最新的为准。",
    )


def _heading(sheet: Worksheet, row: int, text: str) -> int:
    style(put(sheet, row, 1, text), size=12, bold=True)
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(_WIDTHS))
    sheet.row_dimensions[row].height = 28
    return row + 1


def _paragraph(sheet: Worksheet, row: int, title: str, lines: tuple[str, ...]) -> int:
    for at, line in enumerate(lines, _heading(sheet, row, title)):
        style(put(sheet, at, 1, line))
        sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=len(_WIDTHS))
        sheet.row_dimensions[at].height = _height([(line, sum(_WIDTHS))])
    return row + 1 + len(lines)


def _examples(sheet: Worksheet, row: int, examples: tuple[tuple[str, str, str], ...]) -> int:
    write_header(sheet, ("填写内容", "是否可以", "说明"), row, first=2)
    for at, example in enumerate(examples, row + 1):
        for column, text in enumerate(example, 2):
            style(put(sheet, at, column, text), border=True, align="center" if column == 3 else "left")
        sheet.row_dimensions[at].height = 22
    return row + 1 + len(examples)


def _indicators(sheet: Worksheet, row: int, table: Table) -> None:
    write_header(sheet, ("序号", "具体指标", "单位", "含义和口径", "常见错误"), row)
    for at, one in enumerate(table.indicators, row + 1):
        texts: tuple[Value, ...] = (one.number, one.name, one.unit, one.scope, one.hint)
        for column, text in enumerate(texts, 1):
            align = "center" if column in {1, 3} else "left"
            style(put(sheet, at, column, text), fill=LABEL if column < 4 else None, border=True, align=align)
        sheet.row_dimensions[at].height = _height(zip(texts, _WIDTHS, strict=True))


def _height(texts: Iterable[tuple[object, float]]) -> float:
    """Return the height of a row for the 11 point font, which is larger than that of the review workbook."""
    return height_for((text, width * 0.8) for text, width in texts) * 1.2 + 4
