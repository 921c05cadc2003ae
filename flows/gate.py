"""The gate before publishing: asks Great Expectations about what is to be published, and keeps what it answered."""

import json
import multiprocessing
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import polars as pl
from prefect.artifacts import create_markdown_artifact
from prefect.context import FlowRunContext

from contracts.gate import FRAMES, Expectation
from flows.expectations import serve
from flows.manifest import GATE, GATE_PAGE, MANIFEST, RECORD
from flows.open_files import Content, content_of
from flows.outcome import GateClosed
from flows.raw import Received
from flows.record import NATIONAL
from transforms.gate.books import listed_findings
from transforms.gate.changes import Figures, take_figures
from transforms.gate.frames import Publication, fill_in, lay_out
from transforms.gate.page import as_markdown, render_page
from transforms.gate.verdict import Answer, Verdict, decide
from transforms.review import Review

# What the published packages hold, to compare with; beside the results of the last whole run and their page.
PUBLISHED, RESULTS = "published.json", "results.json"
SECONDS = 300.0

Packages = Mapping[str, Mapping[str, Content]]


class GateError(Exception):
    """The gate itself failed. Its note is the traceback of its process."""


@dataclass(frozen=True)
class Gate:
    """A process that has Great Expectations loaded, or is about to."""

    pipe: Connection

    def ask(self, *request: object) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """Have a suite carried out over frames; see `flows.expectations.carry_out`.

        Raises:
            GateError: if that process fails or takes too long.
        """
        try:
            self.pipe.send(request)
            if not self.pipe.poll(SECONDS):
                raise GateError(f"no answer within {SECONDS:g} s")
            answer = self.pipe.recv()
        except (EOFError, OSError) as error:
            raise GateError("its process has ended") from error
        if isinstance(answer, str):
            failure = GateError(answer.strip().splitlines()[-1])
            failure.add_note(answer)
            raise failure
        return answer  # type: ignore[no-any-return]


@contextmanager
def open_gate() -> Iterator[Gate]:
    """Start the process, so that its imports run beside the reading; it ends with the block."""
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Gate(pipe)
    finally:
        process.kill()
        process.join()
        pipe.close()


def pass_gate(
    gate: Gate,
    review: Review,
    received: Sequence[Received],
    packages: Packages,
    files: Mapping[str, bytes],
    out: Path,
    accepted: Collection[str] = (),
) -> Verdict:
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
        GateClosed: if nothing may be published; the results are kept and tell why.
        GateError: if the gate itself failed.
    """
    published = {name: figures for name, figures in _read_published(out).items() if name not in accepted}
    publication = _describe(review, received, packages, files, published)
    frames, parameters, suite = lay_out(publication), fill_in(publication), review.contracts.gate
    columns = {name: frame.to_dict(as_series=False) for name, frame in frames.items()}
    keys = {name: key for name, (_, key) in FRAMES.items()}
    answers, sections = gate.ask(columns, [_ask(one, parameters) for one in suite], keys)
    verdict = decide(suite, [Answer(**answer) for answer in answers], frames["changes"]["province"].to_list())
    if files or verdict.closed:
        _write(out / GATE / RESULTS, _as_json(verdict.record(review.contracts.round.round)))
        _write(out / GATE / GATE_PAGE, render_page(review.contracts.round, verdict, sections))
    _show(review, verdict)
    if verdict.closed:
        raise GateClosed("; ".join(f"{one.id}: {one.title}" for one in verdict.closed))
    return verdict


def remember(out: Path, review: Review, packages: Packages, verdict: Verdict) -> None:
    """Keep what the packages hold that were published just now; of those held back, what is kept stays.

    Raises:
        OSError: if it cannot be written.
    """
    place = out / GATE / PUBLISHED
    whole = set(review.provinces["province"]) <= {*packages, *verdict.held}
    if not whole and not place.exists():
        return  # some provinces alone are no basis to compare a round with
    now, before = take_figures(review), _read_published(out)
    figures = before | {name: now[name] for name in packages if name not in verdict.held}
    _write(
        place, _as_json({name: asdict(figures[name]) for name in sorted(figures) if (out / name / MANIFEST).exists()})
    )


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
    published: Mapping[str, Figures],
) -> Publication:
    """What is about to be published, read back from the bytes that will be."""
    named = ((name, f"{name}评审工作簿.xlsx", package) for name, package in packages.items())
    books = {name: package[file] for name, file, package in named if file in package}
    books |= {"全国": files[NATIONAL]} if files else {}
    record = json.loads(files[RECORD]) if files else None
    counts = dict(record["counts"]) if record else {}
    if record:
        counts["findings"] = sum(counts["findings"].values())
        counts["submissions"] = len(record["inputs"])
        frames = [name for name in files if name.endswith(".parquet")]
        counts |= {name: pl.read_parquet(BytesIO(files[name])).height for name in frames}
    return Publication(
        review=review,
        received=[item.file for item in received],
        packages={name: list(package) for name, package in packages.items()},
        books={name: listed_findings(content_of(book)) for name, book in books.items()},
        recorded=[item["file"] for item in record["inputs"]] if record else None,
        counts=counts,
        earlier=published,
    )


def _read_published(out: Path) -> dict[str, Figures]:
    """Figures of the packages that lie there; of one without its manifest nothing is known, nor of a damaged file."""
    try:
        kept = json.loads((out / GATE / PUBLISHED).read_text(encoding="utf-8"))
        known = {name: Figures(**_as_tuples(figures)) for name, figures in kept.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {name: figures for name, figures in known.items() if (out / name / MANIFEST).exists()}


def _as_tuples(figures: Mapping[str, Any]) -> dict[str, Any]:
    values = tuple(tuple(value) for value in figures["values"])
    return {"accepted": tuple(figures["accepted"]), "findings": int(figures["findings"]), "values": values}


def _as_json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    """As a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def _show(review: Review, verdict: Verdict) -> None:
    """As an artifact of the run, where there is one."""
    if FlowRunContext.get():
        create_markdown_artifact(
            as_markdown(verdict), key=f"gate-{review.contracts.round.round}", description="发布前检查"
        )
