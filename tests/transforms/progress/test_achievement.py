"""Achievement of a whole report: every reason why a target is not judged, and the plan's values as the measure."""

from dataclasses import replace

import polars as pl
import pytest

from tests.sample import Submission, change, clean_submission, leave_out, put, repeat
from tests.sample.progress import CONTRACTS, REPORTED, Report, Reported, draw_report
from tests.support.progress_round import review
from transforms.intake.cells import Cell, Sheet
from transforms.progress.explanations import explanations

pytestmark = pytest.mark.thorough

DUE = CONTRACTS.round.due[-1]


def plan() -> Submission:
    """A plan with targets of every kind."""
    submission = clean_submission("浙江省", "杭州市")
    submission = put(submission, "C01", 2025, "较2020年下降14.5%")
    submission = put(submission, "C02", 2025, "较2022年下降10%")
    submission = put(submission, "C07", 2025, "25%左右")
    submission = put(submission, "C12", 2025, "持续提高")
    submission = put(submission, "C13", 2025, None)
    submission = put(submission, "C14", 2025, 4600.0)  # beyond 100 %: in doubt
    return leave_out(change(submission, "C24", remark=""), "C26", "本地没有这类项目，不再统计该项指标。")


def row(review_rows: pl.DataFrame, code: str) -> dict[str, object]:
    (one,) = review_rows.filter(pl.col("indicator") == code).to_dicts()
    return one


def test_every_target_is_judged_or_says_why_not() -> None:
    submission = plan()
    report = draw_report(submission, missed=0.0)
    base = float(report.row("C02").base or 0)
    for code, value in {"C02": round(base * 0.89, 4), "C07": 24.2, "C18": None}.items():
        report = report.put(code, DUE, value)
    found = review([report], (submission,)).achievement
    said = {one["indicator"]: (one["state"], one["reason"]) for one in found.to_dicts()}
    assert len(said) == 26
    assert said["C01"] == ("unjudged", "目标为较2020年下降14.5%，缺2020年数值")
    assert said["C12"] == ("unjudged", "目标以文字表述：持续提高")
    assert said["C13"] == ("unjudged", "原指标表没有2025年目标值")
    assert said["C14"] == ("unjudged", "2025年目标值存疑，未采用")
    assert said["C18"] == ("unjudged", "未填报2025年实际值")
    assert said["C26"] == ("unjudged", "原指标表没有2025年目标值")
    assert said["C02"] == ("met", None)  # 10 % below the base
    assert row(found, "C02")["target"] == pytest.approx(base * 0.9)
    assert said["C07"] == ("met", None)  # 25 左右 is met by 24.2
    others = {code for code, (state, _) in said.items() if state == "unjudged"}
    # Of the indicators without a direction, a target below the base is judged neither way.
    assert others == {"C01", "C12", "C13", "C14", "C18", "C26", "C25"}
    assert said["C25"][1] == "该指标不设增减方向，目标未写“以上”“不超过”，且无基期值或低于基期值"
    assert (said["C06"], said["C22"]) == (("met", None), ("met", None))


def test_the_last_target_is_shown_beside_a_value_that_is_missing() -> None:
    submission = clean_submission("浙江省", "杭州市")
    shown = row(review([draw_report(submission).put("C18", DUE, None)], (submission,)).achievement, "C18")
    assert (shown["last_year"], shown["last_target"]) == (2030, submission.row("C18").values[2])
    assert (shown["so_far"], shown["required"], shown["path"]) == (None, None, "unknown")


def test_what_is_given_in_two_rows_is_in_doubt_and_not_missing() -> None:
    submission = clean_submission("浙江省", "杭州市")
    twice = repeat(submission, "C18", tuple(float(value) + 1 for value in submission.row("C18").values))  # type: ignore[arg-type]
    found = row(review([draw_report(submission)], (twice,)).achievement, "C18")
    assert (found["state"], found["reason"]) == ("unjudged", "2025年目标值存疑，未采用")


def test_a_pilot_without_an_accepted_plan_is_not_judged() -> None:
    submission = clean_submission("浙江省", "杭州市")
    found = review([draw_report(submission)], (clean_submission("山西省", "太原市"),)).achievement
    assert set(found["reason"]) == {"没有可采用的实施方案指标表"}
    assert set(found["state"]) == {"unjudged"}


