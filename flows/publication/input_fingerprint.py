"""The one cache: a run ends at once if its inputs and the published outputs are those of the last complete run.

`.gate/last_run.json` holds the fingerprints of inputs and outputs and the summary of that run; it is safe to delete.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from contracts.load import fingerprint as contracts_fingerprint
from flows.publication.manifest import GATE, list_package, packages_in, read_json, verify
from flows.publication.safe_files import UnreadableError, digest, is_folder, write_atomically
from flows.settings import load_settings
from flows.sources.collect import Collected
from flows.sources.raw_files import Received
from flows.sources.raw_listing import Ignored
from flows.workers.office import find_office

LAST_RUN = f"{GATE}/last_run.json"
_CODE = tuple(Path(__file__).parents[2] / name for name in ("contracts", "transforms", "flows"))
# Libraries that write the bytes of a package, or decide what is read from a submission.
_LIBRARIES = (
    *("polars", "pandera", "openpyxl", "python-docx", "lxml", "python-calamine", "xlrd", "msoffcrypto-tool"),
    "great-expectations",
)


@dataclass(frozen=True)
class LastRun:
    """A complete run of all provinces.

    Attributes:
        inputs: its `input_fingerprint`.
        outputs: its `output_fingerprint`.
        provinces: rows of the provincial summary, as Prefect's page shows them; each has a package.
        figures: `submissions`, `accepted`, `quota`, `unread_reviews` and `attention` of its `RunSummary`.
    """

    inputs: str
    outputs: str
    provinces: list[dict[str, Any]]
    figures: dict[str, Any]


def input_fingerprint(collected: Collected, reviews: tuple[Sequence[Received], Sequence[Ignored]]) -> str:
    """Hash everything that decides the result of a run: raw files, code, contracts, libraries, passwords, LibreOffice.

    Args:
        collected: submissions, plans and ignored files; archives as they were received.
        reviews: review workbooks, and ignored files among them.
    """
    received = [*collected.workbooks, *collected.plans, *collected.archives, *reviews[0]]
    lines = [f"{item.file} {item.sha256} {item.fault}" for item in received]
    if of := collected.plan_round:
        read = (*of.workbooks, *of.plans, *of.archives)
        lines += [f"plan round {item.file} {item.sha256} {item.fault}" for item in read]
    lines += [f"{item.file} {item.reason}" for item in (*collected.ignored, *reviews[1])]
    lines += [
        hash_folders(_CODE),
        contracts_fingerprint(),
        sys.version,
        *(f"{name} {version(name)}" for name in _LIBRARIES),
    ]
    passwords = "\n".join(load_settings().plain_passwords)
    return _hash([*lines, f"passwords {_hash([passwords])}", f"converter {find_office()}"])


def hash_folders(folders: Iterable[Path]) -> str:
    """Hash all files of folders except compiled Python: code, contracts, templates, styles and scripts."""
    return _hash(
        f"{path.relative_to(folder).as_posix()} {digest(path)}"
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    )


def output_fingerprint(out: Path) -> str:
    """Hash every file in a round's folder with its path, or the reason why it cannot be read; without hidden files."""
    lines = []
    for place in sorted(out.iterdir()) if out.is_dir() else []:
        if place.name.startswith((".", "~$")):
            continue
        if is_folder(place):
            listing = list_package(place)
            lines += [f"{place.name}/{name} {_digest_or_reason(path)}" for name, path in listing.files.items()]
            lines += [f"{place.name}/{name} {reason}" for name, reason in listing.others.items()]
        else:
            lines.append(f"{place.name} {_digest_or_reason(place)}")
    return _hash(lines)


def save_last_run(out: Path, run: LastRun) -> None:
    """Write the last run, unless a reviewer has just saved a workbook: then the next run archives it.

    Raises:
        OSError: if it cannot be written.
    """
    if any(verify(out / name) for name in packages_in(out)):
        return
    (out / GATE).mkdir(exist_ok=True)
    write_atomically(out / LAST_RUN, json.dumps(asdict(run)).encode())


def load_last_run(out: Path, inputs: str) -> LastRun | None:
    """Return the last run if its inputs and its outputs are unchanged, else None."""
    match values := read_json(out / LAST_RUN):
        case {"inputs": before, "outputs": made} if before == inputs and made == output_fingerprint(out):
            return LastRun(**values)
        case _:
            return None


def _digest_or_reason(path: Path) -> str:
    try:
        return digest(path)
    except UnreadableError as error:
        return str(error)


def _hash(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "backslashreplace")).hexdigest()
