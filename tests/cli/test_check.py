"""The self-check as a submitter reads it: by what is to be done, the cell first, nothing that only we understand."""

import io
import json
import os
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from flows.cli import app
from tests.sample import CONTRACTS, Note, add, change, clean_submission, layouts, put
from tests.sample.plan_layouts import word_headings
from tests.sample.plans import PlanDraft, edit_part
from tests.support.command import peak_review
from tests.support.plain_tables import HEAD, book, city_rows
from tests.support.plan_cases import CITY, PLAN, draft, without_columns
from tests.support.saved import saved
from tests.support.self_checked import check_workbook
from transforms.intake.submission import read_submission
from transforms.plans.read_plan import read_plan
from transforms.self_check import (
    as_text,
    check_plan,
    explained_in,
    judge_submission,
    recognised_plan,
    recognised_workbook,
)

GOOD = clean_submission("湖北省", "襄阳市")


def told(content: bytes) -> list[str]:
    return as_text(check_workbook(content, "a.xlsx", CONTRACTS), CONTRACTS).splitlines()


def test_nothing_wrong_is_said_in_a_word() -> None:
    assert told(layouts.official(GOOD)) == ["未发现问题。"]


def test_findings_stand_by_what_is_to_be_done_and_are_counted() -> None:
    sample = put(put(GOOD, "C08", 2025, "见附件"), "C07", 2022, 150)
    sample = add(put(sample, "C12", 2030, "持续提高"), "绿氢年产量", "万吨", (0, 2, 4))
    lines = told(layouts.official(sample))
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "必须更正（2项）",
        "须更正或说明（1项）",
        "提示（1项，无需处理）",
        "共4项：必须更正2项，须更正或说明1项，提示1项。",
    ]
    places = [line.split()[0] for line in lines if re.match(r"  \S", line)]
    assert sorted(places[:2]) == ["表1!E9", "表1!F10"]
    assert places[2:] == ["表1!G14", "表1!C29"]
    assert sum("怎么办：" in line for line in lines) == 3


def test_a_file_as_a_whole_has_no_cell() -> None:
    lines = told(b"no workbook")
    assert lines[1] == "  整个文件　文件无法读取"
    assert "“a.xlsx”" in lines[2]


def test_nothing_in_it_is_for_us_alone() -> None:
    text = "\n".join(told(layouts.official(change(put(GOOD, "C08", 2025, "见附件"), "C07", unit="吨"))))
    assert not [rule for rule in CONTRACTS.rules if rule in text]
    assert not re.search(r"[0-9a-f]{16}|[A-Z]{3,}-|submissions/", text)


def test_a_text_of_theirs_cannot_steer_the_terminal() -> None:
    hostile = "\x1b[2J\u202e见\n附件\u2028" + "长" * 5000
    sample = put(GOOD, "C08", 2025, "见附件")
    found = check_workbook(layouts.official(sample), "a.xlsx", CONTRACTS)
    found[0]["message"] = found[0]["message"].replace("见附件", hostile)
    lines = as_text(found, CONTRACTS).splitlines()
    assert len(lines) == 6
    assert not re.search("[\x00-\x1f\u202e\u2028]", "".join(lines))
    assert max(map(len, lines)) < 450


def test_the_projects_of_a_workbook_are_checked_too() -> None:
    book = openpyxl.load_workbook(io.BytesIO(layouts.official(GOOD)))
    book["重点工程"]["D3"].value = None
    found = check_workbook(saved(book), "a.xlsx", CONTRACTS)
    assert [(one["rule"], one["sheet"]) for one in found] == [("PROJECT-INCOMPLETE", "重点工程")]


# ---- a plan ----------------------------------------------------------------------------------------------------------


def found_in(plan: PlanDraft | bytes, name: str = "大连市实施方案.docx") -> list[dict[str, object]]:
    content = plan if isinstance(plan, bytes) else word_headings(plan)
    return check_plan(read_plan(content, f"submissions/{name}", CONTRACTS), CONTRACTS)


def rules(found: list[dict[str, object]]) -> list[object]:
    return [finding["rule"] for finding in found]


NAMELESS = replace(draft(), title="国家碳达峰试点实施方案")
NAMELESS = edit_part(NAMELESS, "1.1", lambda part: replace(part, text=part.text.replace(CITY, "本市")))


