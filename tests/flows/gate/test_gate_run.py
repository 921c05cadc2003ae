"""The gate in a run: what it holds back, what it stops, and what it remembers."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from flows.gate.gate_process import Gate, open_gate
from flows.gate.publish_gate import (
    RESULTS,
    GateClosedError,
    pass_gate,
)
from flows.publication.manifest import GATE, GATE_PAGE
from flows.sources.raw_listing import list_raw
from tests.support.command import SERVICE, Ended, peak_review, tree
from tests.support.few_provinces import few_provinces
from tests.support.gate.good import HEBEI, HUNAN, files, one_file, packages
from tests.support.paths import COMMAND, SAMPLE
from tests.support.sample_round import whole_round
from transforms.gate.changes import figures_from_json, figures_to_json, province_figures


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    with open_gate() as gate:
        yield gate


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What two provinces submitted, of a round of these."""
    for name, value in few_provinces(tmp_path / "contracts", HEBEI, "浙江省").items():
        monkeypatch.setenv(name, value)
    files = whole_round().judged.batch.files.filter(pl.col("province").is_in([HEBEI, "浙江省"]))["file"]
    for file in files:
        place = tmp_path / "raw" / "first-batch" / file
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / "first-batch" / file, place)
    return tmp_path / "raw"


def run(home: Path, raw: Path, out: Path, *more: str) -> Ended:
    return peak_review(home, "run", "--round", "first-batch", "--raw", raw, "--out", out, *more)


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_a_province_that_changed_too_much_is_held_back_until_it_is_accepted(
    home: Path, raw: Path, tmp_path: Path
) -> None:
    assert run(home, raw, tmp_path / "out").returncode == 0
    out = tmp_path / "out" / "first-batch"
    before = tree(out)
    assert json.loads(before["run.json"])["held"] == {}
    damaged = whole_round().judged.batch.files.filter(pl.col("province") == HEBEI)["file"].to_list()[:2]
    other = one_file("浙江省")
    for file in (*damaged, other):
        (raw / "first-batch" / file).write_bytes(b"PK\x03\x04 and then nothing")

    changed = run(home, raw, tmp_path / "out")
    assert changed.returncode == 0, changed.stderr
    assert f"{HEBEI}: held back, its earlier package stays" in changed.stdout
    held = tree(out)
    assert package(held, HEBEI) == package(before, HEBEI)
    assert package(held, "浙江省") != package(before, "浙江省")
    (reason,) = json.loads(held["run.json"])["held"][HEBEI]
    assert reason.startswith("accepted-drop: ")
    assert json.loads(held[f"{GATE}/{RESULTS}"])["held"] == {HEBEI: [reason]}

    # The night after it is still held, and nothing at all moves, whatever was deleted or damaged.
    shutil.rmtree(out / GATE)
    assert run(home, raw, tmp_path / "out").returncode == 0
    assert tree(out) == held
    refused = run(home, raw, tmp_path / "out", "--accept-change", "某省")
    assert (refused.returncode, "unknown province 某省" in refused.stderr) == (2, True)
    alone = run(home, raw, tmp_path / "out", "--province", HEBEI)
    assert (alone.returncode, tree(out)) == (0, held)

    # Without its manifest it is still held, and what a person wrote there is archived and merged in the same night.
    (out / HEBEI / "datapackage.json").unlink()
    (out / HEBEI / "notes.txt").write_bytes(b"mine")
    kept = package(tree(out), HEBEI)
    assert run(home, raw, tmp_path / "out").returncode == 0
    assert package(tree(out), HEBEI) == kept
    assert list((raw / "first-batch" / "reviews" / HEBEI).glob("*-notes.txt"))
    assert list(json.loads((out / "run.json").read_bytes())["held"]) == [HEBEI]

    accepted = run(home, raw, tmp_path / "out", "--accept-change", "河北")
    assert "1 packages written" in accepted.stdout
    assert "held back" not in accepted.stdout


def package(files: dict[str, bytes], province: str) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name.startswith(f"{province}/")}


# One broken part in the real command: every workbook lists a finding of another.
SABOTAGE = """
import sys
import polars as pl
from flows.cli import main
from flows.cli.prefect_session import quiet_prefect
from transforms.reports.view import View
import flows.workers.rendering as rendering
good = rendering.render_without_failed_sheets
def with_another(view, failures):
    broken = View(view.review, view.province, view.ledger)
    first = view.findings.head(1).with_columns(finding_key=pl.lit("of another"))
    broken.__dict__["findings"] = view.findings.vstack(first)
    return good(broken, failures)
rendering.render_without_failed_sheets = with_another  # in worker processes too, which import this file
if __name__ == "__main__":
    quiet_prefect()
    main()
"""


