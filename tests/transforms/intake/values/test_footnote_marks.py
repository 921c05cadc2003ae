"""A footnote mark behind a figure is never read as a digit: the figure is kept, or the cell is in doubt."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.intake.cells import Cell, Sheet
from transforms.intake.values.cell_text import parse_cell, parse_text
from transforms.intake.values.cell_value import CellValue
from transforms.intake.values.footnote_marks import lift_marks, mark_key

NUMBERS = st.decimals("0.01", "99999", places=2, allow_nan=False).map(lambda number: f"{number.normalize():f}")
BEFORE = st.sampled_from(["", "达到", "≥", "约", "不低于", "力争达到", "突破"])
BEHIND = st.sampled_from(["", "%", "％", "以上", "%以上", "左右", "万千瓦", "%及以上"])
# Every kind of mark, as it is typed on the line.
TYPED = st.one_of(
    st.sampled_from("①②③⑩⑳❶❷⓵¹²³⁴⁵⁰*＊※#†‡△☆"),
    st.sampled_from(
        ["[1]", "［2］", "【3】", "〔4〕", "（注）", "（注1）", "注1", "注 2", "(1)", "（2）", "**", "⁽¹⁾", "[注1]"]
    ),
    st.sampled_from("₁₂₃⑴⑵⒈㈠㊀㉑½㏠Ⅰ"),
)
RAISED = st.sampled_from(["1", "2", "12", "[1]", "①", "*", "注1", "1,2", "a", "(1)"])


def is_safe(parsed: CellValue, number: str) -> bool:
    return parsed.value is None or parsed.value == Decimal(number)


@given(NUMBERS, BEFORE, BEHIND, TYPED, st.booleans())
def test_a_typed_mark_is_no_digit(number: str, before: str, behind: str, mark: str, last: bool) -> None:
    text = f"{before}{number}{behind}{mark}" if last else f"{before}{number}{mark}{behind}"
    assert is_safe(parse_text(text), number), text


@given(NUMBERS, BEFORE, BEHIND, RAISED, st.booleans())
def test_a_raised_mark_is_no_digit(number: str, before: str, behind: str, mark: str, last: bool) -> None:
    lead = f"{before}{number}{behind}" if last else f"{before}{number}"
    text = f"{lead}{mark}" if last else f"{lead}{mark}{behind}"
    cell = Cell(1, 1, "text", text, superscripts=((len(lead), len(lead) + len(mark)),))
    (lifted,) = lift_marks(Sheet("表1", {(1, 1): cell})).cells.values()
    parsed = parse_cell(lifted)
    assert parsed.value == Decimal(number), text
    assert parsed.marks


@pytest.mark.parametrize(
    ("text", "span", "left"),
    [
        ("亿元/km2", (5, 6), "亿元/km2"),
        ("12m2①", (3, 5), "12m2"),
        ("MJ/m21", (4, 6), "MJ/m2"),
        ("1.2×104", (6, 7), "1.2×104"),  # a power of ten; the cell is unreadable
        ("非化石能源消费占比2", (9, 10), "非化石能源消费占比"),
        ("完成省下达任务1,2", (7, 10), "完成省下达任务"),
        ("30以上", (2, 4), "30以上"),
        ("12", (0, 2), "12"),
    ],
)
def test_what_is_raised_and_no_mark_stays(text: str, span: tuple[int, int], left: str) -> None:
    (cell,) = lift_marks(Sheet("表1", {(1, 1): Cell(1, 1, "text", text, superscripts=(span,))})).cells.values()
    assert cell.text == left


@pytest.mark.parametrize(
    ("mark", "key"), [("①", "1"), ("[1]", "1"), ("¹", "1"), ("注1", "1"), ("❷", "2"), ("＊", "*"), ("（1）", "(1)")]
)
def test_marks_of_one_note_have_one_key(mark: str, key: str) -> None:
    assert mark_key(mark) == key
