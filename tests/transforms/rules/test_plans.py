"""Every rule about plans: a plan that agrees with its workbook gives nothing, one broken thing the rule it deserves."""

import io
import re
from dataclasses import replace

import openpyxl
import polars as pl
import pytest
from docx import Document

from contracts.load import load_contracts
from tests.sample import clean_submission, put
from tests.sample.layouts import official
from tests.sample.plan_layouts import word_headings
from tests.sample.plans import draft_plan, edit_part, put_cell
from tests.support.messages import messages
from tests.support.plan_cases import (
    CITY,
    PLAN,
    PLAN_CASES,
    WORKBOOK,
    Files,
    PlanCase,
    draft,
    files,
    project,
    without_columns,
    workbook,
)
from tests.support.plan_review import plan_findings, read_all, review
from tests.support.saved import saved
from transforms.rules.registry import PLAN_RULES
from transforms.rules.submissions.plans import plan_missing

CONTRACTS = load_contracts("first-batch")


def findings_of(received: Files, *, plan_required: bool = False) -> list[dict[str, object]]:
    return plan_findings(*read_all(received), plan_required=plan_required)


def rules(received: Files) -> list[object]:
    return [row["rule"] for row in findings_of(received)]


def test_a_plan_that_agrees_gives_nothing() -> None:
    assert findings_of(files()) == []


@pytest.mark.parametrize("case", PLAN_CASES, ids=[case.rule for case in PLAN_CASES])
def test_one_broken_thing_gives_one_finding_there(case: PlanCase) -> None:
    found = findings_of(case.files(), plan_required=case.rule == "PLAN-MISSING")
    assert [row["rule"] for row in found] == [case.rule]
    (row,) = found
    assert (row["indicator"], row["year"], row["sheet"], row["cell"]) == (
        case.indicator,
        case.year,
        case.sheet,
        case.cell,
    )
    assert (row["file"], row["pilot"]) == (case.file, case.pilot)
    message = str(row["message"]) + str(row["advice"])
    assert case.says in message
    assert not re.search(r"[{}]|None|“”|（）", message)
    assert str(row["message"]) in messages()[case.rule]


def test_every_rule_about_plans_has_a_case() -> None:
    functions = {rule.__name__.upper().replace("_", "-") for rule in (*PLAN_RULES, plan_missing)}
    family = {rule.id for rule in CONTRACTS.rules.values() if rule.family == "plan"}
    assert {case.rule for case in PLAN_CASES} == functions == family


def test_nothing_about_a_plan_keeps_a_pilot_out() -> None:
    family = [rule for rule in CONTRACTS.rules.values() if rule.family == "plan"]
    assert not [rule.id for rule in family if rule.severity == "blocker" or rule.excludes]
    alone = review({WORKBOOK: official(workbook())})
    beside = review(files(put_cell(draft(), "C12", 2025, "88.8")))
    assert beside.observations.equals(alone.observations)


def test_a_key_does_not_depend_on_where_a_thing_stands() -> None:
    def keys(received: Files) -> set[object]:
        return {row["finding_key"] for row in findings_of(received)}

    thin = edit_part(draft(), "7", lambda part: replace(part, text="倡导绿色生活。"))
    later = edit_part(thin, "1.1", lambda part: replace(part, text=part.text + "\n再加一段。"))
    both = edit_part(later, "8", lambda part: replace(part, text="加强领导。"))
    assert keys(files(thin)) == keys(files(later))
    assert keys(files(thin)) < keys(files(both))


# ---- whose a plan is -------------------------------------------------------------------------------------------------


def assigned(name: str, title: str = "国家碳达峰试点实施方案", *more: str) -> tuple[object, object]:
    """Pilot and standing of a plan that says nothing of a pilot but in its name and title."""
    plan = edit_part(replace(draft(), title=title), "1.1", lambda part: replace(part, text=part.text.replace(CITY, "")))
    content = official(workbook())
    received = {WORKBOOK: content, name: word_headings(plan)}
    received |= {file: official(clean_submission("河北省", "唐山市")) for file in more}
    (row,) = review(received).judged.batch.plans.files.to_dicts()
    return row["pilot"], row["standing"]


@pytest.mark.thorough
def test_a_plan_is_known_by_its_title_its_name_or_its_folder() -> None:
    assert assigned("submissions/x/a.docx", "国家碳达峰试点（大连）实施方案") == (CITY, "counts")
    assert assigned("submissions/x/大连市实施方案.docx") == (CITY, "counts")
    assert assigned(f"submissions/{CITY}/a.docx") == (CITY, "counts")


