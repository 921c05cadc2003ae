"""补正通知: an official notice to one pilot after GB/T 9704, with an annex that lists every item."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from docx.document import Document as Letter
from docx.shared import Mm

from contracts.load import Contracts
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
from transforms.reports.notices.correction_items import HEADINGS, Correction, CorrectionItem

_LINE = 20  # characters of a line of the title
_NUMERALS = "一二三四五六七八九十"
_COLUMNS = (("序号", 12), ("位置", 36), ("指标", 40), ("填报内容", 28), ("问题", 64), ("处理要求", 45))
_COMPARISON = "补正前后对照表"
_CHANGES = (
    ("序号", 12),
    ("指标", 54),
    ("年份", 18),
    ("更正前", 36),
    ("更正后", 36),
    ("要求更正的问题", 45),
    ("情况", 24),
)
Part = tuple[str, Sequence[CorrectionItem]]


def render_notice(correction: Correction, contracts: Contracts) -> bytes:
    """Return the notice to one pilot as .docx: the same bytes for the same correction. The date of issue is blank."""
    letter = blank_letter()
    name_letter(letter, "补正通知")
    verb = "报送" if correction.about_plan and not correction.plan_received else "补正"
    add_line(letter, "×发改××〔　　　〕　　号", "公文字号")
    add_line(letter, _in_lines(f"关于{verb}{correction.place}{_subject(correction, contracts)}的通知"), "公文标题")
    add_line(letter, f"{correction.addressee}：", "公文主送")
    parts = [("必须更正的问题", correction.must), ("需更正或说明的问题", correction.may)]
    parts = [(name, items) for name, items in parts if items]
    add_line(letter, _opening(correction, contracts, parts))
    number = 1
    for at, (name, items) in enumerate(parts):
        add_line(letter, f"{_NUMERALS[at]}、{name}（{len(items)}项）", "公文一级")
        for line in _summary(items, number, "附件1" if len(_annexes(correction)) > 1 else "附件"):
            add_line(letter, line)
        number += len(items)
    add_line(letter, f"{_NUMERALS[len(parts)]}、补正要求", "公文一级")
    asked = list(_requirements(correction))
    for at, line in enumerate(asked, 1):
        add_line(letter, f"{at}. {line}" if len(asked) > 1 else line)
    _write_closing(letter, correction)
    _write_annex(letter, correction, parts)
    return letter_bytes(letter)


def _in_lines(title: str) -> str:
    """Break a title that is longer than a line after 试点, so that no word is cut and no character is left alone."""
    at = title.rfind("试点") + len("试点")
    return title if len(title) <= _LINE or at < len("试点") else f"{title[:at]}\n{title[at:]}"


def _subject(correction: Correction, contracts: Contracts) -> str:
    what = re.sub("^(首|第.{1,3})批", "", contracts.round.title)
    if correction.about_plan:
        return f"{what}实施方案有关内容" if correction.plan_received else f"{what}实施方案"
    both = any(item.heading == HEADINGS[-1] and item.file != correction.table_file for item in correction.items)
    return f"{what}实施方案和建设指标报送材料" if both else f"{what}建设指标报送材料"


def _opening(correction: Correction, contracts: Contracts, parts: Sequence[Part]) -> str:
    table = contracts.tables.get(correction.kind or "")
    what = f"“{table.title}”填报材料" if table and not correction.plan_received else "实施方案"
    files = "".join(f"“{file}”" for file in correction.files)
    version = f"，版本{correction.version}" if correction.version else ""
    counts = "、".join(f"{name}{len(items)}项" for name, items in parts)
    what_to_do = "完成补正并重新报送" if correction.arguable or correction.must else "报送实施方案"
    checked = "经逐项核对" if correction.table or correction.plan_received else "经核对"  # not what could not be read
    return (
        f"{correction.office}报送的{correction.place}{what}（文件{files}{version}）收悉。{checked}，发现{counts}。"
        f"现将有关事项通知如下，请于{day_in_words(contracts.round.deadline)}前{what_to_do}。"
    )


def _summary(items: Sequence[CorrectionItem], number: int, annex: str) -> Iterator[str]:
    """Yield one line for each heading: how many faults of each kind, and where the annex lists them."""
    groups = [(heading, list(listed)) for heading, listed in groupby(items, key=lambda item: item.heading)]
    for at, (heading, listed) in enumerate(groups):
        kinds: dict[str, list[int]] = {}
        for item in listed:
            title = item.title.removeprefix(heading).removesuffix(heading)  # the line begins with the heading
            kinds.setdefault(title, []).append(number)
            number += 1
        said = "；".join(f"{title}{len(at_)}项（{annex}第{_ranges(at_)}项）" for title, at_ in kinds.items())
        yield (f"（{_NUMERALS[at]}）" if len(groups) > 1 else "") + f"{heading}：{said}。"


def _ranges(numbers: Iterable[int]) -> str:
    """Return numbers as ranges: 1、3—5、8."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}—{run[-1]}" for run in runs)


