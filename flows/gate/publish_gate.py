"""The gate before publication: check what is about to be published, and hold back a province or everything."""

import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
from prefect.artifacts import create_markdown_artifact
from prefect.context import FlowRunContext

from contracts.gate import FRAMES, Expectation
from flows.gate.gate_process import Gate
from flows.pipeline.outcome import GateClosedError
from flows.publication.manifest import GATE, GATE_PAGE, MANIFEST, RECORD, packages_in, read_json
from flows.publication.open_workbooks import Content, read_content
from flows.publication.safe_files import is_folder, write_atomically
from flows.reporting.prefect_page import is_watched, leaving_artifacts
from flows.sources.raw_files import Received
from transforms.gate.changes import ProvinceFigures, figures_from_json
from transforms.gate.decision import ExpectationResult, GateResult, decide_publication
from transforms.gate.frames import Frames, PublishCandidate, build_gate_frames, suite_parameters
from transforms.gate.listed_findings import listed_findings
from transforms.gate.page import as_markdown, render_page
from transforms.pipeline import Review
from transforms.reports.files.round_files import NATIONAL

RESULTS = "results.json"  # of the last run of all provinces, beside the page
_NOT_COMPARABLE = "上次已暂缓发布；已发布评审包的 datapackage.json 缺失或损坏，无法与之比较"
_UNREAD = "评审包所依据的文件本次未能读取"

Packages = Mapping[str, Mapping[str, Content]]


def pass_gate(
    gate: Gate,
    review: Review,
    received: Sequence[Received],
    packages: Packages,
    files: Mapping[str, bytes],
    out: Path,
    accepted: Collection[str] = (),
    unread: Sequence[str] = (),
) -> GateResult:
    """Run the suite on what is about to be published, write its results and decide what may be published.

    Args:
        gate: from `open_gate`.
        review: the reviewed round.
        received: every submission in raw.
        packages: packages about to be published, by province.
        files: the round's own files; empty if only some provinces are published.
        out: the round's folder with what is published now.
        accepted: provinces whose change a person accepts: they are not compared with their published package.
        unread: submissions, plans and review workbooks that this machine or the code failed to read.

    Returns:
        The provinces held back, with reasons, and the result of every expectation.

    Raises:
        GateClosedError: if nothing may be published; the results are written all the same.
        GateError: if the gate itself failed.
    """
    published = {name: figures for name, figures in _published_figures(out).items() if name not in accepted}
    candidate = describe_candidate(review, received, packages, files, published)
    frames, parameters, suite = build_gate_frames(candidate), suite_parameters(candidate), review.contracts.gate
    result = check_frames(gate, frames, suite, parameters)
    not_comparable = [name for name in _held_before(out) if name not in {*published, *accepted}]
    result = replace(result, held=result.held | dict.fromkeys(not_comparable, (_NOT_COMPARABLE,)))
    for name, files_of in _made_with(unread, out).items():
        if name not in accepted:
            reasons = (*result.held.get(name, ()), f"{_UNREAD}：{'、'.join(files_of)}")
            result = replace(result, held=result.held | {name: reasons})
    if files or result.closed:
        (out / GATE).mkdir(parents=True, exist_ok=True)
        results = json.dumps(result.record(review.contracts.round.round), ensure_ascii=False, indent=1)
        write_atomically(out / GATE / RESULTS, f"{results}\n".encode())
        write_atomically(out / GATE / GATE_PAGE, render_page(review.contracts.round, result))
    _create_artifact(review, result)
    if result.closed:
        raise GateClosedError(result.reason)
    return result


def check_frames(gate: Gate, frames: Frames, suite: Sequence[Expectation], parameters: Mapping[str, Any]) -> GateResult:
    """Run a suite on the gate's frames; return the decision.

    Raises:
        GateError: if the gate itself failed.
    """
    columns = {name: frame.to_dict(as_series=False) for name, frame in frames.items()}
    keys = {name: key for name, (_, key) in FRAMES.items()}
    requests = [
        {"id": one.id, "frame": one.frame, "expect": one.expect, "given": one.filled(parameters)} for one in suite
    ]
    results = gate.run_suite(columns, requests, keys)
    provinces = frames["changes"]["province"].to_list()
    return decide_publication(suite, [ExpectationResult(**result) for result in results], provinces)


def describe_candidate(
    review: Review,
    received: Sequence[Received],
    packages: Packages,
    files: Mapping[str, bytes],
    published: Mapping[str, ProvinceFigures],
) -> PublishCandidate:
    """Describe what is about to be published, as read back from the bytes of workbooks, frames and run record."""
    named = ((name, f"{name}评审工作簿.xlsx", package) for name, package in packages.items())
    books = {name: package[file] for name, file, package in named if file in package}
    books |= {"全国": files[NATIONAL]} if NATIONAL in files else {}
    record = json.loads(files[RECORD]) if files else None
    counts = dict(record["counts"]) if record else {}
    if record:
        counts["findings"] = sum(counts["findings"].values())
        counts["submissions"] = len(record["inputs"])
        frames = [name for name in files if name.endswith(".parquet")]
        counts |= {name: pl.read_parquet(BytesIO(files[name])).height for name in frames}
    return PublishCandidate(
        review=review,
        received=[item.file for item in received],
        packages={name: list(package) for name, package in packages.items()},
        books={name: listed_findings(read_content(book)) for name, book in books.items()},
        recorded=[item["file"] for item in record["inputs"]] if record else None,
        counts=counts,
        earlier=published,
    )


def _held_before(out: Path) -> list[str]:
    """Return the provinces with a package that the last run of all provinces held back."""
    match read_json(out / RECORD):
        case {"held": dict(held)}:
            return [name for name in held if is_folder(out / name)]
        case _:
            return []


def _made_with(files: Sequence[str], out: Path) -> dict[str, list[str]]:
    """Return by province those of the files that its published package has, or whose decisions it has."""
    made = {
        name: [
            file
            for file in files
            if os.path.lexists(out / name / file) or (file.startswith("reviews/") and name in file)
        ]
        for name in packages_in(out)
    }
    return {name: own for name, own in made.items() if own}


def _published_figures(out: Path) -> dict[str, ProvinceFigures]:
    """Read the figures of published packages from their manifests; packages without them are left out."""
    found = {}
    for name in packages_in(out):
        match read_json(out / name / MANIFEST):
            case {"figures": plain} if figures := figures_from_json(plain):
                found[name] = figures
    return found


def _create_artifact(review: Review, result: GateResult) -> None:
    """Create a Prefect artifact with the results, inside a flow run that is shown on a server."""
    if FlowRunContext.get() and is_watched():
        with leaving_artifacts():
            create_markdown_artifact(
                as_markdown(result), key=f"gate-{review.contracts.round.round}", description="发布前检查"
            )
