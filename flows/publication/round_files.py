"""Build the files of a round beside its packages: national summary, page, frames, and the record `run.json`."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.publication.manifest import RECORD, read_json
from flows.sources.as_of import moment_of
from flows.sources.raw_files import Received
from flows.sources.raw_listing import Ignored
from flows.workers.rendering import NATIONAL
from transforms.decisions.ledger import Ledger
from transforms.failures import Failure, attempt
from transforms.pipeline import Review
from transforms.reports.csv_file import as_csv
from transforms.reports.overview.overview import render_overview
from transforms.reports.view import View


def round_files(
    result: Review,
    ledger: Ledger,
    received: list[Received],
    ignored: list[Ignored],
    summary: bytes | None,
    failures: list[Failure],
    as_of: str | None = None,
) -> dict[str, bytes]:
    """Build the round's own files, by name.

    Args:
        result: the reviewed round.
        ledger: the merged decisions.
        received: the submissions.
        ignored: other files in raw, with the reason.
        summary: the national summary as .xlsx; None if it could not be rendered.
        failures: what could not be rendered; failures of the page are appended.
        as_of: the moment of the review, None for now.
    """
    made = {NATIONAL: summary, "index.html": attempt("index.html", failures, lambda: render_overview(result, failures))}
    files = {name: content for name, content in made.items() if content is not None}
    for name, frame in (
        ("observations", result.observations),
        ("findings", result.findings),
        ("provinces", result.provinces),
        ("plan_targets", result.plan_targets),
    ):
        files[f"{name}.csv"] = as_csv(frame)
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        files[f"{name}.parquet"] = buffer.getvalue()
    record = _record(result, ledger, received, ignored, files, failures) | {"as_of": moment_of(as_of)}
    return files | {RECORD: _as_json(record)}


def made_as_of(out: Path) -> str | None:
    """Return the `as_of` moment of the published packages from the record; None is now, or unknown."""
    match read_json(out / RECORD):
        case {"as_of": str(moment)}:
            return moment
        case _:
            return None


def note_held(files: dict[str, bytes], held: Mapping[str, Sequence[str]]) -> dict[str, bytes]:
    """Return the files with the provinces that the gate held back, and the reasons, in their record."""
    if not files or not held:
        return files
    record = json.loads(files[RECORD]) | {"held": {province: list(reasons) for province, reasons in held.items()}}
    return files | {RECORD: _as_json(record)}


def _record(
    result: Review,
    ledger: Ledger,
    received: list[Received],
    ignored: list[Ignored],
    files: dict[str, bytes],
    failures: Sequence[Failure],
) -> dict[str, Any]:
    """Describe inputs and outputs without a clock or an absolute path: the same inputs give the same bytes."""
    standing = {row["file"]: row for row in result.judged.batch.files.iter_rows(named=True)}
    severities = dict(result.findings.group_by("severity").len().sort("severity").iter_rows())
    return {
        "round": result.contracts.round.round,
        "complete": result.complete and not failures,
        "not_evaluated": list(result.not_evaluated),
        "not_made": [str(failure) for failure in failures],
        "held": {},
        "versions": {"code": result.provenance.code, "contracts": result.provenance.contracts},
        "content": View(result).content,
        "counts": {
            "submissions": len(received),
            "accepted": result.provinces["accepted"].sum(),
            "quota": result.contracts.round.quota_total,
            "observations": result.observations.height,
            "usable": result.observations["usable"].sum(),
            "findings": severities,
        },
        "inputs": [
            {
                "file": item.file,
                "bytes": item.size,
                "sha256": item.sha256 or None,
                "standing": standing[item.file]["standing"],
                "province": standing[item.file]["province"],
                "pilot": standing[item.file]["pilot"],
            }
            for item in received
        ],
        "plans": View(result).plans.select("file", "sha256", "standing", "province", "pilot").to_dicts(),
        "reviews": [
            {
                "file": copy.file,
                "sha256": copy.sha256,
                "province": copy.province,
                "decisions": len(copy.decisions),
                "fault": copy.fault,
            }
            for copy in ledger.copies
        ],
        "ignored": [{"file": item.file, "reason": item.reason} for item in ignored],
        "outputs": [
            {"path": name, "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
            for name, content in files.items()
        ],
    }


def _as_json(record: dict[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()
