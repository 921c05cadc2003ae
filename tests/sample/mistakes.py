"""What single pilots have of their own: published targets, honest exceptions, and mistakes with the rule for each."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.sample import YEARS, Submission, add, change, leave_out, put, repeat

Edit = Callable[[Submission], Submission]

TANGSHAN = "《国家碳达峰试点（唐山）实施方案》（2024-06-27）"
SHIYAN = "《国家碳达峰试点（十堰）实施方案》（十政发〔2024〕8号）"
XIANGYANG = "《国家碳达峰试点（襄阳）实施方案》（2024-07-08，据摘要）"
QINGDAO = "《国家碳达峰试点（青岛）实施方案》（2024-07-06）"
ORDOS = "《国家碳达峰试点（鄂尔多斯）实施方案》（2024-07，据摘要）"
ORDOS_SAVING = "《鄂尔多斯市“十四五”节能减排综合工作实施方案》（2022-11-29）"
YANTAI = "《烟台市碳达峰工作方案》解读（2023-05-09）"


@dataclass(frozen=True)
class Target:
    """Published words by year, for an indicator of the table (`code`) or for one of the pilot's own (`label`)."""

    document: str
    words: dict[int, str]
    code: str = ""
    label: str = ""
    unit: str = ""


# Only where the published indicator really is the one of the table. What is known of 沈阳 and 湖州
# is for 2023 and 2026, years outside the round; 唐山 gives the share of strategic industries in industry and not in the
# whole economy, so that it is an indicator of its own.
PUBLISHED: dict[str, tuple[Target, ...]] = {
    "唐山市": (
        Target(TANGSHAN, {2025: "完成省下达目标", 2030: "在2025年基础上继续大幅下降"}, "C01"),
        Target(TANGSHAN, {2025: "完成省下达目标", 2030: "在2025年基础上继续大幅下降"}, "C02"),
        Target(TANGSHAN, {2025: "达到4%以上", 2030: "达到6%以上"}, "C07"),
        Target(TANGSHAN, {2025: "达到70%以上"}, "C18"),
        Target(TANGSHAN, {2025: "达到60%以上", 2030: "进一步提高"}, "C23"),
        Target(TANGSHAN, {2025: "达到7.9%以上"}, label="战略性新兴产业占工业比重", unit="%"),
        Target(TANGSHAN, {2025: "达到5%左右"}, label="电炉炼钢占比", unit="%"),
        Target(TANGSHAN, {2030: "达到1400万千瓦以上"}, label="风电、光伏发电装机容量", unit="万千瓦"),
    ),
    "鄂尔多斯市": (
        Target(ORDOS_SAVING, {2025: "比2020年下降16.5%"}, "C01"),
        Target(ORDOS, {2025: "564万千瓦"}, label="新增自用煤电", unit="万千瓦"),
        Target(ORDOS, {2025: "1300万千瓦"}, label="调峰能力", unit="万千瓦"),
    ),
    "青岛市": (Target(QINGDAO, {2025: "600万千瓦", 2030: "1000万千瓦"}, "C11"),),
    "烟台市": (Target(YANTAI, {2025: "15%左右", 2030: "25%左右"}, "C07"),),
    "襄阳市": (Target(XIANGYANG, {2025: "21.4%"}, "C07"),),
    "十堰市": (
        Target(SHIYAN, {2025: "21%", 2030: "25%左右"}, "C07"),
        Target(SHIYAN, {2025: "达到5万千瓦"}, label="生物质能发电装机", unit="万千瓦"),
        Target(SHIYAN, {2030: "达到880万千瓦"}, label="全市清洁能源装机", unit="万千瓦"),
    ),
}

# Allowed by the guide, and explained on 说明: nothing of this is a fault.
EXCEPTIONS: dict[str, Edit] = {
    "杭州市": lambda s: add(s, "新建大型、超大型数据中心电能利用效率（PUE）", "—", (1.35, 1.3, 1.25)),
    "深圳市": lambda s: leave_out(s, "C21", "辖区内无矿山、火电渣场等大宗固废产生源，该指标不适用。"),
    "苏州工业园区": lambda s: leave_out(s, "P10", "园区货物运输统计未按车辆类型区分，拟自2025年起建立统计制度。"),
    "克拉玛依市": lambda s: leave_out(s, "C19", "尚未建立9种主要再生资源的分品种统计，暂不设目标。"),
    "库车经济技术开发区": lambda s: add(s, "绿氢年产量", "万吨", (0, 2, 4.5)),
}