@pytest.mark.usefixtures("served")
def test_a_failed_expectation_on_our_data_stops_the_publication(home: Path, raw: Path, tmp_path: Path) -> None:
    assert run(home, raw, tmp_path / "out").returncode == 0
    out = tmp_path / "out" / "first-batch"
    before = tree(out)
    arguments = ["run", "--round", "first-batch", "--raw", str(raw), "--out", str(tmp_path / "out"), "--force"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    (tmp_path / "sabotage.py").write_text(SABOTAGE, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, tmp_path / "sabotage.py", *arguments],
        env=kept | {"HOME": str(home), "PREFECT_API_URL": kept.pop(SERVICE), "PYTHONPATH": str(COMMAND.parent)},
        cwd=home, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    last = result.stderr.strip().splitlines()[-1]
    assert result.returncode == 1
    assert last.startswith("peak-review: nothing published: book-findings: ")
    assert "book-keys: " in last
    assert "Traceback" not in result.stderr
    after = tree(out)
    assert {name for name in after if after[name] != before[name]} == {f"{GATE}/{RESULTS}", f"{GATE}/{GATE_PAGE}"}
    assert json.loads(after[f"{GATE}/{RESULTS}"])["closed"] == ["book-findings", "book-keys"]


FIGURES = {"accepted": ["甲"] * 9, "findings": 0, "values": {"甲": {"city C01 2022 万吨标准煤": 1.5}}}
DAMAGED = [
    [], {}, FIGURES | {"values": [1]}, FIGURES | {"findings": "x"}, FIGURES | {"values": {"甲": 3}},
    FIGURES | {"values": {"甲": {"city C01": 1}}}, FIGURES | {"values": {"甲": {"city C01 2022 t": []}}},
]  # fmt: skip


def test_figures_survive_the_manifest() -> None:
    for figures in province_figures(whole_round()).values():
        assert figures_from_json(json.loads(json.dumps(figures_to_json(figures)))) == figures


@pytest.mark.parametrize(("figures", "holds"), [(FIGURES, True), *((damage, False) for damage in DAMAGED)])
def test_a_province_is_compared_only_with_an_undamaged_manifest(
    gate: Gate, tmp_path: Path, figures: object, holds: bool
) -> None:
    (tmp_path / HEBEI).mkdir()
    (tmp_path / HEBEI / "datapackage.json").write_text(json.dumps({"figures": figures}), encoding="utf-8")
    received = list_raw(SAMPLE / "first-batch")[0]
    verdict = pass_gate(gate, whole_round(), received, packages(), files(), tmp_path)
    assert (verdict.closed, list(verdict.held)) == ((), [HEBEI] if holds else [])


@pytest.mark.parametrize("unread", ["submissions/甲/表.xlsx", "submissions/甲", f"reviews/{HEBEI}/0-审.xlsx"])
def test_a_package_is_not_replaced_by_one_without_a_file_that_could_not_be_read(
    gate: Gate, tmp_path: Path, unread: str
) -> None:
    for province, file in ((HEBEI, "甲/表.xlsx"), (HUNAN, "乙.xlsx")):
        place = tmp_path / province / "submissions" / file
        place.parent.mkdir(parents=True)
        place.touch()
        (tmp_path / province / "datapackage.json").write_text(json.dumps({"figures": FIGURES}), encoding="utf-8")
    received = list_raw(SAMPLE / "first-batch")[0]
    every = [HEBEI, HUNAN]
    held = pass_gate(gate, whole_round(), received, packages(), files(), tmp_path, [HUNAN], [unread]).held
    assert list(held) == [HEBEI]
    assert held[HEBEI][-1] == f"评审包所依据的文件本次未能读取：{unread}"
    assert pass_gate(gate, whole_round(), received, packages(), files(), tmp_path, every, [unread]).held == {}


def test_a_closed_gate_raises_with_every_expectation(gate: Gate, tmp_path: Path) -> None:
    received = list_raw(SAMPLE / "first-batch")[0][1:]
    with pytest.raises(GateClosedError, match=r"files-received: .*; record-counts: "):
        pass_gate(gate, whole_round(), received, packages(), files(), tmp_path)
    assert (tmp_path / GATE / GATE_PAGE).exists()
