"""Assemble the sheets of the review workbook of a province, or of the national summary."""

from collections.abc import Callable, Collection
from functools import partial

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from transforms.failures import Failure, failure_of
from transforms.reports.files.office_files import workbook_bytes
from transforms.reports.sheet_parts.cells import put
from transforms.reports.sheet_parts.styles import add_styles, head_pages
from transforms.reports.sheet_parts.tables import Places
from transforms.reports.view import View
from transforms.reports.workbook.hidden_metadata import protect, write_metadata
from transforms.reports.workbook.record_sheets.conversions import write_conversions
from transforms.reports.workbook.record_sheets.decision_trail import write_decision_trail
from transforms.reports.workbook.record_sheets.ranges import write_ranges
from transforms.reports.workbook.record_sheets.rule_catalogue import write_rule_catalogue
from transforms.reports.workbook.record_sheets.sources import write_sources
from transforms.reports.workbook.record_sheets.vanished_findings import write_vanished_findings
from transforms.reports.workbook.review_sheets.conclusions import write_conclusions
from transforms.reports.workbook.review_sheets.finding_list import write_findings
from transforms.reports.workbook.review_sheets.identical_figures import write_identical_figures
from transforms.reports.workbook.review_sheets.indicator_comparison import NAMES, write_comparison
from transforms.reports.workbook.review_sheets.national_comparison import write_national_comparison
from transforms.reports.workbook.review_sheets.pilot_sheets import write_pilot_sheets
from transforms.reports.workbook.review_sheets.plan_agreement import write_agreement
from transforms.reports.workbook.review_sheets.plan_chapters import write_chapters
from transforms.reports.workbook.review_sheets.score_sheet import write_scores
from transforms.reports.workbook.review_sheets.target_completion import write_target_completion
from transforms.reports.workbook.review_sheets.text_targets import write_text_targets
from transforms.reports.workbook.review_sheets.traffic_lights import write_traffic_lights
from transforms.reports.workbook.review_sheets.version_changes import write_version_changes
from transforms.reports.workbook.summary_sheets.charts import write_charts
from transforms.reports.workbook.summary_sheets.cover import write_cover
from transforms.reports.workbook.summary_sheets.pace_comparison import write_pace_comparison
from transforms.reports.workbook.summary_sheets.pilot_overview import write_pilot_overview
from transforms.reports.workbook.summary_sheets.quota import write_quota
from transforms.reports.workbook.summary_sheets.statistics import write_statistics


class SheetError(Exception):
    """A sheet cannot be written; the message is its name, and the cause is chained."""


# Writes a sheet and returns the number of its rows, or the places of what is shown there.
Writer = Callable[[Worksheet, View], int | Places]

# By name in the order of the workbook: purpose, and what writes it. 问题清单 and 指标红绿灯 link to the others.
SHEETS: dict[str, tuple[str, Writer | None]] = {
    "问题清单": ("全部问题，先按严重程度、再按重要程度排列，可筛选；处理意见在此填写", None),
    "审核意见": ("每个试点的初审、复核和结论，在此填写", write_conclusions),
    NAMES["city"]: (
        "城市试点逐项：问题、原值、规范值、年均变化、全国目标、同类中位数",
        partial(write_comparison, kind="city"),
    ),
    NAMES["park"]: (
        "园区试点逐项：问题、原值、规范值、年均变化、全国目标、同类中位数",
        partial(write_comparison, kind="park"),
    ),
    "试点单页": ("每个试点一页：全部问题和处理意见，可折叠、可打印", write_pilot_sheets),
    "评分表": ("专家按评审要点评分，按权重自动汇总", write_scores),
    "指标红绿灯": ("试点×指标一览：状态（红、黄、绿、灰）、末年数值和变化，点击跳到指标对照", None),
    "目标完成情况": (
        "到期目标逐项判断：基期、目标、实际、完成率、说明，到最后目标年还需的年均变化；按指标和试点汇总",
        write_target_completion,
    ),
    "对标情况": ("各试点目标与全国目标逐项比较，附文件和条款；全国目标仅作参照", write_national_comparison),
    "进度对比": ("主要指标和隐含碳排放的年均变化，与全国、同类对照，按差距排列，附图", write_pace_comparison),
    "文表一致性": ("实施方案正文中的目标和方案内的指标表，与工作簿逐项比对", write_agreement),
    "章节核对": (
        "实施方案对照编制指南八章：有、不充实、缺少、在其他章节、照搬指南，附标题、段落和摘录",
        write_chapters,
    ),
    "补正前后对照": ("补正后改动的每个单元格、要求更正的问题和是否解决", write_version_changes),
    "试点总览": ("每个试点的状态、问题数量（不含已处理的）、可用数值和报送文件", write_pilot_overview),
    "名额核对": ("名额与报送情况", write_quota),
    "未量化目标": ("以文字表述、无法核对的目标，以及量化要求", write_text_targets),
    "指标汇总": ("各指标的试点数、最小值、中位数、最大值，可加指标的合计", write_statistics),
    "图表": ("主要指标的图形，旁边是绘图用的数值", write_charts),
    "数值雷同": ("多项数值完全相同的试点，只列入全国汇总", write_identical_figures),
    "已销号问题": ("已有处理意见、现已不存在的问题", write_vanished_findings),
    "审核留痕": ("读取了哪些评审工作簿，哪些内容未能采用及原因", write_decision_trail),
    "换算记录": ("每个换算过的数值：原值、规范值和换算依据", write_conversions),
    "合理范围表": ("核对数值所用的可能范围、合理范围和年变化幅度", write_ranges),
    "规则目录": ("本工作簿使用的全部规则", write_rule_catalogue),
    "来源": ("报送文件、校验值和程序版本", write_sources),
}
_COUNTED = {
    "问题清单",
    "补正前后对照",
    "未量化目标",
    "数值雷同",
    "已销号问题",
    "换算记录",
}  # the number of rows is in the list of sheets
# Added to the purpose where the national summary lists only a part: see `ALL_LISTED`.
_PARTIAL = dict.fromkeys(
    (*NAMES.values(), "换算记录", "对标情况"), "；只列有警告及以上问题的指标，其余见各省评审工作簿"
)
_PARTIAL["问题清单"] = "；只列警告及以上，提示见各省评审工作簿"
# What is different in the national summary, in which nothing is filled in.
_NATIONAL = {
    "问题清单": "全部问题，先按严重程度、再按重要程度排列，可筛选；处理状态取自各省评审工作簿",
    "审核意见": "每个试点未处理的问题和结论，取自各省评审工作簿",
    "文表一致性": "实施方案与工作簿不一致的目标；一致的和未比对的见各省评审工作簿",
    "章节核对": "实施方案中不充实、缺少、在其他章节、照搬指南的部分；其余见各省评审工作簿",
}
_FAILED_SHEET = "程序出错，本表未能生成；其余各表不受影响。"
# A workbook without these is useless: they hold what is to be decided.
_REQUIRED = frozenset({"问题清单", "审核意见"})
# Other programs open these by name: they are hidden while empty, not left out.
_HIDDEN = frozenset({*NAMES.values(), "试点总览", "名额核对", "已销号问题"})