@dataclass(frozen=True)
class Mistake:
    """One thing wrong; `rule` finds it at `code` and `year`, empty where it is not one row or cell."""

    rule: str
    edit: Edit
    code: str = ""
    year: int | None = None


def _scaled(code: str, year: int, factor: float, *, of: int, digits: int) -> Edit:
    """Write into one cell a multiple of another cell of its row."""

    def edit(submission: Submission) -> Submission:
        column = YEARS.index(of)
        return put(submission, code, year, round(submission.row(code).values[column] * factor, digits))

    return edit


def _written(code: str, year: int, value: float | str | None) -> Edit:
    return lambda submission: put(submission, code, year, value)


def _in_wan(code: str) -> Edit:
    """Count a row in 万 and leave the printed unit beside it."""
    return lambda s: change(s, code, values=tuple(round(value / 10_000, 2) for value in s.row(code).values))


MISTAKES: dict[str, tuple[Mistake, ...]] = {
    "张家口市": (
        Mistake("DIRECTION-LATER", _scaled("C21", 2030, 0.94, of=2025, digits=1), "C21", 2030),
        Mistake("VALUE-FRACTION", _scaled("C16", 2022, 0.01, of=2022, digits=3), "C16", 2022),
    ),
    "承德市": (Mistake("TABLE-ROW-TWICE", lambda s: repeat(s, "C24", (60.0, 60.5, 62.0)), "C24"),),
    "太原市": (Mistake("UNIT-UNKNOWN", lambda s: change(s, "C07", unit="吨"), "C07"),),
    "长治高新技术产业开发区": (Mistake("FILE-IDENTITY", lambda s: replace(s, province="河北省")),),
    "沈阳市": (Mistake("VALUE-NOT-NUMBER", _written("C13", 2025, "见附件"), "C13", 2025),),
    "盐城市": (
        Mistake("VALUE-ERROR-CELL", _written("C05", 2022, "#DIV/0!"), "C05", 2022),
        Mistake("COMPLETE-TARGET", _written("C09", 2030, None), "C09", 2030),
    ),
    "合肥高新技术产业开发区": (Mistake("VALUE-BOUNDS", _written("P08", 2030, "105.0%"), "P08", 2030),),
    "德州经济技术开发区": (Mistake("COMPLETE-BASE", _written("P06", 2022, None), "P06", 2022),),
    "新乡市": (Mistake("DIRECTION-BASE", _scaled("C03", 2025, 1.06, of=2022, digits=3), "C03", 2025),),
    "湖州市": (Mistake("UNIT-SIZE", _in_wan("C11"), "C11", 2022),),
    "西咸新区": (Mistake("RELATION-PART", _written("P05", 2030, 31.5), "P05", 2030),),
    "广州市": (Mistake("COMPLETE-LEFT-OUT", lambda s: leave_out(s, "C20"), "C20"),),
    "榆林市": (Mistake("VALUE-FRACTION", _written("C08", 2022, "0.253"), "C08", 2022),),
}


def with_its_own(submission: Submission) -> Submission:
    """Put in what this pilot published, what it leaves out or adds, and its mistakes."""
    for target in PUBLISHED.get(submission.pilot, ()):
        submission = _with_target(submission, target)
    if submission.pilot in EXCEPTIONS:
        submission = EXCEPTIONS[submission.pilot](submission)
    for mistake in MISTAKES.get(submission.pilot, ()):
        submission = mistake.edit(submission)
    return submission


def _with_target(submission: Submission, target: Target) -> Submission:
    words = tuple(target.words.get(year) for year in YEARS)
    remark = f"{'、'.join(f'{year}年' for year in target.words)}目标为公开数据，见{target.document}；其余为模拟数据"
    if not target.code:
        return add(submission, target.label, target.unit, words, remark)
    values = zip(words, submission.row(target.code).values, strict=True)
    return change(submission, target.code, values=tuple(new or old for new, old in values), remark=remark)
