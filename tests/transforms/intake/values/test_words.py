"""Texts without a figure: targets in words, what is left of a template, and what only looks like a figure."""

from decimal import Decimal

import pytest

from transforms.intake.values.cell_text import parse_text

IN_WORDS = (
    "省下达指标", "以省下达为准", "达到省级要求", "按国家下达任务执行", "待省核定", "稳中有升", "与2022年持平",
    "不低于全省平均水平", "完成国家\n下达考核\n任务", "不减少", "只增不减", "控制在国家下达目标以内",
    "达到国家规定标准", "满足国家考核要求", "落实省级任务",
)  # fmt: skip


@pytest.mark.parametrize("text", IN_WORDS)
def test_words_that_are_targets(text: str) -> None:
    assert parse_text(text).qualifier == "qualitative"


@pytest.mark.parametrize(
    ("text", "qualifier", "value"),
    [
        ("突破55%", "at_least", 55), ("争取达到28%以上", "at_least", 28), ("超45%", "at_least", 45),
        ("逾30", "at_least", 30),
        ("稳定达到92%", "exact", 92), ("保持在90%以上", "at_least", 90), ("确保达到12", "exact", 12),
        ("提升至18%左右", "about", 18),
    ],
)  # fmt: skip
def test_words_that_are_figures(text: str, qualifier: str, value: int) -> None:
    parsed = parse_text(text)
    assert (parsed.qualifier, parsed.value) == (qualifier, Decimal(value))


@pytest.mark.parametrize("text", ["全部达到", "全覆盖", "全部实现"])
def test_all_of_a_share_is_a_hundred_percent(text: str) -> None:
    assert (parse_text(text, share=True).value, parse_text(text, share=True).unit) == (Decimal(100), "%")
    assert parse_text(text).qualifier == "qualitative"


@pytest.mark.parametrize(
    "text",
    [
        "XX%",
        "××",
        "xx.x%",
        "××万辆",
        "约XX",
        "____",
        "（此处填写数值）",
        "[请填写]",
        "待填",
        "□□%",
        "（在此填写基期值）",
        "（填写目标值）",
    ],
)
def test_what_is_left_of_a_template_is_missing(text: str) -> None:
    parsed = parse_text(text)
    assert parsed.qualifier == "missing"
    assert parsed.problem is not None
    assert "占位文字" in parsed.problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2029年前达峰", "达峰时间"), ("碳达峰", "达峰时间"), ("2030年达到峰值前碳达峰", None), ("2030年", "年份"),
        ("7O", "字母“O”"), ("1l.5%", "字母“L”"), ("≥8o%", "字母“O”"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_figure_is_named(text: str, said: str | None) -> None:
    parsed = parse_text(text)
    assert parsed.value is None
    if said:
        assert parsed.qualifier == "unreadable"
        assert said in (parsed.problem or "")
