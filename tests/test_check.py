"""The self-check as a submitter reads it: by what is to be done, the cell first, nothing that only we understand."""

import re

from tests.sample import CONTRACTS, add, change, clean_submission, layouts, put
from transforms.check import as_text, check_workbook

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
        "必须更正（2 项）",
        "须更正或说明（1 项）",
        "提示（1 项，无需处理）",
        "共 4 项：必须更正 2 项，须更正或说明 1 项，提示 1 项。",
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
