"""Actual values that are no figure, in another unit or a step back, in the words of a progress round."""

import re
from dataclasses import replace

import pytest

from tests.sample.progress import CONTRACTS, Report
from tests.support.one_in import one_in
from tests.support.progress_edits import DUE, found, reports
from transforms.reports.template.guide import PROGRESS_EXAMPLES
from transforms.reports.template.workbook import render_template

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize(
    ("words", "way"),
    one_in(
        4,
        [("持续提高", "文字"), ("达标", "文字"), ("已完成", "文字"), ("同上", "文字"), ("比2022年提高3%", "变化幅度")],
    ),
)
def test_an_actual_value_without_a_figure_is_reported_in_words_of_progress(words: str, way: str) -> None:
    (one,) = found(lambda report: report.put("C20", DUE, words))
    assert (one["rule"], one["severity"]) == ("PROGRESS-VALUE", "warning")
    assert f"实际值填报“{words}”，为{way}" in one["message"]


def test_a_year_with_words_is_no_value() -> None:
    assert [one["rule"] for one in found(lambda report: report.put("C20", 2024, "2024年未统计"))] == ["PROGRESS-ABSENT"]


def test_a_step_back_is_no_completion_rate() -> None:
    back = float(reports()[0].row("C18").base or 0) - 5
    messages_of = [one["message"] for one in found(lambda report: report.put("C18", DUE, back))]
    assert any("较基期倒退" in one or "反而倒退" in one for one in messages_of)
    assert not any("完成率" in one for one in messages_of)


def test_a_target_in_another_unit_names_both_units() -> None:
    def edit(report: Report) -> Report:
        return report.change("C11", lambda row: replace(row, unit="万" + row.unit, actuals={}, base=None))

    (one,) = [one for one in found(edit) if one["rule"] == "PROGRESS-TARGET" and one["year"] == DUE]
    assert re.search("填报“[0-9]+”（单位：万千瓦），原报送并采用的是“[0-9]+千瓦”。", one["message"])


def test_the_form_of_a_progress_round_has_its_own_examples() -> None:
    book = render_template(CONTRACTS.tables["city"], CONTRACTS.round, pilot="", province="")
    shown = {cell.value for row in book["填报说明"].iter_rows() for cell in row}
    assert "已完成" in shown
    assert not shown & {"达到25%以上", "25%左右"}


@pytest.mark.parametrize(("text", "verdict", "_why"), one_in(2, PROGRESS_EXAMPLES), ids=lambda part: part[:8])
def test_the_examples_of_the_form_are_true(text: str, verdict: str, _why: str) -> None:
    value = float(text) if text[-1].isdigit() else text
    findings = found(lambda report: report.put("C08", DUE, value))
    severities = {one["severity"] for one in findings if one["raw_value"] == text and not is_judgement(one["rule"])}
    assert severities == {"可以": set(), "须更正或说明": {"warning"}, "须更正": {"error"}}[verdict]


def is_judgement(rule: str) -> bool:
    """Whether a rule is about the size of a value that was read."""
    return rule in {"PROGRESS-MISSED", "PROGRESS-NONE", "PROGRESS-JUMP", "PROGRESS-BEYOND"}