def test_base_and_target_are_those_of_the_plan_not_of_the_report() -> None:
    submission = clean_submission("浙江省", "杭州市")
    report = draw_report(submission, missed=0.0)
    plan_row = submission.row("C07")

    def lowered(one: Reported) -> Reported:
        return replace(one, base=1.0, targets=dict.fromkeys(one.targets, 2.0))

    mine = row(review([report.change("C07", lowered)], (submission,)).achievement, "C07")
    assert (mine["base"], mine["target"]) == plan_row.values[:2]
    assert isinstance(plan_row.values[0], float)
    assert isinstance(plan_row.values[1], float)
    actual = report.row("C07").actuals[REPORTED[-1]]
    assert isinstance(actual, float)
    rate = (actual - plan_row.values[0]) / (plan_row.values[1] - plan_row.values[0])
    assert mine["rate"] == pytest.approx(rate)


def test_an_explanation_is_shown_with_its_target() -> None:
    submission = clean_submission("浙江省", "杭州市")
    report: Report = draw_report(submission, missed=0.0).put("C18", DUE, 1.0)
    report = replace(report, notes=((report.row("C18").label, "未完成原因", "改造项目推迟到2026年投产"),))
    assert row(review([report], (submission,)).achievement, "C18")["explanation"] == "改造项目推迟到2026年投产"


def test_what_is_said_of_a_missing_value_is_shown_whatever_its_kind() -> None:
    submission = clean_submission("浙江省", "杭州市")
    report: Report = draw_report(submission).put("C18", DUE, None)
    report = replace(report, notes=((report.row("C18").label, "删减", "设施已停用，不再统计"),))
    shown = row(review([report], (submission,)).achievement, "C18")
    assert (shown["state"], shown["explanation"]) == ("unjudged", "设施已停用，不再统计")


def test_what_is_written_in_place_of_an_actual_value_is_read_as_meant() -> None:
    submission = put(clean_submission("浙江省", "杭州市"), "C15", 2025, "60%—62%")
    report = draw_report(submission, missed=0.0)
    target = {code: float(submission.row(code).values[1] or 0) for code in ("C12", "C13")}  # type: ignore[arg-type]
    written = {"C18": "/", "C19": "待统计部门公布", "C20": "统计数据尚未发布", "C12": f"{target['C12'] - 1}%以上"}
    for code, value in (written | {"C13": f"超过{target['C13']}%"}).items():
        report = report.put(code, DUE, value)
    notes = tuple((report.row(code).label, "未填报", "统计部门年底公布") for code in ("C18", "C19", "C20"))
    found = review([replace(report, notes=(*report.notes, *notes))], (submission,))
    said = {one["indicator"]: (one["state"], one["reason"]) for one in found.achievement.to_dicts()}
    for code in ("C18", "C19", "C20"):
        assert said[code] == ("unjudged", "未填报2025年实际值"), code
    assert said["C12"] == ("unjudged", f"实际值为“{written['C12']}”，不能确定是否达到目标")
    assert said["C13"] == ("met", None)
    assert said["C15"] == ("met", None)
    assert found.findings.filter(pl.col("indicator").is_in(["C18", "C19", "C20"])).is_empty()


def test_a_column_of_causes_explains_whatever_its_words() -> None:
    table = CONTRACTS.tables["city"]
    one, other = table.by_code["C14"], table.by_code["C15"]
    lines = (
        ("指标", "2025年实际值", "未完成原因", "备注"),
        (one.name, "7.4", "改造项目资金还在筹措", "全市口径"),
        (other.name, "64", "", "全市口径数据"),
    )
    cells = {
        (row, column): Cell(row, column, "text", text)
        for row, line in enumerate(lines, 2)
        for column, text in enumerate(line, 1)
        if text
    }
    said = explanations([Sheet("表1", cells)], table, CONTRACTS)
    assert said == {"C14": "改造项目资金还在筹措"}


def test_intervals_and_percentage_points_are_judged_as_a_person_reads_them() -> None:
    """An interval is reached at its nearer end, whatever its unit; points count from the base of a share."""
    submission = clean_submission("浙江省", "杭州市")
    targets = {
        "C07": "20～25",
        "C08": "30%-40%",
        "C01": "0.2-0.25",
        "C11": "300～400万千瓦",
        "C12": "比2022年提高3个百分点",
    }
    for code, target in (targets | {"C13": "比2020年提高3个百分点", "C06": "50%～55%"}).items():
        submission = put(submission, code, DUE, target)
    report = draw_report(submission, missed=0.0)
    base = float(submission.row("C12").values[0] or 0)  # type: ignore[arg-type]
    actual = {"C07": 19.9, "C08": 41.0, "C01": 0.26, "C11": 3_500_000.0, "C12": base + 2.9}
    for code, value in actual.items():
        report = report.put(code, DUE, value)
    found = review([report], (submission,)).achievement
    said = {one["indicator"]: (one["state"], one["target"]) for one in found.to_dicts()}
    assert {code: said[code] for code in ("C07", "C08", "C01", "C11")} == {
        "C07": ("missed", 20.0),
        "C08": ("met", 30.0),
        "C01": ("missed", 0.25),
        "C11": ("met", 3_000_000.0),
    }
    assert said["C12"] == ("missed", pytest.approx(base + 3))
    assert (said["C13"], said["C06"]) == (("unjudged", None), ("unjudged", None))


