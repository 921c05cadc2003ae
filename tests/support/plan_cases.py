"""One broken thing for every rule about plans and key projects, and where it is told."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.sample import Submission, Value, clean_submission
from tests.sample.layouts import official
from tests.sample.plan_layouts import word_headings
from tests.sample.plans import GUIDE, PlanDraft, draft_plan, edit_part, put_cell

CITY, PROVINCE = "大连市", "辽宁省"
WORKBOOK, PLAN = f"submissions/{CITY}/指标表.xlsx", f"submissions/{CITY}/实施方案.docx"
Files = dict[str, bytes]


def workbook() -> Submission:
    return clean_submission(PROVINCE, CITY)


def draft() -> PlanDraft:
    return draft_plan(workbook())


def files(plan: PlanDraft | None = None) -> Files:
    """A workbook and its plan, which agree unless another plan is given."""
    return {WORKBOOK: official(workbook()), PLAN: word_headings(plan or draft())}


def other(name: str, content: bytes) -> Callable[[], Files]:
    """Another document instead of the plan."""
    return lambda: {WORKBOOK: official(workbook()), name: content}


def text_of(part_id: str, change: Callable[[str], str]) -> Callable[[], Files]:
    return lambda: files(edit_part(draft(), part_id, lambda part: replace(part, text=change(part.text))))


def project(column: int, value: str) -> Callable[[], Files]:
    """Another value in the first line of the table of projects."""

    def change() -> Files:
        plan = draft()
        first, *rest = plan.projects
        return files(replace(plan, projects=((*first[:column], value, *first[column + 1 :]), *rest)))

    return change


def without_columns(*columns: int) -> Files:
    """The table of projects without these columns."""
    plan = draft()

    def kept(line: tuple[Value, ...]) -> tuple[Value, ...]:
        return tuple(value for at, value in enumerate(line) if at not in columns)

    header = tuple(map(str, kept(plan.project_header)))
    return files(replace(plan, projects=tuple(map(kept, plan.projects)), project_header=header))


def moved() -> Files:
    """The difficulties stand among the tasks."""
    taken = []
    plan = edit_part(draft(), "1.4", taken.append)
    chapters = (replace(one, parts=(*one.parts, *taken)) if one.heading == "主要任务" else one for one in plan.chapters)
    return files(replace(plan, chapters=tuple(chapters)))


def rivals() -> Files:
    """Two plans, and nothing tells which is the later one."""
    second = edit_part(draft(), "8", lambda part: replace(part, text=part.text + "另行通知。"))
    return files() | {f"submissions/{CITY}/实施方案（改）.docx": word_headings(second)}


def nobodys() -> Files:
    """A plan without any name, in a folder without a workbook."""
    plan = replace(draft(), title="国家碳达峰试点实施方案")
    plan = edit_part(plan, "1.1", lambda part: replace(part, text=part.text.replace(CITY, "本市")))
    return {WORKBOOK: official(workbook()), "submissions/实施方案.docx": word_headings(plan)}


def neighbours() -> Files:
    """Another pilot of the province sent its plan."""
    other = clean_submission(PROVINCE, "沈阳市")
    return {
        WORKBOOK: official(workbook()),
        "submissions/沈阳市.xlsx": official(other),
        "submissions/沈阳市实施方案.docx": word_headings(draft_plan(other)),
    }


def steep() -> Files:
    """A target that rises steeply, and no project for it."""
    sample = workbook()
    rows = tuple(replace(row, values=(5.0, 30.0, 85.0)) if row.code == "C13" else row for row in sample.rows)
    changed = replace(sample, rows=rows)
    return {WORKBOOK: official(changed), PLAN: word_headings(draft_plan(changed))}


@dataclass(frozen=True)
class PlanCase:
    """What is broken, and the finding; `says` stands in its message."""

    rule: str
    files: Callable[[], Files]
    says: str
    indicator: str | None = None
    year: int | None = None
    sheet: str | None = None
    cell: str | None = None
    file: str = PLAN
    pilot: str | None = CITY


PDF = f"submissions/{CITY}/实施方案.pdf"
LETTER = f"submissions/{CITY}/来信.docx"
PLAN_CASES = [
    PlanCase("PLAN-UNREADABLE", other(PLAN, word_headings(draft())[:9000]), "无法读取"),
    PlanCase("PLAN-FORMAT", other(PDF, b"%PDF-1.7"), "是 PDF", file=PDF),
    PlanCase(
        "PLAN-OTHER",
        other(LETTER, word_headings(replace(draft(), title="关于报送材料的函", chapters=(), rows=(), projects=()))),
        "没有按实施方案核对",
        file=LETTER,
    ),
    PlanCase(
        "PLAN-UNIDENTIFIED",
        nobodys,
        "没有找到试点名称",
        file="submissions/实施方案.docx",
        pilot=None,
    ),
    PlanCase("PLAN-RIVALS", rivals, "实施方案（改）.docx"),
    PlanCase("PLAN-MISSING", neighbours, "未收到实施方案", file=WORKBOOK),
    PlanCase("PLAN-CHAPTER-ABSENT", lambda: files(edit_part(draft(), "7", lambda _: None)), "“七、全民行动”一章"),
    PlanCase("PLAN-PART-ABSENT", lambda: files(edit_part(draft(), "1.4", lambda _: None)), "碳减排难点分析"),
    PlanCase(
        "PLAN-PART-COPIED",
        text_of("8", lambda _: GUIDE.of("8")[1].sentence),
        "编制指南的原句",
        sheet="第33段",
    ),
    PlanCase("PLAN-PART-THIN", text_of("7", lambda _: "倡导绿色生活。"), "未见科普教育", sheet="第31段"),
    PlanCase("PLAN-PART-ELSEWHERE", moved, "碳减排难点分析", sheet="第23段"),
    PlanCase(
        "PLAN-LEFT-BLANK",
        text_of("7", lambda text: text + "到2025年，绿色学校占比达到XX%以上。"),
        "“绿色学校占比达到XX%以上”",
        sheet="第32段",
    ),
    PlanCase(
        "PLAN-PEAK-UNSTATED",
        text_of("2", lambda text: text.replace("二氧化碳排放力争2028年前达峰", "工业领域力争2028年前达峰")),
        "没有找到全域的达峰年份",
    ),
    PlanCase(
        "PLAN-TABLE-DIFFERS",
        lambda: files(put_cell(draft(), "C12", 2025, "88.8")),
        "行2025年栏",
        indicator="C12",
        year=2025,
        sheet="方案表1",
        cell="F13",
    ),
    PlanCase(
        "PLAN-TARGET-CONTRADICTS",
        text_of("2", lambda text: text.replace("非化石能源消费占比达到23%", "非化石能源消费占比达到26%")),
        "正文为“26%”，指标表为23%（工作簿表1!F9）",
        indicator="C07",
        year=2025,
        sheet="第13段",
    ),
    PlanCase(
        "PLAN-TARGET-DIFFERS",
        text_of("2", lambda text: text.replace("非化石能源消费占比达到23%", "非化石能源消费占比达到20%以上")),
        "正文为“20%以上”",
        indicator="C07",
        year=2025,
        sheet="第13段",
    ),
    PlanCase(
        "PLAN-TARGET-TWICE",
        lambda: files(
            edit_part(
                edit_part(draft(), "3.c3", lambda part: replace(part, text=part.text + "到2025年，电炉钢占比达到5%。")),
                "3.c2",
                lambda part: replace(part, text=part.text + "到2025年，电炉钢占比达到8%以上。"),
            )
        ),
        "第18段为“8%以上”，第20段为“5%”",
        year=2025,
        sheet="第20段",
    ),
    PlanCase("PROJECT-INCOMPLETE", project(5, ""), "没有填写预期效果", sheet="方案表2"),
    PlanCase(
        "PROJECT-COLUMNS",
        lambda: without_columns(3),
        "重点工程表（方案表2，2个项目）没有“建设期限”一栏",
        sheet="方案表2",
    ),
    PlanCase("PROJECT-PERIOD", project(3, "2019-2021"), "应在2023—2030年之间", sheet="方案表2"),
    PlanCase("PROJECT-BEHIND", steep, "达到最高节能改造标准建筑占比"),
]  # fmt: skip
