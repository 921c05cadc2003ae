"""Puts the sheets of a review workbook together: one for a province, one for the nation."""

from openpyxl import Workbook

from transforms.render.bars import add_bars
from transforms.render.charts import write_charts
from transforms.render.comparison import NAMES, Places, write_comparison
from transforms.render.cover import write_cover
from transforms.render.findings import write_findings
from transforms.render.metadata import protect, write_metadata
from transforms.render.plan import SHEETS as PLAN_SHEETS
from transforms.render.plan import write_agreement, write_chapters
from transforms.render.quota import write_pilots, write_quota
from transforms.render.sources import write_conversions, write_rules, write_sources
from transforms.render.statistics import write_statistics
from transforms.render.styles import add_styles
from transforms.render.trail import write_gone, write_trail
from transforms.render.verdicts import write_verdicts
from transforms.render.view import View
from transforms.render.words import write_copies, write_words
from transforms.saving import save_bytes

_SHEETS = [
    ("名额核对", "名额、名单与报送情况逐一核对"),
    ("试点总览", "每个报送文件的状态、可用数值和问题数量"),
    ("图表", "名额、问题和主要指标的图形，旁边是绘图用的数值"),
    (NAMES["city"], "城市试点逐项：原值、规范值、换算依据、同类中位数、问题"),
    (NAMES["park"], "园区试点逐项：原值、规范值、换算依据、同类中位数、问题"),
    ("指标汇总", "各指标的试点数、最小值、中位数、最大值，可加指标的合计"),
    ("问题清单", "全部问题，按严重程度排列，可筛选；处理意见在此填写"),
    ("审核意见", "每个试点的初审、复核和结论，在此填写"),
    ("文字目标", "以文字表述、无法核对的目标，以及怎样才可核对"),
    *PLAN_SHEETS,
    ("已消失的问题", "已有处理意见、现已不存在的问题"),
    ("审核留痕", "读取了哪些评审工作簿，哪些内容未能采用及原因"),
    ("换算记录", "每个换算过的数值：原值、规范值和换算依据"),
    ("规则目录", "本工作簿使用的全部规则"),
    ("来源", "报送文件、校验值和程序版本"),
]
# What the nation has only in part where there are many pilots.
_CUT = dict.fromkeys((*NAMES.values(), "换算记录"), "；只列有警告及以上问题的指标，其余见各省评审工作簿")
_CUT["问题清单"] = "；只列警告及以上，提示见各省评审工作簿"
_COPIES = ("数值雷同", "多项数值完全相同的试点，只列入全国汇总")


def render_book(view: View) -> bytes:
    """The review workbook of a province, or the national summary: the same view gives the same bytes."""
    book = Workbook()
    add_styles(book)
    cover = book.worksheets[0]
    cover.title = "封面"
    listed = [(name, about if view.lists_all else about + _CUT.get(name, "")) for name, about in _SHEETS]
    listed += [] if view.province else [_COPIES]
    sheets = {name: book.create_sheet(name) for name, _ in listed}
    write_cover(cover, view, listed)
    write_quota(sheets["名额核对"], view)
    write_pilots(sheets["试点总览"], view)
    write_charts(sheets["图表"], view)
    places: Places = {}
    for kind, name in NAMES.items():
        places |= write_comparison(sheets[name], view, kind)
    write_statistics(sheets["指标汇总"], view)
    add_bars(view, sheets["试点总览"], sheets["指标汇总"])
    write_findings(sheets["问题清单"], view, places)
    write_words(sheets["文字目标"], view)
    write_chapters(sheets[PLAN_SHEETS[0][0]], view)
    write_agreement(sheets[PLAN_SHEETS[1][0]], view)
    if view.province is None:
        write_copies(sheets[_COPIES[0]], view)
    write_verdicts(sheets["审核意见"], view)
    write_gone(sheets["已消失的问题"], view)
    write_trail(sheets["审核留痕"], view)
    write_conversions(sheets["换算记录"], view)
    write_rules(sheets["规则目录"], view)
    write_sources(sheets["来源"], view)
    if view.province:
        write_metadata(book, view)
    protect(book)
    return save_bytes(book)
