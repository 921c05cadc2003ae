"""Finds and reads the plans beside the workbooks: .docx in child processes, .doc and .wps converted before, PDF not."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from contracts.load import load_contracts
from flows.as_of import Counts
from flows.convert import OLD, to_docx
from flows.raw import Ignored, Received, list_documents
from flows.reading import SECONDS, read_each
from transforms.plan.reading import Plan, read_plan, unread_plan

_MODERN = ".docx"
_PDF = ".pdf"
_CALLED = "方案"


def list_plans(folder: Path, counts: Counts = lambda *_: True) -> list[Received]:
    """Documents below `folder/submissions` that may be plans: every .docx, and what else is called one.

    Raises:
        OSError: if a file cannot be read.
    """
    return list_documents(folder, _may_be_a_plan, counts)


def is_document(path: Path) -> bool:
    """Whether a file, by its ending, is a document and no workbook."""
    return path.suffix.lower() in {_MODERN, *OLD, _PDF}


def without_plans(ignored: Iterable[Ignored], plans: Iterable[Received]) -> list[Ignored]:
    """What is left of the ignored files when the plans are not."""
    taken = {plan.file for plan in plans}
    return [one for one in ignored if one.file not in taken]


def read_plans(received: Sequence[Received], round_name: str, *, seconds: float = SECONDS) -> list[Plan]:
    """Read every plan, in the order given.

    Raises:
        flows.reading.ReaderError: if reading itself fails.
        OSError: if a file is no longer there.
    """
    if not received:
        return []
    contracts = load_contracts(round_name)
    done: dict[str, Plan] = {}
    with tempfile.TemporaryDirectory(prefix="peak-review-") as name:
        readable = []
        for at, item in enumerate(received):
            suffix = item.path.suffix.lower()
            found: Path | str = item.path
            if suffix == _PDF:
                found = "是 PDF"
            elif suffix in OLD:
                folder = Path(name, str(at))
                folder.mkdir()
                found = to_docx(item.path, folder)
            if isinstance(found, str):
                done[item.file] = unread_plan(item.file, item.sha256, found, contracts, fault="format")
            else:
                readable.append(replace(item, path=found, size=found.stat().st_size))
        # What was converted keeps the hash of what was received.
        hashes = {item.file: item.sha256 for item in received}
        for plan in read_each(readable, round_name, seconds, read_plan, unread_plan, None, ()):
            done[plan.file] = replace(plan, sha256=hashes[plan.file])
    return [done[item.file] for item in received]


def _may_be_a_plan(path: Path) -> bool:
    suffix = path.suffix.lower()
    return suffix == _MODERN or (suffix in {*OLD, _PDF} and _CALLED in path.name)
