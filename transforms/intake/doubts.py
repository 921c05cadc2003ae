"""Collect the remarks and notes that hold for a value, and decide whether they put it in doubt."""

import re
from collections.abc import Sequence

from contracts.indicators import Indicator
from contracts.naming import unit_key
from transforms.intake.tables.found_table import Row
from transforms.intake.tables.indicator_names import Label
from transforms.intake.tables.notes import meaning_of
from transforms.intake.values.cell_value import CellValue
from transforms.intake.values.footnote_marks import split_marks
from transforms.intake.values.remarks import doubt_of, is_known, is_own, is_scope

_NUMBERED = re.compile(r"^\s*[①-⑳]")  # ②非化石能源消费占比 is the second row, and no note


def read_unit_in_brackets(parsed: CellValue, indicator: Indicator) -> CellValue:
    """Read a remark that is a legal unit as the unit: 12（万千瓦）."""
    unit = next((remark for remark in parsed.remarks if unit_key(remark) in indicator.units), None)
    if unit is None or parsed.unit:
        return parsed
    return parsed._replace(unit=unit, remarks=tuple(remark for remark in parsed.remarks if remark != unit))


def remarks_of(row: Row | None, label: Label | None, parsed: CellValue) -> list[str]:
    """Return the remarks behind the label and in the cell, and the notes of their marks."""
    if row is None:
        return []
    of_label = label.remarks if label else ()
    marks = (*row.label.marks, *split_marks(_NUMBERED.sub("", row.label.text))[1]) if row.label else ()
    of_cell = meaning_of(parsed.marks, parsed.bracket, row.notes)
    return [*of_label, *meaning_of(marks, None, row.notes), *parsed.remarks, *of_cell]


def find_doubt(parsed: CellValue, remarks: Sequence[str], row: Row, indicator: Indicator, year: int) -> str | None:
    """Return in Chinese why remarks (from `remarks_of`) put the value of a year in doubt; None if they do not."""
    if parsed.value is None:
        return None
    for text in [*remarks, *filter(is_scope, [row.remark_text])]:
        if reason := doubt_of(text.partition("：")[2] or text, indicator, year):
            return f"“{text}”表明它{reason}。"
    unknown = [text for text in parsed.remarks if not is_known(text) and not is_own(text, indicator)]
    return f"“{unknown[0]}”是否改变了指标的范围或含义，无法判断。" if unknown else _unexplained(parsed, row)


def _unexplained(parsed: CellValue, row: Row) -> str | None:
    """Return the doubt about brackets or a second number without a note."""
    if parsed.bracket and parsed.bracket not in row.notes:
        return f"数值写在“{parsed.bracket}”内，表下没有注释说明其含义。"
    if any(mark.startswith("(") and mark.strip("()") not in row.notes for mark in parsed.marks):
        return "数值后的括号内另有一个数，无法判断是注释序号还是另一个数值。"
    return None
