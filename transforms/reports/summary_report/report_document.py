"""评审情况报告 as .docx: an official report with the pilots in its annex. The addressee, sender and date are blank."""

from collections import Counter
from collections.abc import Iterator, Sequence

from docx.document import Document as Letter
from docx.shared import Mm

from contracts.rules import SEVERITY_TITLES
from transforms.progress.completion import Tally, tallies
from transforms.reports.letter_parts.letter_style import (
    add_line,
    add_page_number,
    blank_letter,
    day_in_words,
    letter_bytes,
    name_letter,
    start_landscape_page,
)
from transforms.reports.letter_parts.letter_tables import add_table
from transforms.reports.notices.corrections import addressee
from transforms.reports.rows.pilot_status import NO_SUBMISSION, OFF_ROSTER, open_in_words
from transforms.reports.sheet_parts.tables import Row
from transforms.reports.summary_report.completion_rows import COMPLETED, completed_rows, completion_lines
from transforms.reports.summary_report.report_facts import SERIOUS, ReportFacts, shown
from transforms.reports.view import KIND_TITLES, QUOTA_UNKNOWN, View
from transforms.safe_text import single_line

_NAMES = 5  # pilots named beside a shared problem
_NAME = 40  # characters of a name
_PROVINCES = (("序号", 12), ("省份", 40), ("名额", 14), ("有效", 14), ("名额状态", 28), ("未处理的问题", 48))
_DUTIES = (("序号", 12), ("单位", 84), ("必须更正（项）", 29), ("更正或说明（项）", 31))
_CENTRED = (
    "名额",
    "有效",
    "名额状态",
    "必须更正（项）",
    "更正或说明（项）",
    "类型",
    "报送状态",
    "可用数值",
    "实施方案",
    "结论",
    "目标完成",
    *(title for title, _ in COMPLETED[2:]),
)
_NUMERALS = "一二三四"
_PILOTS = (
    ("序号", 12),
    ("省份", 34),
    ("试点", 45),
    ("类型", 12),
    ("报送状态", 19),
    ("可用数值", 19),
    ("实施方案", 19),
    ("未处理的问题", 42),
    ("结论", 23),
)


def render_report(view: View) -> bytes:
    """Return the report on a province, or on the whole round, as .docx: the same bytes for the same view."""
    facts = ReportFacts(view)
    letter = blank_letter()
    name_letter(letter, "评审情况报告")
    title = view.contracts.round.title
    place = "" if title.startswith(view.province or "") else view.province  # 浙江省级碳达峰试点 names it already
    add_line(letter, f"关于{place}{title}\n评审情况的报告", "公文标题")
    add_line(letter, "　　　　　　　　　　：", "公文主送")
    add_line(
        letter,
        f"按照工作安排，对{_only_province(facts) or '各省（自治区）'}报送的{title}材料逐项进行了审核。"
        "现将有关情况报告如下。",
    )
    add_line(letter, "一、总体情况", "公文一级")
    for line in (*_state(facts), *_completeness(facts), *_problems(facts)):
        add_line(letter, line)
    if view.province is None:
        add_line(letter, "各省（自治区）报送和审核情况如下：", keep=True)
        rows = [_province_row(at, row) for at, row in enumerate(facts.provinces, 1)]
        add_table(
            letter, [title for title, _ in _PROVINCES], [Mm(width) for _, width in _PROVINCES], rows, centred=_CENTRED
        )
        if view.contracts.round.kind == "progress":
            add_line(letter, "各省（自治区）到期目标完成情况如下：", keep=True)
            add_table(
                letter,
                [title for title, _ in COMPLETED],
                [Mm(width) for _, width in COMPLETED],
                completed_rows(facts),
                centred=_CENTRED,
            )
    add_line(letter, "二、主要共性问题", "公文一级")
    for line in _shared(facts):
        add_line(letter, line)
    add_line(letter, "三、下一步工作", "公文一级")
    _write_duties(letter, facts)
    add_line(letter, "特此报告。", "公文结语")
    add_line(letter, "", "公文结语")
    add_line(letter, "附件：试点情况表", "公文结语")
    add_line(letter, "", "公文结语")
    add_line(letter, "（报告单位）", "公文落款")
    add_line(letter, "　　　　年　　月　　日", "公文落款日期")
    start_landscape_page(letter)
    add_line(letter, "附件", "公文附件")
    add_line(letter, "试点情况表", "公文附表标题")
    if view.contracts.round.kind == "progress":
        add_line(letter, "目标完成：已完成的到期目标项数/可判断的项数。", "公文结语")
    columns = [column for column in _PILOTS if view.province is None or column[0] != "省份"]
    if view.contracts.round.kind == "progress":
        columns = [("目标完成" if title == "实施方案" else title, width) for title, width in columns]
    spare = sum(width for _, width in _PILOTS) - sum(width for _, width in columns)
    widths = [Mm(width + spare * (title == "试点")) for title, width in columns]
    done = tallies(view.review.achievement, "province", "pilot")
    pilots = [
        _pilot_row(at, row, columns, done.get((row["province"], row["pilot"])))
        for at, row in enumerate(facts.pilots, 1)
    ]
    add_table(letter, [title for title, _ in columns], widths, pilots, centred=_CENTRED)
    add_page_number(letter)
    return letter_bytes(letter)


