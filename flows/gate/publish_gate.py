"""The gate before publishing: have Great Expectations check what is to be published, and keep its results."""

import json
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
from flows.outcome import GateClosedError
from flows.publication.manifest import GATE, GATE_PAGE, MANIFEST, RECORD, packages_in, read_json
from flows.publication.open_workbooks import Content, read_content
from flows.publication.safe_files import is_folder
from flows.reporting.prefect_page import is_watched, leaving_artifacts
from flows.sources.raw_files import Received
from flows.workers.rendering import NATIONAL
from transforms.gate.changes import ProvinceFigures, figures_from_json
from transforms.gate.decision import ExpectationResult, GateResult, decide_publication
from transforms.gate.frames import PublishCandidate, build_gate_frames, suite_parameters
from transforms.gate.listed_findings import listed_findings
from transforms.gate.page import as_markdown, render_page
from transforms.pipeline import Review

# The results of the last whole run, beside their page.
RESULTS = "results.json"
_FORGOTTEN = "上次已暂缓发布；已发布评审包的 datapackage.json 缺失或损坏，无法与之比较"

Packages = Mapping[str, Mapping[str, Content]]


def pass_gate(
    gate: Gate,
    review: Review,
    received: Sequence[Received],
    packages: Packages,
    files: Mapping[str, bytes],
    out: Path,
    accepted: Collection[str] = (),
) -> GateResult:
    """Decide what may be published.

    Args:
        gate: from `open_gate`.
        review: the round, reviewed.
        received: every submission in raw.
        packages: what is about to be published, by province.
        files: the round's own files; none where only some provinces are published.
        out: the round's folder as it is published now.
        accepted: provinces whose change a person accepts: they are not compared with what is published.

    Returns:
        Which provinces are held back, and why.

    Raises:
        GateClosedError: if nothing may be published; the results are kept and tell why.
        GateError: if the gate itself failed.
    """
    published = {name: figures for name, figures in _published_figures(out).items() if name not in accepted}
    publication = _describe(review, received, packages, files, published)
    frames, parameters, suite = build_gate_frames(publication), suite_parameters(publication), review.contracts.gate
    columns = {name: frame.to_dict(as_series=False) for name, frame in frames.items()}
    keys = {name: key for name, (_, key) in FRAMES.items()}
    answers, sections = gate.ask(columns, [_ask(one, parameters) for one in suite], keys)
    verdict = decide_publication(
        suite, [ExpectationResult(**answer) for answer in answers], frames["changes"]["province"].to_list()
    )
    forgotten = [name for name in _held_back(out) if name not in {*published, *accepted}]
    verdict = replace(verdict, held=verdict.held | dict.fromkeys(forgotten, (_FORGOTTEN,)))
    if files or verdict.closed:
        _write(out / GATE / RESULTS, _as_json(verdict.record(review.contracts.round.round)))
        _write(out / GATE / GATE_PAGE, render_page(review.contracts.round, verdict, sections))
    _show(review, verdict)
    if verdict.closed:
        raise GateClosedError("; ".join(f"{one.id}: {one.title}" for one in verdict.closed))
    return verdict


def published_provinces(out: Path) -> list[str]:
    """Provinces that have a package there."""
    return sorted(path.parent.name for path in out.glob(f"*/{MANIFEST}"))


def _ask(one: Expectation, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": one.id,
        "frame": one.frame,
        "expect": one.expect,
        "given": one.filled(parameters),
        "title": f"{one.title}（{one.id}）",
        "quiet": one.fault == "changed",
    }


def _describe(
    review: Review,
    received: Sequence[Received],
    packages: Packages,
    files: Mapping[str, bytes],
    published: Mapping[str, ProvinceFigures],
) -> PublishCandidate:
    """What is about to be published, read back from the bytes that will be."""
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


def _held_back(out: Path) -> list[str]:
    """Provinces that the last whole run held back and that still have a package."""
    match read_json(out / RECORD):
        case {"held": dict(held)}:
            return [name for name in held if is_folder(out / name)]
        case _:
            return []


def _published_figures(out: Path) -> dict[str, ProvinceFigures]:
    """Figures of the packages that are published, from their manifests; a package that has none is left out."""
    found = {}
    for name in packages_in(out):
        match read_json(out / name / MANIFEST):
            case {"figures": plain} if figures := figures_from_json(plain):
                found[name] = figures
    return found


def _as_json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    """As a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def _show(review: Review, verdict: GateResult) -> None:
    """As an artifact of the run, where there is one."""
    if FlowRunContext.get() and is_watched():
        with leaving_artifacts():
            create_markdown_artifact(
                as_markdown(verdict), key=f"gate-{review.contracts.round.round}", description="发布前检查"
            )