def render_without_failed_sheets(view: View, failures: list[Failure]) -> bytes:
    """Render the workbook with one line in place of each sheet that fails; these are added to `failures`.

    Raises:
        SheetError: if 问题清单 or 审核意见 fails.
    """
    left_out: list[str] = []
    while True:
        try:
            return render_review_workbook(view, left_out)
        except SheetError as error:
            title = str(error)
            if title in left_out or title in _REQUIRED:
                raise
            left_out.append(title)
            failures.append(failure_of(f"{view.title} {title}", error.__cause__ or error))


def render_review_workbook(view: View, left_out: Collection[str] = ()) -> bytes:
    """Return the review workbook of a province, or the national summary, as .xlsx: the same bytes for the same view.

    Sheets without rows are left out.

    Args:
        view: what is shown.
        left_out: names of sheets that get one line saying that they failed.

    Raises:
        SheetError: if another sheet fails.
    """
    book = Workbook()
    add_styles(book)
    cover = book.worksheets[0]
    cover.title = "封面"
    left = {"数值雷同"} if view.province else set()
    left |= {"目标完成情况"} if view.contracts.round.kind == "plan" else set()
    sheets = {name: book.create_sheet(name) for name in SHEETS if name not in left}
    places: Places = {}
    rows: dict[str, int] = {}

    def write(name: str, writer: Writer) -> None:
        if name in left_out:
            put(sheets[name], 1, 1, _FAILED_SHEET, "说明")
            rows[name] = 1
            return
        try:
            result = writer(sheets[name], view)
        except Exception as error:
            raise SheetError(name) from error
        rows[name] = result if isinstance(result, int) else len(result)
        if not isinstance(result, int):
            places.update({key: place for key, place in result.items() if key not in places})

    for name in sheets:
        if writer := SHEETS[name][1]:
            write(name, writer)
    write("指标红绿灯", partial(write_traffic_lights, places=places))
    write("问题清单", partial(write_findings, places=places))
    for name, sheet in sheets.items():
        if not rows[name] and name in _HIDDEN:
            sheet.sheet_state = "hidden"
        elif not rows[name] and name not in _REQUIRED:
            book.remove(sheet)
    shown = [name for name in sheets if rows[name] or name in _REQUIRED]
    write_cover(cover, view, [(name, rows[name] if name in _COUNTED else None, _purpose(view, name)) for name in shown])
    if view.province:
        write_metadata(book, view)
    for name in shown:
        head_pages(sheets[name], f"{view.contracts.round.title}　{view.title}")
    protect(book)
    return workbook_bytes(book)


def _purpose(view: View, name: str) -> str:
    purpose = SHEETS[name][0] if view.province else _NATIONAL.get(name, SHEETS[name][0])
    return purpose + ("" if view.lists_all else _PARTIAL.get(name, ""))
