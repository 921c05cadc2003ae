"""What a whole run over the sample round prints and leaves on disk."""

import csv
import hashlib
import io
import json

import polars as pl

from tests.support.command import tree
from tests.support.paths import ROOT, SAMPLE
from tests.support.session import SampleRun

FRAMES = ("findings", "observations", "provinces", "plan_targets")


def test_a_good_run_is_quiet_and_says_what_it_did(sample_run: SampleRun) -> None:
    result = sample_run.ended
    assert result.returncode == 0, result.stderr
    for noise in ("Traceback", "Warning", "WARNING", "ERROR", "Error"):
        assert noise not in result.stderr + result.stdout
    steps = [line.split(" | ")[1].split()[0] for line in result.stderr.splitlines() if " | " in line]
    assert [step for step in steps if step in {"collect", "read", "judge", "render", "publish"}] == [
        "collect",
        "read",
        "judge",
        "render",
        "publish",
    ]
    assert "15 packages written" in result.stdout
    for province in ("河南省", "湖南省"):
        assert province in result.stdout


def test_the_output_is_what_the_design_lists(sample_run: SampleRun) -> None:
    out = sample_run.out
    packages = sorted(path.name for path in out.iterdir() if path.is_dir() and not path.name.startswith("."))
    assert len(packages) == 15
    assert {path.name for path in out.iterdir() if path.is_file()} == {
        "run.json",
        "全国汇总.xlsx",
        "全国评审情况报告.docx",
        "index.html",
        *(f"{name}.{form}" for name in FRAMES for form in ("csv", "parquet")),
    }
    for name in packages:
        assert (out / name / f"{name}评审工作簿.xlsx").is_file()
        assert (out / name / f"{name}评审情况报告.docx").is_file()
    assert sorted(path.name for path in (out / "辽宁省" / "notices").iterdir()) == [
        "大连市补正通知.docx",  # asks for the plan
        "沈阳市补正通知.docx",
        "沈阳市问题标注.xlsx",
    ]
    assert sorted(path.name for path in (out / "河南省" / "opinions").iterdir()) == [
        "信阳市评审意见.docx",  # sent nothing
        "新乡市评审意见.docx",
    ]
    for name in FRAMES:
        text = (out / f"{name}.csv").read_bytes()
        assert text.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
        frame = pl.read_parquet(out / f"{name}.parquet")
        assert rows[0] == frame.columns
        assert len(rows) == frame.height + 1
    provinces = pl.read_parquet(out / "provinces.parquet")
    assert provinces["quota"].sum() == 35
    status = dict(provinces.select("province", "quota_status").iter_rows())
    assert {name: status.pop(name) for name in ("河南省", "湖南省")} == {
        "河南省": "under",
        "湖南省": "under",
    }
    assert set(status.values()) == {"met"}


def test_the_manifest_lists_every_file(sample_run: SampleRun) -> None:
    out = sample_run.out
    for package in (path for path in out.iterdir() if path.is_dir() and not path.name.startswith(".")):
        files = tree(package)
        manifest = json.loads(files.pop("datapackage.json"))
        listed = {resource["path"]: resource for resource in manifest["resources"]}
        assert listed.keys() == files.keys()
        for name, content in files.items():
            assert listed[name]["bytes"] == len(content)
            assert listed[name]["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_submissions_are_copied_byte_for_byte_to_their_province_alone(
    sample_run: SampleRun,
) -> None:
    out = sample_run.out
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["complete"]
    assert len(record["inputs"]) == 35
    for item in record["inputs"]:
        copies = [path for path in out.glob(f"*/{item['file']}") if path.is_file()]
        assert [copy.relative_to(out).parts[0] for copy in copies] == [item["province"]]
        assert copies[0].read_bytes() == (SAMPLE / "first-batch" / item["file"]).read_bytes()


def test_the_record_holds_no_path_and_no_contact(sample_run: SampleRun) -> None:
    out = sample_run.out
    text = (out / "run.json").read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert str(out) not in text
    assert "模拟联系人" not in text
