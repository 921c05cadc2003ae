"""Parse the text or number of one cell into value, qualifier and unit.

Never raises and never guesses: what cannot be parsed is `unreadable`.
"""

import re
from decimal import Decimal

from contracts.naming import plain
from transforms.intake.cells import UNKNOWN_FORMAT, Cell
from transforms.intake.values import figures
from transforms.intake.values.cell_value import MISSING, UNREADABLE, CellValue
from transforms.intake.values.footnote_marks import has_odd_digit, split_marks
from transforms.intake.values.words import is_placeholder, is_target_in_words, problem_of

# What does not change the value.
_ASIDE = re.compile(
    r"\((?:预计|预期|目标|目标值|预估|暂定|估算)\)$|\(含\)(?=$|及?以[上下])|(?<=以[上下])\(含[\d.]+%?\)$|(?<=[\d%上下右])[.;]$|(?<=[\d%])[↑↓↗↘]$"
)
_SPLIT = re.compile(r"\d[\s\u3000]+\d")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![\d ])")
_GROUP = re.compile(r"[\[(【〔]([^\[\]()【】〔〕]*)[\])】〕]")
_UNIT_LIKE = re.compile(
    r"^(?:[a-z0-9²³/%‰·]+|[万亿千百]?(?:个|辆|台|套|座|亩|公顷|千瓦|兆瓦|瓦|吨[^\d]*|元[^\d]*|平方[^\d]*|立方[^\d]*|标准煤[^\d]*|百分点)|[^\d]+/[^\d]+)$"
)
_YEAR_ONLY = re.compile(r"^(?:19|20)\d\d年?(?:底|末)?$")
_FIGURE_LIKE = re.compile(
    rf"^(?:{figures.AT_LEAST}|{figures.AT_MOST}|{figures.ABOUT})?{figures.NUMBER}(?!年)[^\d]{{0,5}}$"
)

_ALIKE = str.maketrans("，﹪−～〜∼。＞＜≧≦", ",%-~~~.><≥≤")


def parse_cell(cell: Cell | None, *, share: bool = False) -> CellValue:
    """Parse one cell; None is a cell that the file does not have. `share`: see `parse_text`."""
    if cell is None or cell.held == "blank":
        return MISSING
    if cell.held == "number":
        value = Decimal(cell.text)
        if not figures.is_possible(value):
            return UNREADABLE
        if is_percent_format(cell.number_format):
            return CellValue("exact", value * 100, "%", "format")
        return CellValue("exact", value, percent="unknown" if cell.number_format == UNKNOWN_FORMAT else None)
    if cell.held == "text":
        parsed = parse_text(cell.text, share=share)
        return parsed._replace(marks=(*parsed.marks, *cell.marks)) if cell.marks else parsed
    return UNREADABLE._replace(problem="单元格中是图片，不能读取。" if cell.held == "picture" else None)


def parse_text(text: str, *, share: bool = False) -> CellValue:
    """Parse a cell's text: numbers with sign, separators, unit and words; ranges; comparisons; targets in words.

    Args:
        text: of the cell, without raised marks.
        share: whether the cell is about a share of a whole, so that 全部达到 is 100 %.
    """
    if not plain(text):
        return MISSING
    words = _normal(text)
    if is_placeholder(words):
        return MISSING._replace(problem=f"单元格中仍是模板的占位文字“{text.strip()[:20]}”。")
    # Marks and spaces go before NFKC and `plain`, which would make a digit of ① and one number of two.
    unmarked, marks = split_marks(text)
    unmarked = _GROUPED.sub(lambda match: "".join(match[0].split()), unmarked)
    if not plain(unmarked) or _SPLIT.search(unmarked) or has_odd_digit(unmarked):
        return UNREADABLE
    if problem := problem_of(words):
        return UNREADABLE._replace(problem=problem)
    value = _parse_with_remarks(_normal(unmarked), share=share)
    if value.remarks:
        value = value._replace(remarks=tuple(_as_written(remark, plain(unmarked)) for remark in value.remarks))
    return value._replace(marks=marks) if marks else value


def _normal(text: str) -> str:
    return plain(text).casefold().translate(_ALIKE)


def _as_written(remark: str, text: str) -> str:
    """Return a remark in the capitals of the text that it was taken from."""
    at = text.casefold().find(remark)
    return text[at : at + len(remark)] if at >= 0 else remark


def _parse_with_remarks(words: str, *, share: bool) -> CellValue:
    """Parse a text after taking off what is in brackets, before it (占…的) or around it."""
    words = _ASIDE.sub("", words)
    words = words.removesuffix("全覆盖") if words[:1].isdigit() else words
    remarks: list[str] = []

    def take(match: re.Match[str]) -> str:
        if not _is_remark(match[1]):
            return match[0]
        remarks.append(match[1])
        return ""

    rest = _GROUP.sub(take, words)
    if not rest:  # nothing but a remark: （完成省下达任务）
        rest, remarks = words[1:-1], []
    value = figures.parse_words(rest, share=share)
    for pattern in figures.FIGURE_AND_ASIDE:
        if value.value is None and (match := pattern.match(rest)):
            figure = figures.parse_words(match["figure"], share=share)
            if figure.value is not None:
                value = figure
                remarks.append(match["aside"])
    if value.value is None and (match := figures.BRACKETED.match(rest)):
        inner = figures.parse_words(match["before"] + match["figure"] + match["behind"], share=share)
        if inner.value is not None:
            close = {"[": "]", "(": ")", "【": "】", "〔": "〕"}[match["open"]]
            value = inner._replace(bracket=match["open"] + close)
    if value.qualifier == "unreadable" and is_target_in_words(words_only := _GROUP.sub("", rest)):
        # 完成省下达任务（约20%）: the words are the target, and the figure explains it.
        return CellValue("qualitative", remarks=(*remarks, rest.replace(words_only, "", 1)))
    for pattern, name in ((figures.OF_NOUN, "noun"), (figures.LEADING, "word")):
        if value.qualifier in {"unreadable", "qualitative"} and (match := pattern.match(rest)):
            value = figures.parse_words(match["figure"], share=share)
            remarks.append(match[name])
    return value._replace(remarks=tuple(remarks)) if remarks else value


def _is_remark(text: str) -> bool:
    """Return whether a text in brackets is a remark: words, and neither a unit nor a second figure."""
    if _YEAR_ONLY.match(text):
        return True
    return len(re.findall(r"[\u4e00-\u9fffa-z]", text)) >= 2 and not (
        _UNIT_LIKE.match(text) or _FIGURE_LIKE.match(text)
    )


def is_percent_format(number_format: str) -> bool:
    """Return whether Excel shows the number times 100: a % that is not quoted or escaped."""
    return "%" in number_format and "%" in re.sub(r'"[^"]*"|\\.|_.', "", number_format)