def _requirements(correction: Correction) -> Iterator[str]:
    if any(item.heading == HEADINGS[-1] for item in correction.items):
        done = "请在原文档上修改，" if correction.plan_received else "请"
        yield f"实施方案{done}与工作簿一并报送，须为可编辑的Word文档（*.docx），并在文件名中注明版本。"
    if correction.table and not correction.about_plan:
        marked = "将封面版本号加1、更新填报日期" if correction.version else "在文件名中注明版本和日期"
        yield f"请在原工作簿上更正，不改动指标名称和行列；更正后{marked}，重新报送完整的工作簿。"
    elif not correction.about_plan:
        yield "请重新报送完整的工作簿（*.xlsx），并在封面注明版本和填报日期。"
    if correction.arguable and correction.about_plan:
        yield "“需更正或说明的问题”，确有错漏的请更正；经核实无误的不必修改，请书面说明理由，一并报送。"
    elif correction.arguable:
        yield (
            "“需更正或说明的问题”，数据有误的请更正；经核实数据无误的不必修改，"
            "请在“说明”工作表中写明指标名称和理由，随工作簿一并报送。"
        )
    if correction.marks:
        yield "有问题的单元格已在附件2中用颜色和批注标出，位置与报送文件一致；附件2仅供对照，请勿在其中填报。"


def _write_closing(letter: Letter, correction: Correction) -> None:
    add_line(letter, "请将补正材料报送至　　　　　　　　。", "公文结语")
    add_line(letter, "特此通知。", "公文结语")
    add_line(letter, "", "公文结语")
    annexes = _annexes(correction)
    for at, name in enumerate(annexes, 1):
        number = f"{at}. " if len(annexes) > 1 else ""
        add_line(letter, f"{'附件：' if at == 1 else '　　　'}{number}{name}", "公文结语")
    add_line(letter, "", "公文结语")
    add_line(letter, "（印发单位）", "公文落款")
    add_line(letter, "　　　　年　　月　　日", "公文落款日期")
    add_line(letter, "（联系人：　　　　，电话：　　　　　　　）")


def _annexes(correction: Correction) -> list[str]:
    """Return the names of the annexes in their order."""
    return ["问题明细表", *["问题标注（电子表格）"] * bool(correction.marks), *[_COMPARISON] * bool(correction.changes)]


def _write_annex(letter: Letter, correction: Correction, parts: Sequence[Part]) -> None:
    start_landscape_page(letter)
    add_line(letter, "附件1" if len(_annexes(correction)) > 1 else "附件", "公文附件")
    add_line(letter, "问题明细表", "公文附表标题")
    rows: list[tuple[str, ...] | str] = []
    number = 0
    for at, (name, items) in enumerate(parts):
        rows.append(f"{_NUMERALS[at]}、{name}" if len(parts) > 1 else name)
        for item in items:
            number += 1
            several = f"{item.file}\n" if len(correction.files) > 1 else ""
            given = (item.subject or "—", item.given or "—", item.why, item.advice)
            rows.append((str(number), several + item.where, *given))
    add_table(letter, [title for title, _ in _COLUMNS], [Mm(width) for _, width in _COLUMNS], rows)
    if correction.changes:
        start_landscape_page(letter)
        add_line(letter, f"附件{len(_annexes(correction))}", "公文附件")
        add_line(letter, _COMPARISON, "公文附表标题")
        compared = [(str(at), *texts) for at, texts in enumerate(correction.changes, 1)]
        add_table(
            letter,
            [title for title, _ in _CHANGES],
            [Mm(width) for _, width in _CHANGES],
            compared,
            centred=("年份", "情况"),
        )
    add_page_number(letter)
