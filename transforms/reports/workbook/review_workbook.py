"""Assemble the sheets of the review workbook of a province, or of the national summary."""

from collections.abc import Callable, Collection
from typing import TypeVar

from openpyxl import Workbook

from transforms.failures import Failure, failure_of
from transforms.reports.office_files import workbook_bytes
from transforms.reports.sheet_parts.cells import put
from transforms.reports.sheet_parts.data_bars import add_data_bars
from transforms.reports.sheet_parts.styles import add_styles
from transforms.reports.view import View
from transforms.reports.workbook.hidden_metadata import protect, write_metadata
from transforms.reports.workbook.record_sheets.conversions import write_conversions
from transforms.reports.workbook.record_sheets.decision_trail import write_decision_trail
from transforms.reports.workbook.record_sheets.rule_catalogue import write_rule_catalogue
from transforms.reports.workbook.record_sheets.sources import write_sources
from transforms.reports.workbook.record_sheets.vanished_findings import write_vanished_findings
from transforms.reports.workbook.review_sheets.conclusions import write_conclusions
from transforms.reports.workbook.review_sheets.finding_list import write_findings
from transforms.reports.workbook.review_sheets.identical_figures import write_identical_figures
from transforms.reports.workbook.review_sheets.indicator_comparison import NAMES, FindingRows, write_comparison
from transforms.reports.workbook.review_sheets.national_comparison import write_national_comparison
from transforms.reports.workbook.review_sheets.plan_agreement import write_agreement
from transforms.reports.workbook.review_sheets.plan_chapters import write_chapters
from transforms.reports.workbook.review_sheets.text_targets import write_text_targets
from transforms.reports.workbook.summary_sheets.charts import write_charts
from transforms.reports.workbook.summary_sheets.cover import write_cover
from transforms.reports.workbook.summary_sheets.pilot_overview import write_pilot_overview
from transforms.reports.workbook.summary_sheets.quota import write_quota
from transforms.reports.workbook.summary_sheets.statistics import write_statistics

T = TypeVar("T")


class SheetError(Exception):
    """A sheet cannot be written; the message is its name, and the cause is chained."""


_SHEETS = [
    ("名额核对", "名额、名单与报送情况逐一核对"),
    ("试点总览", "每个报送文件的状态、可用数值和问题数量"),
    ("图表", "名额、问题和主要指标的图形，旁边是绘图用的数值"),
    (NAMES["city"], "城市试点逐项：原值、规范值、换算依据、同类中位数、问题"),
    (NAMES["park"], "园区试点逐项：原值、规范值、换算依据、同类中位数、问题"),
    ("指标汇总", "各指标的试点数、最小值、中位数、最大值，可加指标的合计"),
    ("问题清单", "全部问题，按严重程度排列，可筛选；处理意见在此填写"),
    ("审核意见", "每个试点的初审、复核和结论，在此填写"),
    ("对标情况", "各试点目标与全国目标逐项比较，附文件和条款；全国目标仅作参照"),
    ("未量化目标", "以文字表述、无法核对的目标，以及量化要求"),
    ("章节核对", "实施方案对照编制指南八章：有、不充实、缺少、在其他章节、照搬指南，附标题、段落和摘录"),
    ("文表一致性", "实施方案正文中的目标和方案内的指标表，与工作簿逐项比对"),
    ("已销号问题", "已有处理意见、现已不存在的问题"),
    ("审核留痕", "读取了哪些评审工作簿，哪些内容未能采用及原因"),
    ("换算记录", "每个换算过的数值：原值、规范值和换算依据"),
    ("规则目录", "本工作簿使用的全部规则"),
    ("来源", "报送文件、校验值和程序版本"),
]
# Added to the description where the national summary lists only a part: see `ALL_LISTED`.
_PARTIAL = dict.fromkeys((*NAMES.values(), "换算记录"), "；只列有警告及以上问题的指标，其余见各省评审工作簿")
_PARTIAL["问题清单"] = "；只列警告及以上，提示见各省评审工作簿"
_COPIES = ("数值雷同", "多项数值完全相同的试点，只列入全国汇总")


_FAILED_SHEET = "程序出错，本表未能生成；其余各表不受影响。"
# A workbook without these is useless: they hold what is to be decided.
_REQUIRED = frozenset({"问题清单", "审核意见"})


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
    listed = [(name, about if view.lists_all else about + _PARTIAL.get(name, "")) for name, about in _SHEETS]
    listed += [] if view.province else [_COPIES]
    sheets = {name: book.create_sheet(name) for name, _ in listed}

    def write(name: str, function: Callable[..., T], *arguments: object) -> T | None:
        if name in left_out:
            put(sheets[name], 1, 1, _FAILED_SHEET, "说明")
            return None
        try:
            return function(sheets[name], *arguments)
        except Exception as error:
            raise SheetError(name) from error

    write_cover(cover, view, listed)
    write("名额核对", write_quota, view)
    write("试点总览", write_pilot_overview, view)
    write("图表", write_charts, view)
    places: FindingRows = {}
    for kind, name in NAMES.items():
        places |= write(name, write_comparison, view, kind) or {}
    write("指标汇总", write_statistics, view)
    if not {"试点总览", "指标汇总"} & set(left_out):
        write("指标汇总", lambda sheet: add_data_bars(view, sheets["试点总览"], sheet))
    write("问题清单", write_findings, view, places)
    write("对标情况", write_national_comparison, view)
    write("未量化目标", write_text_targets, view)
    write("章节核对", write_chapters, view)
    write("文表一致性", write_agreement, view)
    if view.province is None:
        write(_COPIES[0], write_identical_figures, view)
    write("审核意见", write_conclusions, view)
    write("已销号问题", write_vanished_findings, view)
    write("审核留痕", write_decision_trail, view)
    write("换算记录", write_conversions, view)
    write("规则目录", write_rule_catalogue, view)
    write("来源", write_sources, view)
    if view.province:
        write_metadata(book, view)
    protect(book)
    return workbook_bytes(book)
