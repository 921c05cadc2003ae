"""Build the files of a round beside its packages: national summary, page, frames, and the record `run.json`."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from transforms.decisions.ledger import Ledger
from transforms.failures import Failure, attempt
from transforms.pipeline import Review
from transforms.reports.files.csv_file import as_csv
from transforms.reports.overview.overview import render_overview
from transforms.reports.view import View

NATIONAL, _RECORD = "全国汇总.xlsx", "run.json"
REPORT = "评审情况报告.docx"  # after the name of the province, or 全国


def round_files(
    result: Review,
    ledger: Ledger,
    inputs: Sequence[Mapping[str, Any]],
    ignored: Sequence[Mapping[str, str]],
    national: Mapping[str, bytes],
    failures: list[Failure],
    as_of: str | None = None,
    assessed: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, bytes]:
    """Build the round's own files, by name.

    Args:
        result: the reviewed round.
        ledger: the merged decisions.
        inputs: `file`, `bytes` and `sha256` of every submission.
        ignored: `file` and `reason` of other files in raw.
        national: the national summary and report by name, as far as they could be rendered.
        failures: what could not be rendered; failures of the page are appended.
        as_of: the moment of the review in ISO 8601; None is now.
        assessed: of a progress round, `file` and `sha256` of every submission of the round of plans.
    """
    page = attempt("index.html", failures, lambda: render_overview(result, failures, ledger))
    files = {**national, **({"index.html": page} if page is not None else {})}
    for name, frame in (
        ("observations", result.observations),
        ("findings", result.findings),
        ("provinces", result.provinces),
        ("plan_targets", result.plan_targets),
        *([("achievement", result.achievement)] if result.contracts.round.kind == "progress" else []),
    ):
        files[f"{name}.csv"] = as_csv(frame)
        buffer = io.BytesIO()
        frame.write_parquet(buffer)
        files[f"{name}.parquet"] = buffer.getvalue()
    record = _record(result, ledger, inputs, ignored, files, failures) | {"as_of": as_of}
    if assessed is not None:
        record |= {"of": {"round": result.contracts.round.of, "inputs": list(map(dict, assessed))}}
    return files | {_RECORD: _as_json(record)}


def note_held(files: dict[str, bytes], held: Mapping[str, Sequence[str]]) -> dict[str, bytes]:
    """Return the files with the provinces that the gate held back, and the reasons, in their record."""
    if not files or not held:
        return files
    record = json.loads(files[_RECORD]) | {"held": {province: list(reasons) for province, reasons in held.items()}}
    return files | {_RECORD: _as_json(record)}


def _record(
    result: Review,
    ledger: Ledger,
    inputs: Sequence[Mapping[str, Any]],
    ignored: Sequence[Mapping[str, str]],
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
            "submissions": len(inputs),
            "accepted": result.provinces["accepted"].sum(),
            "quota": result.contracts.round.quota_total,
            "observations": result.observations.height,
            "usable": result.observations["usable"].sum(),
            "findings": severities,
        },
        "inputs": [
            dict(item) | {name: standing[item["file"]][name] for name in ("standing", "province", "pilot")}
            for item in inputs
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
        "ignored": list(map(dict, ignored)),
        "outputs": [
            {"path": name, "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
            for name, content in files.items()
        ],
    }


def _as_json(record: dict[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()
