"""The one cache: a run ends at once if its inputs and the published outputs are those of the last complete run.

`.gate/last_run.json` holds the fingerprint of the inputs, the hashes of the outputs and the summary of that run; it is
safe to delete.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flows.publication.manifest import GATE, MANIFEST, list_package, listed_hashes, packages_in, read_json
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
        outputs: its `output_hashes`.
        submissions: number of submissions.
        accepted: number of accepted pilots.
        quota: number of pilots in the quota.
        attention: lines that a person should read first.
        packages: provinces with a package.
        provinces: rows of the provincial summary, as Prefect's page shows them.
    """

    inputs: str
    outputs: dict[str, str]
    submissions: int
    accepted: int
    quota: int
    attention: list[str]
    packages: list[str]
    provinces: list[dict[str, Any]]


def input_fingerprint(collected: Collected, reviews: tuple[Sequence[Received], Sequence[Ignored]]) -> str:
    """Hash everything that decides the result of a run: raw files, code, contracts, libraries, passwords, LibreOffice.

    Args:
        collected: submissions, plans and ignored files.
        reviews: review workbooks, and ignored files among them.
    """
    received = [*collected.workbooks, *collected.plans, *reviews[0]]
    lines = [f"{item.file} {item.sha256} {item.fault}" for item in received]
    lines += [f"{item.file} {item.reason}" for item in (*collected.ignored, *reviews[1])]
    lines += [hash_folders(_CODE), sys.version, *(f"{name} {version(name)}" for name in _LIBRARIES)]
    passwords = "\n".join(load_settings().plain_passwords)
    lines += [f"passwords {_hash(passwords)}", f"converter {find_office()}"]
    return _hash("\n".join(lines))


def hash_folders(folders: Iterable[Path]) -> str:
    """Hash all files of folders except compiled Python: code, contracts, templates, styles and scripts."""
    lines = [
        f"{path.relative_to(folder).as_posix()} {digest(path)}"
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    ]
    return _hash("\n".join(lines))


def output_hashes(out: Path) -> dict[str, str]:
    """Return the hash of every file in a round's folder by path, or why it cannot be read; without hidden files."""
    hashes: dict[str, str] = {}
    for place in sorted(out.iterdir()) if out.is_dir() else []:
        if place.name.startswith((".", "~$")):
            continue
        if is_folder(place):
            listing = list_package(place)
            hashes |= {f"{place.name}/{name}": _digest_or_reason(path) for name, path in listing.files.items()}
            hashes |= {f"{place.name}/{name}": str(entry) for name, entry in listing.others.items()}
        else:
            hashes[place.name] = _digest_or_reason(place)
    return hashes


def _digest_or_reason(path: Path) -> str:
    try:
        return digest(path)
    except UnreadableError as error:
        return str(error)


def match_manifests(out: Path, outputs: Mapping[str, str]) -> bool:
    """Return whether the outputs have the hashes of the manifests: False if a reviewer has just saved a workbook."""
    return all(
        outputs.get(f"{name}/{path}") == hash_
        for name in packages_in(out)
        for path, hash_ in listed_hashes(out / name / MANIFEST, "resources").items()
    )


def load_last_run(out: Path, inputs: str) -> LastRun | None:
    """Return the last run if its inputs and its outputs are unchanged, else None."""
    match read_json(out / LAST_RUN):
        case {"run": dict(values), "hash": str(hash_)}:
            try:
                run = LastRun(**values)
            except TypeError:  # written by another version
                return None
        case _:
            return None
    is_unchanged = hash_ == _hash(_as_text(run)) and run.inputs == inputs and run.outputs == output_hashes(out)
    return run if is_unchanged else None


def save_last_run(out: Path, run: LastRun) -> None:
    """Write the last run.

    Raises:
        OSError: if it cannot be written.
    """
    (out / GATE).mkdir(exist_ok=True)
    # ASCII, because a name in a package may not be UTF-8.
    write_atomically(out / LAST_RUN, json.dumps({"hash": _hash(_as_text(run)), "run": asdict(run)}).encode())


def _as_text(run: LastRun) -> str:
    return json.dumps(asdict(run), ensure_ascii=False, sort_keys=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
