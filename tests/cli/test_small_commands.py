"""`check`, `template` and `rules`."""

import json
from importlib.metadata import version
from pathlib import Path

import pytest

from contracts.load import fingerprint, load_contracts
from tests.support.command import peak_review
from tests.support.paths import SAMPLE

CLEAN = "识别为：辽宁省大连市（城市，表1），78项应填、78项可用\n未发现问题。\n"
DALIAN = "submissions/附件2：大连市碳达峰试点指标表（报送稿）.xlsx"


def test_check_tells_a_submitter_what_to_correct(home: Path) -> None:
    folder = SAMPLE / "first-batch" / "submissions"
    clean = peak_review(home, "check", folder / "附件2：大连市碳达峰试点指标表（报送稿）.xlsx")
    assert (clean.returncode, clean.stdout) == (0, CLEAN)
    faulty = peak_review(home, "check", folder / "附件2：沈阳市碳达峰试点指标表（报送稿）.xlsx", "--format", "json")
    assert faulty.returncode == 4
    (finding,) = json.loads(faulty.stdout)
    assert (finding["rule"], finding["raw_value"]) == ("VALUE-NOT-NUMBER", "见附件")


def test_the_template_is_written_and_checks_as_empty(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "t.xlsx"
    made = peak_review(home, "template", "--kind", "park", "--pilot", "西咸新区", "--province", "陕西省", "-o", file)
    assert made.returncode == 0
    result = peak_review(home, "check", file, "--format", "json")
    assert [finding["rule"] for finding in json.loads(result.stdout)] == ["FILE-NO-TABLE"]


def test_the_template_starts_from_an_earlier_submission(home: Path, tmp_path: Path) -> None:
    file, sent = tmp_path / "t.xlsx", SAMPLE / "first-batch" / DALIAN
    whose = ["template", "--kind", "city", "--province", "辽宁省", "-o", file, "--from", sent, "--pilot"]
    made = peak_review(home, *whose, "大连市")
    assert (made.returncode, made.stderr) == (0, "")
    checked = peak_review(home, "check", file)
    assert (checked.returncode, checked.stdout) == (0, CLEAN)
    refused = peak_review(home, *whose, "沈阳市", "--force")
    assert refused.returncode == 2
    assert "其报送单位是大连市" in refused.stderr


def test_the_template_replaces_no_file_and_is_made_for_a_pilot_of_the_round(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "大连市.xlsx"
    whose = ("template", "--kind", "city", "-o", file, "--pilot", "大连市", "--province")
    made = peak_review(home, *whose, "辽宁")
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == f"written: {file} (表1, 辽宁省 大连市, blank)\n"
    file.write_bytes(b"filled in")
    kept = peak_review(home, *whose, "辽宁省")
    assert (kept.returncode, file.read_bytes()) == (2, b"filled in")
    assert kept.stderr == f"peak-review: {file} exists and may be filled in: --force replaces it\n"
    assert peak_review(home, *whose, "辽宁省", "--force").returncode == 0
    assert file.read_bytes() != b"filled in"


@pytest.mark.parametrize("name", ["folder", "大连市.docx", "大连市.xls"])
def test_the_template_is_a_file_that_excel_opens(home: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    whose = ("--kind", "city", "--pilot", "大连市", "--province", "辽宁省")
    refused = peak_review(home, "template", *whose, "--force", "-o", tmp_path / name)
    assert (refused.returncode, refused.stderr) == (
        2,
        f"peak-review: {tmp_path / name}: a file that ends in .xlsx is wanted\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize(
    ("kind", "pilot", "province", "code", "says"),
    [
        ("city", "大连市", "辽宁生", 2, "unknown province 辽宁生; the round has: 河北省 "),
        ("city", "大连市", "山东省", 2, "大连市 is on the roster of 辽宁省, not of 山东省"),
        ("park", "大连市", "辽宁省", 2, "大连市 is a city on the roster, not a park"),
        ("city", "苏州工业园区", "江苏省", 2, "苏州工业园区 is a park on the roster, not a city"),
        (
            "city",
            "鞍山市",
            "辽宁省",
            0,
            "鞍山市 is not on the roster of 辽宁省: 沈阳市 大连市; what it submits enters no aggregate",
        ),
        ("city", "成都市", "四川省", 0, "四川省 has no quota in first-batch; what it submits enters no aggregate"),
    ],
)
def test_the_template_says_who_is_not_of_the_round(
    home: Path, tmp_path: Path, kind: str, pilot: str, province: str, code: int, says: str
) -> None:
    file = tmp_path / "t.xlsx"
    made = peak_review(home, "template", "--kind", kind, "--pilot", pilot, "--province", province, "-o", file)
    assert made.returncode == code
    assert made.stderr.startswith(f"peak-review: {says}")
    assert file.exists() is (code == 0)


@pytest.mark.parametrize("form", ["text", "json", "md"])
def test_the_catalogue_names_every_rule(home: Path, form: str) -> None:
    result = peak_review(home, "rules", "--format", form, COLUMNS="200")
    assert result.returncode == 0
    for rule in load_contracts("first-batch").rules:
        assert rule in result.stdout


def test_the_version_names_code_and_contracts(home: Path) -> None:
    done = peak_review(home, "--version")
    assert done.returncode == 0
    assert done.stdout.startswith(f"peak-review {version('peak-review')}, contracts {fingerprint()[:12]}, Python 3.")