def test_the_reason_is_the_text_beside_the_name_and_the_remark_with_a_cause() -> None:
    table = CONTRACTS.tables["city"]
    one, other, last = (table.by_code[code] for code in ("C07", "C08", "C12"))
    lines = ((one.name, "电力按发电煤耗法折算"), (f"说明：1.{one.name}未完成，主要因为并网推迟；", ""))
    notes = ((f"第8项{other.name}", "受电价影响"), (f"{last.name}：", "工程延期投产"))
    sheets = [
        Sheet(name, {(r, c): Cell(r, c, "text", t) for r, row in enumerate(rows, 1) for c, t in enumerate(row, 1) if t})
        for name, rows in (("表1", lines), ("说明", notes))
    ]
    assert explanations(sheets, table, CONTRACTS) == {
        "C07": f"说明：1.{one.name}未完成，主要因为并网推迟；",
        "C08": "受电价影响",
        "C12": "工程延期投产",
    }


def on_sheets(notes: tuple[tuple[str, ...], ...] = (), table: tuple[tuple[str, ...], ...] = ()) -> list[Sheet]:
    """The table, and 说明, with these lines."""
    return [
        Sheet(name, {(r, c): Cell(r, c, "text", t) for r, row in enumerate(rows, 1) for c, t in enumerate(row, 1) if t})
        for name, rows in (("表1", table), ("说明", notes))
    ]


@pytest.mark.parametrize(
    ("kind", "text", "missed", "absent"),
    [
        ("未完成原因", "", None, None),
        ("未完成原因", "/", None, None),
        ("未完成原因", "缺资金", "缺资金", "缺资金"),
        ("", "缺资金", "缺资金", "缺资金"),
        ("其他", "2022年数据按新统计制度修订", None, "2022年数据按新统计制度修订"),
        ("缺实际值", "2024年口径调整，未开展统计", None, "2024年口径调整，未开展统计"),
        ("其他", "项目进度慢于计划", "项目进度慢于计划", "项目进度慢于计划"),
        ("未达标", "资金不足，明年补齐", "资金不足，明年补齐", "资金不足，明年补齐"),
        ("受限电影响", "", "受限电影响", "受限电影响"),
    ],
)
@pytest.mark.parametrize("header", [True, False])
def test_a_line_of_the_notes_explains_what_it_is_about(
    kind: str, text: str, missed: str | None, absent: str | None, *, header: bool
) -> None:
    name = CONTRACTS.tables["city"].by_code["C08"].name
    sheets = on_sheets((("指标", "情况", "说明") if header else ("", "", "说明"), (name, kind, text)))
    unknown = not header and kind == "缺实际值"
    for expected, every in ((absent if unknown else missed, False), (absent, True)):
        said = explanations(sheets, CONTRACTS.tables["city"], CONTRACTS, every=every)
        assert said == ({"C08": expected} if expected else {})


def test_a_remark_with_a_cause_is_found_beside_longer_texts() -> None:
    table = CONTRACTS.tables["city"]
    header = ("领域", "序号", "指标", "单位", "2025年目标", "未完成原因", "备注")
    lines = (
        (table.by_code["C03"].category, "3", table.by_code["C03"].name, "吨标准煤/万元", "", "", "因停产检修"),
        ("城乡建设领域绿色低碳发展水平提升方向", "9", table.by_code["C09"].name, "千瓦", "", "", "受限电影响"),
        ("", "20", table.by_code["C20"].name, "%", "达到70%以上", "", "受道路施工影响"),
        ("城乡建设领域绿色低碳发展水平提升方向", "14", table.by_code["C14"].name, "%", "", "缺资金", ""),
    )
    assert explanations(on_sheets(table=(header, *lines)), table, CONTRACTS) == {
        "C03": "因停产检修",
        "C09": "受限电影响",
        "C20": "受道路施工影响",
        "C14": "缺资金",
    }