def test_a_good_plan_has_nothing_to_correct() -> None:
    assert found_in(draft()) == []


def test_chapters_projects_and_targets_of_a_plan_are_checked_alone() -> None:
    thin = edit_part(draft(), "7", lambda part: replace(part, text="倡导绿色生活。"))
    assert rules(found_in(thin)) == ["PLAN-PART-THIN"]
    # The prose is held against the plan's own table.
    other = edit_part(
        draft(), "2", lambda part: replace(part, text=part.text.replace("消费占比达到23%", "消费占比达到26%"))
    )
    (finding,) = found_in(other)
    assert finding["rule"] == "PLAN-TARGET-CONTRADICTS"
    assert "指标表为23%（方案表1!F8）" in str(finding["message"])
    assert rules(found_in(without_columns(3)[PLAN])) == ["PROJECT-COLUMNS"]
    assert rules(found_in(b"x")) == ["PLAN-UNREADABLE"]


def test_a_plan_that_names_nobody_is_checked_all_the_same() -> None:
    thin = edit_part(NAMELESS, "7", lambda part: replace(part, text="倡导绿色生活。"))
    found = found_in(thin, "a.docx")
    assert rules(found) == ["PLAN-UNIDENTIFIED", "PLAN-PART-THIN"]
    assert "未能核对" not in str(found[0]["message"])
    assert {finding["pilot"] for finding in found} == {None}
    assert rules(found_in(NAMELESS, "唐山市实施方案.docx")) == []
    assert rules(found_in(draft(), "唐山市实施方案.docx")) == ["PLAN-UNIDENTIFIED"]


def test_places_of_a_plan_are_paragraphs() -> None:
    plan = edit_part(draft(), "7", lambda part: replace(part, text="倡导绿色生活。"))
    lines = as_text(found_in(edit_part(plan, "1.4", lambda _: None)), CONTRACTS).splitlines()
    assert [line.split("　")[0] for line in lines if re.match(r"  \S", line)] == ["  整个文件", "  第29段"]


@pytest.mark.parametrize(("form", "code"), [("text", 4), ("json", 4)])
def test_the_command_takes_a_plan(tmp_path: Path, form: str, code: int) -> None:
    file = tmp_path / "大连市实施方案.docx"
    file.write_bytes(word_headings(edit_part(draft(), "7", lambda _: None)))
    done = peak_review(tmp_path, "check", file, "--format", form)
    assert done.returncode == code
    assert "七、全民行动" in done.stdout
    if form == "json":
        assert rules(json.loads(done.stdout)) == ["PLAN-CHAPTER-ABSENT"]


def test_what_is_no_file_is_wrong_use_in_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    os.mkfifo(tmp_path / "pipe.docx")
    (tmp_path / "loop.xlsx").symlink_to("loop.xlsx")
    for path in (tmp_path, tmp_path / "pipe.xlsx", tmp_path / "pipe.docx", tmp_path / "loop.xlsx", Path("/dev/zero")):
        result = CliRunner().invoke(app, ["check", str(path)])
        assert result.exit_code == 2
        assert result.stderr.count("\n") == 1
        assert f"cannot read {path}: " in result.stderr


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("好.zip", "是压缩包，没有解压"),
        ("好.ofd", "是 OFD 文件"),
        ("好.abc", "是 ABC 文件"),
        ("好.txt", "是 TXT 文件"),
        ("好.doc", "文件名中没有“方案”"),
        ("~$好.xlsx", "临时文件"),
    ],
)
def test_what_a_run_does_not_read_is_not_called_good(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / name).write_bytes(b"text" if name == "好.abc" else layouts.official(GOOD))
    done = peak_review(tmp_path, "check", name)
    assert done.returncode == 4
    assert says in done.stdout
    assert "请解压后逐个报送" in done.stdout


