"""Rules of progress rounds: a clean report, one thing broken, exactly one finding at exactly that cell."""

from dataclasses import replace

import pytest

from tests.sample.progress import CONTRACTS, REPORTED, Report, number_of
from tests.support.messages import messages
from tests.support.progress_edits import DUE, Edit, found, reports
from tests.support.progress_round import place_of, read
from tests.support.self_checked import check_submission

pytestmark = pytest.mark.thorough

BASE = CONTRACTS.round.base_year


def target(report: Report, code: str) -> float:
    value = number_of(report.row(code).targets[DUE], share=report.row(code).unit == "%")
    assert value is not None
    return value


def between(report: Report, code: str, part: float) -> float:
    """A value so far on the way from base to target."""
    base = float(report.row(code).base or 0)
    return round(base + (target(report, code) - base) * part, 4)


def equal_targets(report: Report) -> Report:
    for row in report.rows:
        report = report.put(row.code, DUE, row.targets[DUE])
    return report


def no_progress(report: Report) -> Report:
    for year in REPORTED:
        report = report.put("C21", year, report.row("C21").base)
    return report


def beyond(report: Report) -> Report:
    """Already as much beyond the last target as half of the whole way."""
    row = report.row("C21")
    base, last = float(row.base or 0), float(row.targets[2030] or 0)
    final = min(last + 0.3 * (last - base), 99.9)
    for year, part in zip(REPORTED, (0.4, 0.7, 1.0), strict=True):
        report = report.put("C21", year, round(base + (final - base) * part, 2))
    return report


def other_target(report: Report) -> Report:
    lower = {**report.row("C07").targets, DUE: between(report, "C07", 0.5)}
    return report.change("C07", lambda row: replace(row, targets=lower))


def stalled(report: Report) -> Report:
    (name, _, spent, effect, _), *others = report.projects
    return replace(report, projects=((name, "停工", spent, effect, ""), *others))


EDITS: dict[str, tuple[Edit, str | None, int | None, str]] = {
    "PROGRESS-ABSENT": (lambda one: one.put("C20", 2024, None), "C20", 2024, "actual"),
    "PROGRESS-PENDING": (lambda one: one.put("C20", DUE, "待统计部门公布"), "C20", DUE, "actual"),
    "PROGRESS-VALUE": (lambda one: one.put("C20", DUE, "62%-65%"), "C20", DUE, "actual"),
    "PROGRESS-ESTIMATE": (
        lambda one: one.put("C20", DUE, f"{one.row('C20').actuals[DUE]}（预计）"), None, DUE, "header",
    ),
    "PROGRESS-BASE": (
        lambda one: one.change("C18", lambda row: replace(row, base=float(row.base or 0) * 0.99)), "C18", BASE, "base",
    ),
    "PROGRESS-TARGET": (other_target, "C07", DUE, "target"),
    "PROGRESS-BEYOND": (beyond, "C21", DUE, "actual"),
    "PROGRESS-NONE": (no_progress, "C21", DUE, "actual"),
    "PROGRESS-MISSED": (lambda one: one.put("C18", DUE, between(one, "C18", 0.8)), "C18", DUE, "actual"),
    "PROGRESS-EQUAL": (equal_targets, None, DUE, "header"),
    "PROGRESS-JUMP": (lambda one: one.put("C19", 2024, 93.0), "C19", 2024, "actual"),
}  # fmt: skip


def test_every_rule_of_progress_rounds_alone_has_a_case() -> None:
    alone = {rule.id for rule in CONTRACTS.all_rules if rule.rounds == ("progress",)}
    assert alone == {*EDITS, "PROGRESS-FUTURE", "PROGRESS-PROJECT", "PROGRESS-COLUMNS"}


def test_a_clean_report_has_no_finding() -> None:
    assert found() == []


@pytest.mark.parametrize("rule", EDITS)
def test_one_thing_broken_is_one_finding_at_its_cell(rule: str) -> None:
    edit, code, year, role = EDITS[rule]
    findings = found(edit)
    assert [(one["rule"], one["indicator"], one["year"]) for one in findings] == [(rule, code, year)], findings
    assert findings[0]["message"] in messages()[rule]
    assert "{" not in findings[0]["message"] + findings[0]["advice"]
    if role == "header":
        assert findings[0]["cell"] == place_of(reports()[0], "C01", DUE)[0] + "2"
    else:
        assert findings[0]["cell"] == place_of(reports()[0], code or "", year or 0, role)