def _only_province(facts: ReportFacts) -> str | None:
    """Return the province of a report on one, or on a round of one; else None."""
    return facts.view.province or (facts.provinces[0]["province"] if len(facts.provinces) == 1 else None)


def _state(facts: ReportFacts) -> Iterator[str]:
    """Yield quota and state: what is missing or not accepted, by name."""
    of = facts.total
    only = _only_province(facts)
    where = only or f"全国{len(facts.provinces)}个省（自治区）"
    quota = f"共有名额{of('quota')}个，" if facts.view.contracts.round.publishes_quota(only) else ""
    said = f"{where}{quota}收到{of('submitted')}个试点的报送，其中有效{of('accepted')}个"
    said += f"（城市{of('cities')}个、园区{of('parks')}个）"
    if not quota:
        yield f"{said}。{QUOTA_UNKNOWN}。"
    elif not only:
        states: Counter[str] = Counter(row["state"] for row in facts.provinces if not row["good"])
        met = len(facts.provinces) - states.total()
        others = "".join(f"，{n}个{state}" for state, n in states.items())
        yield f"{said}。{met}个省（自治区）符合名额{others}。"
    else:
        yield f"{said}，{facts.provinces[0]['state']}。"
    if facts.missing:
        yield f"未报送的试点{len(facts.missing)}个：{_names(facts.missing)}。"
    rejected: dict[str, list[Row]] = {}
    for row in facts.rejected:
        rejected.setdefault(row["state"], []).append(row)
    for state, rows in rejected.items():
        what = "报送" if state == OFF_ROSTER else "的试点"
        yield f"{state}{what}{len(rows)}个：{_names(rows)}。"


def _completeness(facts: ReportFacts) -> Iterator[str]:
    usable, wanted = facts.values
    share = f"，占{usable / wanted * 100:.1f}%" if wanted else ""
    if facts.view.contracts.round.kind == "progress":
        yield from completion_lines(facts.view)
    elif facts.view.contracts.round.plan_required:
        yield f"实施方案应报{len(facts.expected)}份，收到{facts.plans}份。"
    elif facts.plans:
        yield f"收到实施方案{facts.plans}份。"
    yield f"有效报送应填指标数值{wanted}个，可用{usable}个{share}。"


