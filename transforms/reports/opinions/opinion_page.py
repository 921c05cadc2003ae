"""评审意见: one A4 page; the lists of problems and advice get as many lines as the page has left."""

import math
from collections.abc import Iterator, Sequence

from docx.document import Document as Letter
from docx.shared import Mm

from contracts.load import Contracts
from contracts.review_form import DISPUTED, OFFERED, REOPENED
from contracts.round_parts import RoundKind
from transforms.reports.letter_parts.letter_style import FORM_LINES, add_line, blank_form, letter_bytes
from transforms.reports.letter_parts.letter_tables import FORM_FIGURES, FORM_TABLE, add_table
from transforms.reports.opinions.opinion_facts import Opinion, Problem
from transforms.reports.sheet_parts.styles import width_of
from transforms.safe_text import single_line

# Points of the page that lines may fill: its height without margins, less a twentieth for other programs and fonts.
_PAGE = 728.0
_FACTS, _INDICATORS = (19, 67, 19, 67), (36, 18.5, 18.5, 18.5, 18.5, 18.5, 17.5, 17.5, 8)
_ASSESSED = (41, 18, 21, 19, 15, 18, 21, 19)  # of a progress round
_SIGNATURES = (19, 30, 19, 30, 19, 55)
_LINE = 44  # Chinese characters of a line of text, less one where a word does not break
_EACH, _OPINION = (8, 4, 3, 2), 3  # most lines of one problem or advice, as the page has room, and of an opinion
_LEAST_ADVICE = 3  # lines
_MISSED = 5  # names of targets that are not in the table
_NO_CONCLUSION = "评审人员尚未在评审工作簿“审核意见”中填写结论。"
_NOTE = (
    "年均变化：比重、比率为百分点，其他为复合增长率；存疑数值不参与计算。n为参与计算的试点数，少于8个不列。"
    "全国目标和同类中位数仅作参照。"
)
_ASSESSED_NOTE = (
    "完成率＝（实际值－基期值）÷（目标值－基期值），基期和目标以原报送并采用的为准。"
    "后续进度：到最后目标年还需的年均变化与基期以来的年均变化相比。全部指标见评审工作簿“目标完成情况”。"
)
_DISCLAIMER = (
    "本页由系统根据评审工作簿起草，系统提示不等于数据有误；未作处理的问题标为“待处理”，是否采信由评审人员判断。"
)