@pytest.mark.parametrize("ending", [".xlsx", ".docx"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_name_that_is_not_utf8_is_checked(tmp_path: Path, ending: str, form: str) -> None:
    name = os.fsdecode("张".encode("gbk") + ending.encode())
    (tmp_path / name).write_bytes(layouts.official(GOOD) if ending == ".xlsx" else word_headings(NAMELESS))
    done = peak_review(tmp_path, "check", name, "--format", form)
    assert done.returncode == 0
    assert ending == ".xlsx" or "xd5" in done.stdout


def test_a_short_table_lists_what_is_left_out_in_one_entry() -> None:
    rows = city_rows()
    lines = told(book(表1=[("盐城市碳达峰试点城市建设参考指标",), HEAD, *rows[:3]]))
    (entry,) = (at for at, line in enumerate(lines) if "指标删减未说明理由" in line)
    assert "（23项指标）" in lines[entry]
    assert lines[entry + 1].count("、") >= 22
    assert rows[25][2] in lines[entry + 1]


@pytest.mark.parametrize(
    ("province", "pilot", "rule"), [("辽宁省", "大联市", "ROSTER-UNKNOWN"), ("四川省", "成都市", "QUOTA-PROVINCE")]
)
def test_a_name_that_is_not_on_the_roster_is_found_alone(province: str, pilot: str, rule: str) -> None:
    sample = replace(GOOD, province=province, pilot=pilot)
    assert rules(check_workbook(layouts.official(sample), "a.xlsx", CONTRACTS)) == [rule]


def test_a_workbook_that_names_nobody_is_checked_all_the_same() -> None:
    lines = list(city_rows())
    lines[5] = (*lines[5][:4], "见附件", *lines[5][5:])
    content = book(Sheet1=[HEAD, *lines])
    named = rules(check_workbook(content, "襄阳市.xlsx", CONTRACTS))
    found = check_workbook(content, "a.xlsx", CONTRACTS)
    assert "VALUE-NOT-NUMBER" in named
    assert rules(found) == ["FILE-UNIDENTIFIED", *named]
    assert {(finding["province"], finding["pilot"]) for finding in found} == {(None, None)}
    judged = judge_submission(read_submission(content, "submissions/a.xlsx", CONTRACTS), CONTRACTS)
    assert re.search(
        "识别为：（省份不明）（试点不明）（城市，表1），78项应填、[1-7][0-9]项可用",
        recognised_workbook(judged, CONTRACTS),
    )
    # What names only the province, or contradicts itself, is one more finding as well.
    inner = rules(check_workbook(content, "湖北省.xlsx", CONTRACTS))
    assert inner == ["FILE-UNIDENTIFIED", *named]


def test_a_reason_on_the_sheet_of_explanations_is_acknowledged() -> None:
    sample = put(GOOD, "C08", 2030, "持续提高")
    before = told(layouts.official(sample))
    assert not [line for line in before if "已见" in line]
    name = CONTRACTS.indicators["C08"].name
    explained = replace(sample, notes=(*sample.notes, Note(name, "其他", "省里尚未下达该项目标，待下达后补充。")))
    content = layouts.official(explained)
    judged = judge_submission(read_submission(content, "submissions/a.xlsx", CONTRACTS), CONTRACTS)
    lines = as_text(judged.findings.to_dicts(), CONTRACTS, explained_in(judged)).splitlines()
    assert [line for line in lines if line not in before] == [
        "      已见说明：报送文件中有该指标的说明，能否接受由评审人员判断。"
    ]


def test_check_begins_with_whom_and_what_it_recognised() -> None:
    judged = judge_submission(read_submission(layouts.official(GOOD), "submissions/a.xlsx", CONTRACTS), CONTRACTS)
    assert recognised_workbook(judged, CONTRACTS) == "识别为：湖北省襄阳市（城市，表1），78项应填、78项可用"
    wrong = put(GOOD, "C08", 2025, "见附件")
    judged = judge_submission(read_submission(layouts.official(wrong), "submissions/a.xlsx", CONTRACTS), CONTRACTS)
    assert recognised_workbook(judged, CONTRACTS).endswith("78项应填、77项可用")
    broken = judge_submission(read_submission(b"x", "submissions/a.xlsx", CONTRACTS), CONTRACTS)
    assert recognised_workbook(broken, CONTRACTS) == "未能识别出指标表。"
    plan = read_plan(word_headings(draft()), "submissions/大连市实施方案.docx", CONTRACTS)
    assert recognised_plan(plan) == "识别为：辽宁省大连市的实施方案"
