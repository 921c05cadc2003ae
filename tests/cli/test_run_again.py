"""Other runs beside a good one: with a damaged file, of one province, as of an earlier night."""

import hashlib
import json
import os
import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.support.command import peak_review, tree
from tests.support.few_provinces import few_provinces
from tests.support.paths import SAMPLE
from tests.support.session import SampleRun

DALIAN = "submissions/附件2：大连市碳达峰试点指标表（报送稿）.xlsx"


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_an_unreadable_file_costs_its_own_pilot_only(home: Path, tmp_path: Path, sample_run: SampleRun) -> None:
    good = sample_run.out
    raw = shutil.copytree(SAMPLE, tmp_path / "raw")
    (raw / "first-batch" / DALIAN).write_bytes(b"PK\x03\x04 and then nothing")
    result = peak_review(home, "run", "--round", "first-batch", "--raw", raw, "--out", tmp_path / "out")
    assert result.returncode == 0
    out = tmp_path / "out" / "first-batch"
    before, after = pl.read_parquet(good / "findings.parquet"), pl.read_parquet(out / "findings.parquet")
    new = after.join(before, on="finding_key", how="anti")
    assert sorted(new["rule"]) == ["FILE-UNREADABLE", "QUOTA-UNDER"]
    assert set(new["province"]) == {"辽宁省"}
    observations = [
        pl.read_parquet(folder / "observations.parquet").filter(pl.col("pilot") != "大连市") for folder in (good, out)
    ]
    assert observations[0].equals(observations[1])


@pytest.mark.usefixtures("served")
def test_one_province_alone(home: Path, tmp_path: Path, sample_run: SampleRun) -> None:
    good = sample_run.out
    result = peak_review(home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", tmp_path, "--pilot", "大连市")
    assert result.returncode == 0
    assert tree(tmp_path / "first-batch" / "辽宁省") == tree(good / "辽宁省")
    assert [path.name for path in (tmp_path / "first-batch").iterdir()] == ["辽宁省"]


@pytest.mark.usefixtures("served")
def test_an_earlier_night_is_reproduced(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in few_provinces(tmp_path / "contracts", "辽宁省", "新疆维吾尔自治区").items():
        monkeypatch.setenv(name, value)
    raw = tmp_path / "raw" / "first-batch"
    for path in (path for path in SAMPLE.rglob("*.*") if re.search(r"(大连|沈阳|新疆).*\.(xlsx|docx)$", str(path))):
        target = raw.parent / path.relative_to(SAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    good = tmp_path / "good" / "first-batch"
    job = ["run", "--round", "first-batch", "--raw", raw.parent, "--out"]
    assert peak_review(home, *job, good.parent).returncode == 0
    assert list(raw.rglob("*.docx"))
    for path in raw.rglob("*.*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    # It came later, and its receipt says so, whatever its date is.
    late = shutil.copy2(raw / DALIAN, raw / "submissions" / "大连市（更正）.xlsx")
    Path(late).write_bytes(b"corrected")
    os.utime(late, (1_600_000_000, 1_600_000_000))
    sha256 = hashlib.sha256(b"corrected").hexdigest()
    receipt = json.dumps({"sha256": sha256, "taken": "2024-01-01T00:00:00+00:00"})
    (raw / "receipts.jsonl").write_text(receipt + "\n", encoding="utf-8")
    options = [*job, tmp_path / "out"]
    result = peak_review(home, *options, "--as-of", "2023-12-31")
    assert result.returncode == 0, result.stderr
    then, now = tree(tmp_path / "out" / "first-batch"), tree(good)
    record = json.loads(now["run.json"])
    assert record["as_of"] is None
    assert json.loads(then["run.json"]) == record | {"as_of": "2023-12-31T23:59:59.999999+08:00"}
    assert then | {"run.json": b""} == now | {"run.json": b""}
    mixed = peak_review(home, *options[:-1], good.parent, "--as-of", "2023-12-31")
    assert (mixed.returncode, "give this an --out of its own" in mixed.stderr) == (2, True)
    assert tree(good) == now
    for as_of, says in (("2020-01-01", "nothing had been received"), ("soon", "a date (2026-01-31)")):
        refused = peak_review(home, *options, "--as-of", as_of)
        assert (refused.returncode, says in refused.stderr) == (2, True)
    assert tree(tmp_path / "out" / "first-batch") == then
