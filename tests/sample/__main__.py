"""Writes the sample round into data/raw; run as `python -m tests.sample`. Two runs write the same bytes."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.sample import Submission, clean_submission, layouts, plan_layouts
from tests.sample.mistakes import with_its_own
from tests.sample.plans import GUIDE, PlanDraft, draft_plan, edit_part, put_cell

TARGET = Path(__file__).parents[2] / "data" / "raw" / "first-batch" / "submissions"


@dataclass(frozen=True)
class Arrival:
    """One file of the round: who sends it, in which layout, and where it comes to lie."""

    province: str
    pilot: str
    layout: Callable[[Submission], bytes]
    path: str


# 信阳市 sends nothing. 温州市 is not on the roster.
ARRIVALS = (
    Arrival("河北省", "张家口市", layouts.official, "河北省/张家口市.xlsx"),
    Arrival("河北省", "唐山市", layouts.text_cells, "河北省/唐山市碳达峰试点指标（终稿）.xlsx"),
    Arrival("河北省", "承德市", layouts.pasted_from_word, "河北省/承德市/实施方案附表.xlsx"),
    Arrival("山西省", "太原市", layouts.other_units, "山西省/01太原市-指标表.xlsx"),
    Arrival("山西省", "长治高新技术产业开发区", layouts.official, "山西省/02长治高新区-指标表.xlsx"),
    Arrival("内蒙古自治区", "鄂尔多斯市", layouts.with_sources, "内蒙古自治区/鄂尔多斯市/试点指标.xlsx"),
    Arrival("内蒙古自治区", "包头市", layouts.percent_cells, "内蒙古自治区/包头市/包头市指标表.xlsx"),
    Arrival("内蒙古自治区", "赤峰高新技术产业开发区", layouts.pasted_from_word, "内蒙古自治区/赤峰高新区/表2.xlsx"),
    Arrival("辽宁省", "沈阳市", layouts.with_sources, "附件2：沈阳市碳达峰试点指标表（报送稿）.xlsx"),
    Arrival("辽宁省", "大连市", layouts.official, "附件2：大连市碳达峰试点指标表（报送稿）.xlsx"),
    Arrival("黑龙江省", "黑河市", layouts.official, "黑龙江省/黑河市.xlsx"),
    Arrival("黑龙江省", "哈尔滨经济技术开发区", layouts.percent_cells, "黑龙江省/哈尔滨经开区 20240315.xlsx"),
    Arrival("江苏省", "盐城市", layouts.reordered, "江苏省/盐城市.xlsx"),
    Arrival("江苏省", "苏州工业园区", layouts.official, "江苏省/苏州工业园区.xlsx"),
    Arrival("江苏省", "南京江宁经济技术开发区", layouts.reordered, "江苏省/江宁经开区/指标体系 v1.xlsx"),
    Arrival("浙江省", "杭州市", layouts.official, "浙江省/城市/杭州市.xlsx"),
    Arrival("浙江省", "湖州市", layouts.percent_cells, "浙江省/城市/湖州市.xlsx"),
    Arrival("浙江省", "温州市", layouts.official, "浙江省/城市/温州市.xlsx"),
    Arrival("安徽省", "亳州市", layouts.pasted_from_word, "亳州市碳达峰试点城市建设参考指标.xlsx"),
    Arrival("安徽省", "合肥高新技术产业开发区", layouts.text_cells, "合肥高新区-表2.xlsx"),
    Arrival("山东省", "青岛市", layouts.other_units, "山东省/青岛市/青岛市表1.xlsx"),
    Arrival("山东省", "烟台市", layouts.official, "山东省/烟台市/烟台市表1.xlsx"),
    Arrival("山东省", "德州经济技术开发区", layouts.other_units, "山东省/德州经济技术开发区/表2.xlsx"),
    Arrival("河南省", "新乡市", layouts.reordered, "河南省/新乡市报送/新乡市.xlsx"),
    Arrival("湖北省", "襄阳市", layouts.with_sources, "湖北省/襄阳市.xlsx"),
    Arrival("湖北省", "十堰市", layouts.official, "湖北省/十堰市.xlsx"),
    Arrival("湖南省", "长沙市", layouts.text_cells, "湖南省/长沙市.xlsx"),
    Arrival("湖南省", "湘潭市", layouts.official, "湖南省/湘潭市.xlsx"),
    Arrival("广东省", "广州市", layouts.reordered, "邮件接收/20240318/广州市指标.xlsx"),
    Arrival("广东省", "深圳市", layouts.with_sources, "邮件接收/20240318/深圳市指标.xlsx"),
    Arrival("广东省", "肇庆高新技术产业开发区", layouts.other_units, "邮件接收/20240319/肇庆高新区（园区）.xlsx"),
    Arrival("陕西省", "榆林市", layouts.text_cells, "陕西省/榆林市.xlsx"),
    Arrival("陕西省", "西咸新区", layouts.official, "陕西省/西咸新区.xlsx"),
    Arrival("新疆维吾尔自治区", "克拉玛依市", layouts.official, "新疆维吾尔自治区/克拉玛依市/表1.xlsx"),
    Arrival("新疆维吾尔自治区", "库车经济技术开发区", layouts.percent_cells, "新疆维吾尔自治区/库车经开区.xlsx"),
)  # fmt: skip
DAMAGED = "湘潭市"


def _as_it_is(draft: PlanDraft) -> PlanDraft:
    return draft


def _with_gaps(draft: PlanDraft) -> PlanDraft:
    """A part is missing, one is the guide's own sentence, one thin; text, table and workbook disagree once each."""
    draft = edit_part(draft, "1.4", lambda _: None)
    draft = edit_part(draft, "7", lambda part: replace(part, text="普及双碳知识，倡导绿色生活。"))
    draft = edit_part(draft, "8", lambda part: replace(part, text=GUIDE.of("8")[1].sentence))
    first, rest = draft.rows[6], "非化石能源消费占比达到"
    draft = edit_part(
        draft, "2", lambda part: replace(part, text=part.text.replace(f"{rest}{first[5]}%", f"{rest}30%"))
    )
    return put_cell(draft, "C12", 2030, "99.6")