def test_a_plan_lies_beside_the_workbook_of_one_pilot() -> None:
    """The folder says nothing, but only one pilot has a workbook in it."""
    plain = {"submissions/x/表.xlsx": official(workbook()), "submissions/x/a.docx": files()[PLAN]}
    plan = edit_part(
        replace(draft(), title="实施方案"), "1.1", lambda part: replace(part, text=part.text.replace(CITY, ""))
    )
    one = plain | {"submissions/x/a.docx": word_headings(plan)}
    assert rules(one) == []
    two = one | {"submissions/x/唐山.xlsx": official(clean_submission("河北省", "唐山市"))}
    assert rules(two) == ["PLAN-UNIDENTIFIED"]


def test_a_plan_of_two_names_is_nobodys() -> None:
    assert assigned("submissions/唐山市/a.docx", "国家碳达峰试点（大连）实施方案") == (None, "unidentified")


def test_a_pilot_off_the_roster_has_its_plan_too() -> None:
    sample = clean_submission("浙江省", "温州市")
    received = {
        "submissions/温州市.xlsx": official(sample),
        "submissions/温州市实施方案.docx": word_headings(draft_plan(sample)),
    }
    assert rules(received) == []
    (row,) = review(received).judged.batch.plans.files.to_dicts()
    assert (row["pilot"], row["province"], row["kind"]) == ("温州市", "浙江省", "city")


@pytest.mark.thorough
def test_the_later_version_counts_and_copies_do_not() -> None:
    thin = word_headings(edit_part(draft(), "7", lambda part: replace(part, text="倡导绿色生活。")))
    base = f"submissions/{CITY}/实施方案"
    received = {WORKBOOK: official(workbook()), f"{base}V1.docx": thin, f"{base}V2.docx": files()[PLAN]}
    assert rules(received) == []
    assert rules(received | {f"{base}V2副本.docx": files()[PLAN]}) == []
    standings = dict(review(received).judged.batch.plans.files.select("file", "standing").iter_rows())
    assert standings == {f"{base}V1.docx": "superseded", f"{base}V2.docx": "counts"}


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("23（中心城区）", "VALUE-REMARK"),  # a remark puts it in doubt
        (0.23, "VALUE-FRACTION"),  # it may be 23 %
    ],
)
def test_a_doubtful_value_is_not_compared_with_the_prose(value: float | str, rule: str) -> None:
    text = {PLAN: files()[PLAN]}
    result = review({WORKBOOK: official(put(workbook(), "C07", 2025, value))} | text)
    found = {row["rule"] for row in result.findings.to_dicts() if row["indicator"] == "C07"}
    assert rule in found
    assert not [one for one in found if one.startswith("PLAN-TARGET")]
    said = result.plan_targets.filter((pl.col("indicator") == "C07") & (pl.col("year") == 2025))
    assert said["comparison"].to_list() == ["not_compared: 表中数值存疑"]
    others = result.plan_targets.filter((pl.col("indicator") == "C07") & (pl.col("year") == 2030))
    assert others["comparison"].to_list() == ["agrees"]


# ---- tables and projects ---------------------------------------------------------------------------------------------


def test_another_table_is_told_as_one_thing() -> None:
    plan = draft()
    for code in ("C04", "C06", "C12", "C14", "C15"):
        for year in (2025, 2030):
            plan = put_cell(plan, code, year, "1.5")
    (row,) = findings_of(files(plan))
    assert (row["rule"], "全表共有10处不同" in str(row["message"])) == ("PLAN-TABLE-DIFFERS", True)


@pytest.mark.parametrize("value", ["73.10", "73.1%", "０73.1".replace("０", "")])
def test_the_same_value_written_otherwise_is_the_same(value: str) -> None:
    assert workbook().row("C12").values[1] == 73.1
    assert findings_of(files(put_cell(draft(), "C12", 2025, value))) == []


def test_what_the_plan_leaves_blank_is_no_contradiction() -> None:
    assert findings_of(files(put_cell(draft(), "C12", 2025, ""))) == []


def test_the_sheet_of_projects_is_looked_at_without_a_plan() -> None:
    book = openpyxl.load_workbook(io.BytesIO(official(workbook())))
    book["重点工程"]["D3"].value = None
    (row,) = findings_of({WORKBOOK: saved(book)})
    assert (row["rule"], row["sheet"], row["file"]) == ("PROJECT-INCOMPLETE", "重点工程", WORKBOOK)
    assert "没有填写建设期限" in str(row["message"])


def test_a_pilot_without_a_plan_is_asked_for_it_where_the_round_requires_plans() -> None:
    """Whoever else of the province sent one, and once for all files of the pilot."""
    alone = {WORKBOOK: official(workbook()), "submissions/坏.xlsx": b"PK"}
    assert rules(alone) == []
    (row,) = findings_of(alone, plan_required=True)
    assert (row["rule"], row["severity"], row["pilot"]) == ("PLAN-MISSING", "warning", CITY)
    assert findings_of(files(), plan_required=True) == []
    stranger = {"submissions/温州市.xlsx": official(clean_submission("浙江省", "温州市"))}
    assert findings_of(stranger, plan_required=True) == []