def test_every_rule_of_progress_has_a_case() -> None:
    by_hand = {"PROGRESS-PROJECT", "PROGRESS-FUTURE", "PROGRESS-COLUMNS"}  # below
    assert EDITS.keys() | by_hand == {name for name in CONTRACTS.rules if name.startswith("PROGRESS-")}


def test_a_missed_target_with_a_reason_is_no_finding() -> None:
    def explained(report: Report) -> Report:
        report = report.put("C18", DUE, between(report, "C18", 0.8))
        return replace(
            report, notes=(*report.notes, (report.row("C18").label, "未完成原因", "改造项目推迟到2026年投产"))
        )

    assert found(explained) == []


@pytest.mark.parametrize(
    ("state", "reported"),
    [
        ("烂尾", True),
        ("已调出项目库", True),
        ("推迟建设", True),
        ("因资金问题停工", False),
        ("未停工，正常推进", False),
    ],
)
def test_the_state_of_a_project_is_read_as_meant(state: str, *, reported: bool) -> None:
    def edit(report: Report) -> Report:
        (name, *_), *others = report.projects
        return replace(report, projects=((name, state, None, "", ""), *others))

    assert [one["rule"] for one in found(edit)] == ["PROGRESS-PROJECT"] * reported


def test_of_a_value_off_both_its_neighbours_the_value_itself_is_reported() -> None:
    """It falls and comes back: the step back is the one in the wanted direction."""
    (one,) = found(lambda report: report.put("C19", 2024, 41.0))
    assert (one["rule"], one["year"]) == ("PROGRESS-JUMP", 2024)
    assert "较2023年的" in one["message"]


@pytest.mark.parametrize("words", ["暂无", "统计局7月公布"])
def test_a_remark_about_the_scope_explains_no_missing_value(words: str) -> None:
    def edit(report: Report) -> Report:
        return report.put("C07", 2024, words).change("C07", lambda row: replace(row, remark="电力按发电煤耗法折算"))

    assert [(one["rule"], one["severity"]) for one in found(edit)] == [("PROGRESS-ABSENT", "error")]


def test_years_without_a_column_are_one_finding() -> None:
    years = (BASE, DUE)
    submission = replace(read(reports()[0]), years=years)
    kept = tuple(row for row in submission.observations if row["year"] in years)
    findings = check_submission(replace(submission, observations=kept), CONTRACTS)
    (one,) = [one for one in findings if one["status"] == "failed"]
    assert (one["rule"], one["message"]) == ("PROGRESS-COLUMNS", "指标表中没有2023、2024年实际值的列。")


def test_a_stalled_project_is_reported_at_its_row() -> None:
    (one,) = found(stalled)
    assert (one["rule"], one["sheet"], one["cell"]) == ("PROGRESS-PROJECT", "重点工程进展", "A3")


@pytest.mark.parametrize(
    ("name", "reported"),
    [("城西屋顶光伏项目", True), ("一、能源类", False), ("（二）交通领域", False), ("注：", False)],
)
def test_a_project_of_the_form_with_nothing_but_its_name_has_no_state(name: str, *, reported: bool) -> None:
    findings = found(lambda report: replace(report, projects=((name, "", None, "", ""), *report.projects)))
    assert [(one["rule"], one["cell"]) for one in findings] == [("PROGRESS-PROJECT", "A3")] * reported
    assert all("没有填写建设状态" in one["message"] for one in findings)


def test_actual_values_of_a_year_to_come_are_reported_at_the_column() -> None:
    """A column 2026年实际值 beside the reported years."""
    submission = read(reports()[0])
    later = [
        row | {"year": 2026, "cell": "Z9", "year_cell": "Z2", "role": "actual"}
        for row in submission.observations
        if row["year"] == DUE and row["role"] == "actual"
    ]
    changed = replace(submission, years=(*submission.years, 2026), observations=(*submission.observations, *later))
    findings = check_submission(changed, CONTRACTS)
    failed = [(one["rule"], one["year"], one["cell"]) for one in findings if one["status"] == "failed"]
    assert failed == [("PROGRESS-FUTURE", 2026, "Z2")]


def test_the_self_check_knows_the_plan_from_the_table() -> None:
    edited = reports()[0].put("C18", DUE, between(reports()[0], "C18", 0.8))
    findings = check_submission(read(edited), CONTRACTS)
    assert [one["rule"] for one in findings if one["status"] == "failed"] == ["PROGRESS-MISSED"]
