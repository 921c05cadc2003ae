"""Texts without a figure: targets in words, what is left of a template, and what only looks like a figure."""

from decimal import Decimal

import pytest

from transforms.intake.values.cell_text import parse_text

IN_WORDS = (
    "省下达指标", "以省下达为准", "达到省级要求", "按国家下达任务执行", "待省核定", "稳中有升", "与2022年持平",
    "不低于全省平均水平", "完成国家\n下达考核\n任务", "不减少", "只增不减", "控制在国家下达目标以内",
    "达到国家规定标准", "满足国家考核要求", "落实省级任务", "实现零增长", "零填埋",
    "待国家明确", "按国家统一部署", "位居全省前列",
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
        ("32+", "at_least", 32), ("85%＋", "at_least", 85), ("100（全部）", "exact", 100),
        ("保持30以上", "at_least", 30), ("持续保持92%", "exact", 92), ("维持40%左右", "about", 40),
        ("保持不低于90%", "at_least", 90), ("保持70%以上水平", "at_least", 70), ("由68%提高到72%", "exact", 72),
        ("从2022年的68提升至72以上", "at_least", 72), ("70以上（含70%）", "at_least", 70),
        ("70（含）以上", "at_least", 70),
        ("达到72%。", "exact", 72), ("1,200；", "exact", 1200),
    ],
)  # fmt: skip
def test_words_that_are_figures(text: str, qualifier: str, value: int) -> None:
    parsed = parse_text(text)
    assert (parsed.qualifier, parsed.value) == (qualifier, Decimal(value))


@pytest.mark.parametrize(
    ("text", "change", "year"),
    [
        ("翻一番", None, None), ("减半", None, None), ("力争翻两番", None, None), ("较2022年翻一番", 100, 2022),
        ("比2022年翻两番", 300, 2022), ("在2022年基础上减半", -50, 2022), ("较2022年增长1.5倍", 150, 2022),
        ("增长两倍以上", None, None),
    ],
)  # fmt: skip
def test_a_multiple_is_a_change(text: str, change: int | None, year: int | None) -> None:
    parsed = parse_text(text)
    assert (parsed.qualifier, parsed.value, parsed.change, parsed.base_year) == ("relative", None, change, year)


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("72%，较2022年提高4个百分点", "较2022年提高4个百分点"),
        ("较2022年提高4个百分点，达到72%", "较2022年提高4个百分点"),
    ],
)  # fmt: skip
def test_a_figure_beside_its_change_is_read_and_the_change_is_a_remark(text: str, remark: str) -> None:
    parsed = parse_text(text)
    assert (parsed.qualifier, parsed.value, parsed.remarks) == ("exact", Decimal(72), (remark,))


@pytest.mark.parametrize("text", ["较2020年下降18%，达到省下达目标", "比2020年下降18%"])
def test_a_change_without_a_figure_beside_it_stays_a_change(text: str) -> None:
    assert parse_text(text).qualifier == "relative"


@pytest.mark.parametrize("text", ["20（含5）", "由68提高4", "保持"])
def test_what_only_looks_like_these_is_no_figure(text: str) -> None:
    assert parse_text(text).value is None


@pytest.mark.parametrize(
    "text",
    [
        "待统计",
        "统计中",
        "未公布",
        "尚未开展统计",
        "尚无统计数据",
        "无此项统计",
        "目前未纳入统计",
        "暂无监测数据",
        "数据暂缺",
        "待统计公布",
        "待省统计局公布",
        "统计数据尚未发布",
        "正在核算",
        "年鉴数据未公布",
        "待核算后填报",
    ],
)
def test_what_is_not_known_yet_is_missing(text: str) -> None:
    assert parse_text(text).qualifier == "missing"


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
