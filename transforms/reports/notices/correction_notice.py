"""补正通知: an official notice to one pilot after GB/T 9704, with an annex that lists every item."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from docx.document import Document as Letter
from docx.shared import Mm

from contracts.load import Contracts
from transforms.reports.notices.correction_items import HEADINGS, Correction, CorrectionItem
from transforms.reports.notices.letter_style import (
    add_line,
    add_page_number,
    add_table,
    blank_letter,
    letter_bytes,
    start_landscape_page,
)

_NUMERALS = "一二三四五六七八九十"
_NAMED = 3  # so many indicators are named in the letter; the annex has all of them
_COLUMNS = (("序号", 12), ("位置", 32), ("指标", 42), ("填报内容", 30), ("问题", 64), ("处理要求", 45))


def render_notice(correction: Correction, contracts: Contracts) -> bytes:
    """Return the notice to one pilot as .docx: the same bytes for the same correction. The date of issue is blank."""
    letter = blank_letter()
    letter.core_properties.title = "补正通知"
    letter.core_properties.author = letter.core_properties.last_modified_by = letter.core_properties.comments = ""
    title = f"关于补正{correction.place}{contracts.round.title}建设指标报送材料的通知"
    add_line(letter, title, "公文标题")
    add_line(letter, f"{correction.addressee}：", "公文主送")
    _write_opening(letter, correction, contracts)
    parts = [("必须更正的问题", correction.must), ("需更正或说明的问题", correction.may)]
    parts = [(name, items) for name, items in parts if items]
    for at, (name, items) in enumerate(parts):
        add_line(letter, f"{_NUMERALS[at]}、{name}（{len(items)}项）", "公文一级")
        _write_part(letter, items, _first_number(correction, items))
    add_line(letter, f"{_NUMERALS[len(parts)]}、补正要求", "公文一级")
    for at, line in enumerate(_requirements(correction), 1):
        add_line(letter, f"{at}. {line}")
    _write_closing(letter, correction)
    _write_annex(letter, correction)
    return letter_bytes(letter)


def _write_opening(letter: Letter, correction: Correction, contracts: Contracts) -> None:
    table = contracts.tables.get(correction.kind or "")
    what = f"“{table.title}”填报材料" if table else "填报材料"
    if all(item.heading == HEADINGS[-1] for item in correction.items):
        what = "实施方案"
    files = "、".join(f"“{file}”" for file in correction.files)
    version = f"，版本{correction.version}" if correction.version else ""
    counts = "，".join(
        f"{name}{len(items)}项"
        for name, items in (("必须更正的问题", correction.must), ("需更正或说明的问题", correction.may))
        if items
    )
    add_line(
        letter,
        f"你单位报送的{correction.place}{what}（文件{files}{version}）收悉。经逐项核对，发现{counts}。"
        f"现将有关事项通知如下，请于{_day(contracts.round.deadline)}前完成补正并重新报送。",
    )


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else "＿＿＿＿年＿＿月＿＿日"


def _first_number(correction: Correction, items: Sequence[CorrectionItem]) -> int:
    """Return the number of the first of these items in the annex."""
    return 1 if items is correction.must else len(correction.must) + 1


def _write_part(letter: Letter, items: Sequence[CorrectionItem], number: int) -> None:
    """Write the items by heading; several of one rule are summarised, and the annex lists each."""
    for at, (heading, listed) in enumerate(groupby(items, key=lambda item: item.heading)):
        add_line(letter, f"（{_NUMERALS[at]}）{heading}", "公文二级")
        kinds: dict[str, list[tuple[int, CorrectionItem]]] = {}
        for item in listed:
            kinds.setdefault(item.title, []).append((number, item))
            number += 1
        for place, (title, alike) in enumerate(kinds.items(), 1):
            add_line(letter, f"{place}. {_summarise(title, alike)}")


def _summarise(title: str, alike: Sequence[tuple[int, CorrectionItem]]) -> str:
    numbers = [number for number, _ in alike]
    first = alike[0][1]
    if len(alike) == 1:
        return f"{title}（{first.place}）。{first.why}{first.advice}（附件1第{numbers[0]}项）"
    subjects = list(dict.fromkeys(f"“{item.name}”" for _, item in alike if item.name))
    named = f"涉及{'、'.join(subjects[:_NAMED])}{f'等{len(subjects)}项指标' if len(subjects) > _NAMED else ''}。"
    advice = list(dict.fromkeys(item.advice for _, item in alike))
    what = advice[0] if len(advice) == 1 else "处理要求逐项见附件1。"
    return f"{title}（{len(alike)}处）。{named if subjects else ''}{what}（附件1第{_ranges(numbers)}项）"


def _ranges(numbers: Iterable[int]) -> str:
    """Return numbers as ranges: 1、3—5、8."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}—{run[-1]}" for run in runs)


def _requirements(correction: Correction) -> Iterable[str]:
    if any(item.heading == HEADINGS[-1] for item in correction.items):
        yield "实施方案请在原文档上修改，与工作簿一并报送可编辑的 Word 文档（*.docx），并在文件名中注明版本。"
    yield "请在原工作簿上更正，不改动指标名称和行列；更正后把封面的版本加1，更新填报日期，重新报送完整的工作簿。"
    if correction.may:
        yield (
            "“需更正或说明的问题”，数据有误的请更正；经核实数据无误的不必修改，请在“说明”工作表中写明指标名称和理由，随工作簿一并报送。"
        )
    if correction.marks:
        yield "有问题的单元格已在附件2中用颜色和批注标出，位置与报送文件一致；附件2仅供对照，请勿在其中填报。"


def _write_closing(letter: Letter, correction: Correction) -> None:
    add_line(letter, "")
    annexes = ["问题明细表"] + (["问题标注（电子表格）"] if correction.marks else [])
    for at, name in enumerate(annexes, 1):
        add_line(letter, f"{'附件：' if at == 1 else '　　　'}{at}. {name}")
    add_line(letter, "")
    add_line(letter, "（印发单位）", "公文落款")
    add_line(letter, "　　　　年　　月　　日", "公文落款日期")
    add_line(letter, "（联系人：　　　　，电话：　　　　　　　）")


def _write_annex(letter: Letter, correction: Correction) -> None:
    start_landscape_page(letter)
    add_line(letter, "附件1", "公文附件")
    add_line(letter, "问题明细表", "公文附表标题")
    rows: list[tuple[str, ...] | str] = []
    number = 0
    for name, items in (("一、必须更正的问题", correction.must), ("二、需更正或说明的问题", correction.may)):
        if items:
            rows.append(name)
        for item in items:
            number += 1
            several = f"{item.file}\n" if len(correction.files) > 1 else ""
            rows.append(
                (
                    str(number),
                    several + ("\n".join(part for part in (item.sheet, item.cell) if part) or item.place),
                    item.subject or "—",
                    item.given or "—",
                    item.why,
                    item.advice,
                )
            )
    add_table(letter, [title for title, _ in _COLUMNS], [Mm(width) for _, width in _COLUMNS], rows)
    add_page_number(letter)
