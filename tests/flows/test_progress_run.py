"""A whole run of a progress round: the plans are read again, beside it or in a folder of their own."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.sample.progress import ROUND, draw_report, workbook
from tests.sample.progress_round import plans
from tests.support.command import peak_review
from tests.support.few_provinces import few_provinces
from tests.support.paths import SAMPLE

PILOTS = ("大连市", "沈阳市")


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pilots with their plans, and what they report."""
    folder = tmp_path_factory.mktemp("raw")
    for pilot in PILOTS:
        name = f"附件2：{pilot}碳达峰试点指标表（报送稿）.xlsx"
        target = folder / "first-batch" / "submissions" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / "first-batch" / "submissions" / name, target)
        report = folder / ROUND / "submissions" / f"{pilot}.xlsx"
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_bytes(workbook(draw_report(plans()[pilot])))
    return folder


@pytest.mark.usefixtures("served")
def test_a_progress_round_is_published_with_its_achievement(home: Path, raw: Path, tmp_path: Path) -> None:
    out, settings = tmp_path / "out", few_provinces(tmp_path / "contracts", "辽宁省")
    done = peak_review(home, "run", "--round", ROUND, "--raw", raw, "--out", out, **settings)
    assert done.returncode == 0, done.stderr
    achieved = pl.read_parquet(out / ROUND / "achievement.parquet")
    assert achieved.height == 2 * 26
    assert achieved["state"].is_in(["met", "missed"]).sum() > 40
    record = json.loads((out / ROUND / "run.json").read_text(encoding="utf-8"))
    assert record["of"]["round"] == "first-batch"
    assert len(record["of"]["inputs"]) == 2
    again = peak_review(home, "run", "--round", ROUND, "--raw", raw, "--out", out, **settings)
    assert "0 packages written" in again.stdout
    # The plans in another place: the same bytes.
    moved = tmp_path / "plans"
    shutil.copytree(raw / "first-batch", moved)
    alone = tmp_path / "raw"
    shutil.copytree(raw / ROUND, alone / ROUND)
    run = ("run", "--round", ROUND, "--raw", alone, "--out", tmp_path / "other")
    refused = peak_review(home, *run, **settings)
    assert (refused.returncode, "first-batch" in refused.stderr) == (1, True)
    elsewhere = peak_review(home, *run, "--plans", moved, **settings)
    assert elsewhere.returncode == 0, elsewhere.stderr
    for name in ("achievement.parquet", "findings.parquet", "run.json"):
        assert (tmp_path / "other" / ROUND / name).read_bytes() == (out / ROUND / name).read_bytes(), name
    # A plan that this machine cannot read is not one that was not accepted.
    deep = moved / "submissions" / "/".join("d" * 40) / "大连市.xlsx"
    deep.parent.mkdir(parents=True)
    deep.touch()
    stopped = peak_review(home, *run, "--plans", moved, "--force", **settings)
    assert (stopped.returncode, "nothing published: a file of first-batch cannot be read" in stopped.stderr) == (
        1,
        True,
    )