def render_opinion(opinion: Opinion, contracts: Contracts) -> bytes:
    """Return the page as .docx: the same bytes for the same opinion."""
    form = blank_form("评审意见")
    assessed = contracts.round.kind == "progress"
    add_line(form, f"{contracts.round.title}{'中期评估意见' if assessed else '评审意见'}", "表单标题")
    used = float(FORM_LINES["表单标题"])
    used += _head(form, "一、基本情况")
    facts = [(*left, *right) for left, right in zip(opinion.facts[::2], opinion.facts[1::2], strict=True)]
    used += _table(form, (), _FACTS, facts)
    used += _head(form, "二、主要指标完成情况" if assessed else "二、主要指标对标")
    if opinion.indicators:
        used += _table(form, opinion.header, _ASSESSED if assessed else _INDICATORS, opinion.indicators, FORM_FIGURES)
        used += _lines(form, [*_missed(opinion), _ASSESSED_NOTE if assessed else _NOTE], "表单附注", 58)
    else:
        used += _lines(form, ["没有可用的指标表，未评估。" if assessed else "没有可用的指标表，未对标。"])
    conclusion = list(conclusion_lines(opinion, contracts.round.kind))
    used += 3 * FORM_LINES["表单一级"] + 2 * 23 + FORM_LINES["表单附注"] * 3
    used += sum(map(_height, conclusion)) * FORM_LINES["表单正文"]
    left = math.floor((_PAGE - used) / FORM_LINES["表单正文"])
    for most in _EACH:  # nothing is cut that the page has room for
        advice = [f"{at}. {_cut(line, most)}" for at, line in enumerate(_advice(opinion), 1)]
        problems = [_problem(at, one, most) for at, one in enumerate(opinion.problems, 1)] or [_nothing(opinion)]
        if sum(map(_height, (*problems, *advice))) <= left:
            break
    problems = _fit(problems, left - min(sum(map(_height, advice)), max(_LEAST_ADVICE, left // 3)))
    _head(form, f"三、主要问题（{len(opinion.problems)}项）")
    _lines(form, problems)
    _head(form, "四、修改建议")
    _lines(form, _fit(advice, left - sum(map(_height, problems))) or ["无。"])
    _head(form, "五、建议结论")
    _lines(form, conclusion)
    texts = opinion.decision.texts
    signatures = [
        (title, single_line(texts.get(f"{who}_person", ""), 20), "日期", single_line(texts.get(f"{who}_date", ""), 20))
        for title, who in (("初审人", "first"), ("复核人", "second"))
    ]
    rows = [(*signature, "签字", "") for signature in signatures]
    add_table(form, (), [Mm(width) for width in _SIGNATURES], rows, FORM_TABLE, height=22)
    edited = (
        f"此前人工修改的{opinion.edited}份已存档（见评审工作簿“审核留痕”），修改未带入本页。" if opinion.edited else ""
    )
    _lines(form, [_DISCLAIMER, *([edited] if edited else [])], "表单附注")
    return letter_bytes(form)


def _missed(opinion: Opinion) -> Iterator[str]:
    """Yield a line on the targets that are not met and not in the table."""
    if names := opinion.missed:
        more = "等" if len(names) > _MISSED else ""
        yield f"其他未完成的到期目标{len(names)}项：{'、'.join(names[:_MISSED])}{more}。"


def _head(form: Letter, text: str) -> float:
    add_line(form, text, "表单一级")
    return float(FORM_LINES["表单一级"])


def _lines(form: Letter, texts: Sequence[str], style: str = "表单正文", wide: int = _LINE) -> float:
    """Add paragraphs and return their height in points."""
    for text in texts:
        add_line(form, text, style)
    return float(sum(_height(text, wide) for text in texts) * FORM_LINES[style])


def _table(
    form: Letter,
    titles: Sequence[str],
    widths: Sequence[float],
    rows: Sequence[Sequence[str]],
    styles: Sequence[str] = FORM_TABLE,
) -> float:
    """Add a table and return its height in points."""
    add_table(form, titles, [Mm(width) for width in widths], rows, styles)
    room = [width * 72 / 25.4 / 8.5 - 0.6 for width in widths]  # characters of 8.5 points, less the margins of the cell
    lines = [
        max(_height(text, wide) for text, wide in zip(row, room, strict=True))
        for row in ((titles, *rows) if titles else rows)
    ]
    return float(sum(lines) * FORM_LINES["表单表格"] + len(lines))


def _height(text: str, wide: float = _LINE) -> int:
    """Return the number of lines of a text, `wide` Chinese characters to a line."""
    return sum(max(1, math.ceil(width_of(line) / 2 / wide)) for line in text.split("\n"))


def _fit(texts: Sequence[str], lines: int) -> list[str]:
    """Return the first texts that fit the lines, and how many are left."""
    fitting: list[str] = []
    for at, text in enumerate(texts):
        needed = _height(text) + (at + 1 < len(texts))  # the last line says how many are left
        if sum(map(_height, fitting)) + needed > lines:
            return [*fitting, f"另有{len(texts) - at}项见评审工作簿“问题清单”。"]
        fitting.append(text)
    return fitting


def _cut(text: str, lines: int) -> str:
    """Cut a text to a number of lines."""
    while _height(text) > lines:
        text = f"{text[: -max(2, len(text) // 20)]}…"
    return text


def _problem(at: int, problem: Problem, lines: int) -> str:
    said = f"审核意见：{problem.opinion}。" if problem.opinion else ""
    return _cut(f"{at}. 【{problem.severity}·{problem.state.title}】{said}{problem.message}", lines)


def _advice(opinion: Opinion) -> Iterator[str]:
    for advice, subjects in opinion.advice:
        shown = "、".join(subjects[:3]) + (f"等{len(subjects)}处" if len(subjects) > 3 else "")
        yield f"{shown}：{advice}" if shown else advice


def _nothing(opinion: Opinion) -> str:
    if not opinion.indicators:
        return "没有可核对的报送，未作核对。"
    settled = "、".join(f"{title}{n}项" for title, n in opinion.dismissed)
    return f"没有须处理的问题（已处理：{settled}）。" if settled else "系统核对未发现须处理的问题。"


def conclusion_lines(opinion: Opinion, kind: RoundKind) -> Iterator[str]:
    """Yield the choice, with what a reviewer chose, and the reviewer's own words."""
    texts = opinion.decision.texts
    chosen = texts.get("conclusion", "")

    def box(*titles: str) -> str:
        return "■" if chosen in titles else "□"

    offered = OFFERED[kind]
    boxes = [f"{box(title)}{title}" for title in offered]
    if kind == "plan":
        boxes = [*boxes[:2], f"{box(*offered[2:])}不通过（{'　'.join(boxes[2:])}）"]
    yield "　".join(boxes)
    if chosen == DISPUTED.title:
        yield "评审工作簿中的结论不一致，须商定后重新选择。"
    elif not chosen:
        yield _NO_CONCLUSION
    elif chosen == REOPENED.title:
        yield "评审工作簿中填写的结论不在可选项中，须重新选择。"
    elif chosen not in offered:
        yield f"评审工作簿中的结论为“{chosen}”，不在本轮可选项中，须重新选择。"
    if texts.get("opinion"):
        yield _cut(f"评审意见：{single_line(texts['opinion'], 400)}", _OPINION)
    if opinion.decision.note:
        yield _cut(f"复核提示：{single_line(opinion.decision.note, 200)}", 2)
