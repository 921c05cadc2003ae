"""The sample round as it would be published again, and how the gate is asked about it."""

from functools import cache
from pathlib import Path

import polars as pl

from flows.gate.gate_process import Gate
from flows.gate.publish_gate import check_frames, describe_candidate
from flows.sources.raw_listing import list_raw
from tests.sample import CONTRACTS
from tests.support.paths import SAMPLE
from tests.support.sample_round import whole_round
from transforms.decisions.ledger import Ledger
from transforms.gate.changes import province_figures
from transforms.gate.decision import GateResult
from transforms.gate.frames import PublishCandidate, build_gate_frames, suite_parameters
from transforms.reports.files.round_files import NATIONAL, round_files
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

SUITE = CONTRACTS.gate
HEBEI, HUNAN = "河北省", "湖南省"
RENDERED = (HUNAN,)


@cache
def packages() -> dict[str, dict[str, bytes | Path]]:
    """The packages of the sample round; only some workbooks are rendered, which takes its time."""
    review, found = whole_round(), {}
    for province in review.provinces["province"]:
        view = View(review, province)
        book = {f"{province}评审工作簿.xlsx": render_review_workbook(view)} if province in RENDERED else {}
        found[province] = book | {file: Path(file) for file in view.files["file"]}
    return found


@cache
def files() -> dict[str, bytes]:
    return round_files(
        whole_round(),
        Ledger(),
        [{"file": one.file, "bytes": one.size, "sha256": one.sha256} for one in list_raw(SAMPLE / "first-batch")[0]],
        [],
        {NATIONAL: render_review_workbook(View(whole_round()))},
        [],
    )


@cache
def good() -> PublishCandidate:
    """The sample round as it would be published again, with nothing changed."""
    received = list_raw(SAMPLE / "first-batch")[0]
    return describe_candidate(whole_round(), received, packages(), files(), province_figures(whole_round()))


def ask_of_changes(gate: Gate, publication: PublishCandidate) -> GateResult:
    """Ask those expectations whose frame or arguments differ from those of the good round, where all are met."""
    frames, wanted = build_gate_frames(good()), suite_parameters(good())
    now, given = build_gate_frames(publication), suite_parameters(publication)
    changed = {name for name, frame in now.items() if not frame.equals(frames[name])}
    suite = tuple(one for one in SUITE if one.frame in changed or one.filled(given) != one.filled(wanted))
    return check_frames(gate, now, suite, given)


def ask(gate: Gate, publication: PublishCandidate, suite: tuple = SUITE) -> GateResult:
    return check_frames(gate, build_gate_frames(publication), suite, suite_parameters(publication))


def one_file(province: str, which: str = "counts") -> str:
    found = whole_round().judged.batch.files.filter((pl.col("province") == province) & (pl.col("standing") == which))
    return found["file"][0]