def test_a_project_in_both_places_is_told_once() -> None:
    (row,) = findings_of(project(3, "2029-2035")())
    assert row["rule"] == "PROJECT-PERIOD"


def test_a_list_that_lacks_columns_is_told_once_for_all_of_them() -> None:
    (row,) = findings_of(without_columns(3, 5, 6))
    assert "没有“建设期限”“预期效果”“支撑指标”一栏" in str(row["message"])
    # A blank cell is its project's, a column that is not there the list's.
    plan = draft()
    header = (*plan.project_header[:3], *plan.project_header[4:])
    lines = tuple((*line[:3], *line[4:]) for line in plan.projects)
    blank = (*lines[0][:4], "", *lines[0][5:])
    found = rules(files(replace(plan, projects=(blank, *lines[1:]), project_header=header)))
    assert sorted(map(str, found)) == ["PROJECT-COLUMNS", "PROJECT-INCOMPLETE"]


def test_lists_that_lack_the_same_are_told_together() -> None:
    plan = draft()
    header = (*plan.project_header[:3], *plan.project_header[4:])
    lines = tuple((*line[:3], *line[4:]) for line in plan.projects)
    both = replace(plan, projects=lines, project_header=header)
    document = Document(io.BytesIO(word_headings(both)))
    for at in range(2):
        document.add_paragraph(f"另表{at}")
        table = document.add_table(rows=0, cols=len(header))
        for line in (header, (f"甲{at}", *lines[0][1:]), (f"乙{at}", *lines[1][1:])):
            for cell, text in zip(table.add_row().cells, line, strict=True):
                cell.text = str(text)
    content = io.BytesIO()
    document.save(content)
    (row,) = findings_of(files() | {PLAN: content.getvalue()})
    assert (row["rule"], row["sheet"]) == ("PROJECT-COLUMNS", "方案表2")
    assert "重点工程表（方案表2、方案表3、方案表4，6个项目）" in str(row["message"])


def twice(one: str, other: str) -> list[object]:
    """Rules about two sentences in two places."""
    plan = edit_part(draft(), "3.c2", lambda part: replace(part, text=part.text + one))
    return rules(files(edit_part(plan, "3.c3", lambda part: replace(part, text=part.text + other))))


@pytest.mark.thorough
def test_what_is_said_again_in_part_is_said_once() -> None:
    stock, both = "到2025年，电炉钢占比达到8%。", "到2025年，电炉钢占比达到8%，比2022年提高3个百分点。"
    change = "到2025年，电炉钢占比比2022年提高3个百分点。"
    assert twice(both, both) == twice(both, stock) == twice(stock, both) == twice(both, change) == []
    assert twice(stock, change) == twice(both, stock.replace("8", "9")) == ["PLAN-TARGET-TWICE"]


TABLE_ALONE = f"submissions/{CITY}/{CITY}表1.docx"


def test_a_table_in_a_document_without_a_plan_is_a_file_that_was_not_read() -> None:
    """A city that sends Table 1 in Word has sent something: where it has no workbook, it is asked for one."""
    document = Document()
    document.add_paragraph("表1 碳达峰试点城市建设参考指标")
    lines = list(
        openpyxl.load_workbook(io.BytesIO(official(workbook())))["表1"].iter_rows(
            min_row=2, max_col=8, values_only=True
        )
    )
    grid = document.add_table(len(lines), 8)
    for cells, line in zip(grid.rows, lines, strict=True):
        for cell, value in zip(cells.cells, line, strict=True):
            cell.text = "" if value is None else str(value)
    buffer = io.BytesIO()
    document.save(buffer)
    result = review({TABLE_ALONE: buffer.getvalue()})
    of_file = result.findings.filter(pl.col("file") == TABLE_ALONE)
    (row,) = of_file.to_dicts()
    assert (row["rule"], row["severity"], row["pilot"]) == ("FILE-FORMAT", "warning", CITY)
    assert row["message"] == f"收到文件“{CITY}/{CITY}表1.docx”，未能读取：是含有表1的 Word 文档，指标表须以工作簿报送。"
    quota = result.findings.filter((pl.col("rule") == "QUOTA-UNDER") & (pl.col("province") == "辽宁省"))
    assert f"报送的文件未能读取：{CITY}" in quota["message"].item()
    # Beside a workbook it is one document more.
    both = findings_of({WORKBOOK: official(workbook()), TABLE_ALONE: buffer.getvalue()})
    assert [(row["rule"], row["severity"]) for row in both] == [("PLAN-OTHER", "info")]