@dataclass(frozen=True)
class PlanArrival:
    """The plan of a pilot: in which look, what is wrong with it, and where it comes to lie."""

    pilot: str
    layout: Callable[[PlanDraft], bytes]
    edit: Callable[[PlanDraft], PlanDraft]
    path: str


# Three pilots send their plan too: one a complete one, one with gaps, and a park.
PLANS = (
    PlanArrival("克拉玛依市", plan_layouts.automatic_numbers, _as_it_is, "新疆维吾尔自治区/克拉玛依市/实施方案.docx"),
    PlanArrival("杭州市", plan_layouts.plain_bold, _with_gaps, "浙江省/城市/杭州市实施方案（送审稿）.docx"),
    PlanArrival("苏州工业园区", plan_layouts.run_in, _as_it_is, "江苏省/苏州工业园区实施方案.docx"),
)


def planned(plan: PlanArrival) -> bytes:
    """The bytes of one plan as it arrives, drawn up from what the pilot's workbook says."""
    arrival = next(one for one in ARRIVALS if one.pilot == plan.pilot)
    submission = with_its_own(clean_submission(arrival.province, arrival.pilot))
    return plan.layout(plan.edit(draft_plan(submission)))


def received(arrival: Arrival) -> bytes:
    """The bytes of one file as it arrives."""
    submission = with_its_own(clean_submission(arrival.province, arrival.pilot))
    content = arrival.layout(submission)
    # A transfer that broke off: the directory at the end of the package is missing.
    return content[: len(content) * 2 // 3] if arrival.pilot == DAMAGED else content


def main() -> None:
    """Write every file of the round, over those of an earlier run."""
    files = {arrival.path: received(arrival) for arrival in ARRIVALS} | {plan.path: planned(plan) for plan in PLANS}
    for name, content in files.items():
        path = TARGET / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    sys.stdout.write(f"{len(ARRIVALS)} workbooks and {len(PLANS)} plans in data/raw/first-batch/submissions\n")


if __name__ == "__main__":
    main()