def _problems(facts: ReportFacts) -> Iterator[str]:
    counts = "、".join(f"{SEVERITY_TITLES[name]}{facts.found[name]}项" for name in SERIOUS)
    decided = "、".join(f"{title}{n}项" for title, n in facts.decided)
    yield f"系统核对共发现{counts}" + (f"，处理情况为：{decided}。" if decided else "。")
    written: dict[str, int] = {}
    for row in facts.pilots:
        if row["conclusion"]:
            written[row["conclusion"]] = written.get(row["conclusion"], 0) + 1
    listed = "、".join(f"{title}{n}个" for title, n in written.items())
    left = len(facts.pilots) - sum(written.values())
    yield (f"评审结论：{listed}，未作结论{left}个。" if listed else "评审结论尚未填写。")


def _shared(facts: ReportFacts) -> Iterator[str]:
    """Yield the problems of several pilots; where there are none, those of single ones."""
    several = [one for one in facts.shared if len(one.pilots) > 1]
    if not facts.shared:
        yield "没有尚未处理的错误和警告。"
    elif not several:
        yield "没有两个以上试点共有的问题，个别问题见附件和各试点评审意见。"
    for at, one in enumerate(several, 1):
        names = "、".join(single_line(name, _NAME) for name in one.pilots[:_NAMES])
        names += "等" if len(one.pilots) > _NAMES else ""
        severity = SEVERITY_TITLES[one.severity]
        yield f"{at}. {one.title}（{severity}）：{len(one.pilots)}个试点、{one.count}项，涉及{names}。"


def _write_duties(letter: Letter, facts: ReportFacts) -> None:
    """Write what is asked of whom, and by when."""
    view = facts.view
    day = day_in_words(view.contracts.round.deadline)
    lines: list[str] = []
    if rows := [_duty(view, at, *one) for at, one in enumerate(facts.asked(), 1)]:
        whom = "有关省（自治区）发展和改革委员会督促试点" if view.province is None else "有关单位"
        add_line(letter, f"（一）请{whom}于{day}前完成补正。各单位须处理的问题如下：", keep=True)
        add_table(letter, [title for title, _ in _DUTIES], [Mm(width) for _, width in _DUTIES], rows, centred=_CENTRED)
        lines.append("")
    if facts.missing:
        what = "指标表和实施方案" if view.contracts.round.plan_required else "指标表"
        lines.append(f"请未报送的{_names(facts.missing)}于{day}前报送{what}。")
    if facts.waiting:
        lines.append(f"请评审人员对待处理的{facts.waiting}项问题逐项提出处理意见。")
    for at, line in enumerate(lines):
        if line:
            add_line(letter, f"（{_NUMERALS[at]}）{line}")
    if not lines:
        add_line(letter, "没有需要补正的事项。")


def _duty(view: View, at: int, row: Row, must: int, may: int) -> tuple[str, ...]:
    who = _office(view, row) if "pilot" in row else f"{row['province']}发展和改革委员会"
    return str(at), who, str(must or "—"), str(may or "—")


def _office(view: View, row: Row) -> str:
    return single_line(addressee(view, row["kind"], row["pilot"], row["title"]), _NAME)


def _names(rows: Sequence[Row]) -> str:
    return "、".join(single_line(row["title"], _NAME) for row in rows)


def _province_row(at: int, row: Row) -> tuple[str, ...]:
    accepted = "—" if row["state"] == NO_SUBMISSION else str(row["accepted"])
    quota = "—" if row["quota"] is None else str(row["quota"])
    return str(at), row["province"], quota, accepted, row["state"], open_in_words(row)


def _pilot_row(at: int, row: Row, columns: Sequence[tuple[str, int]], done: Tally | None) -> list[str]:
    cells = {
        "序号": str(at),
        "省份": row["province"],
        "试点": single_line(row["title"], _NAME),
        "类型": KIND_TITLES.get(row["kind"] or "", "—"),
        "报送状态": row["state"],
        "可用数值": "—" if row["usable"] is None else f"{row['usable']}/{row['wanted']}",
        "实施方案": row["plan"],
        "目标完成": f"{done.met}/{done.judged}" if done and done.judged else "无法判断",
        "未处理的问题": open_in_words(row),
        "结论": shown(row["conclusion"]),
    }
    return [cells[title] for title, _ in columns]
