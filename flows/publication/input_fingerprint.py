"""Whether all is as the last run left it: then nothing is read, judged or rendered. Forgetting it costs time, no more.

What is remembered lies beside the packages, and holds no clock: the hash of all that decides what a run makes, the
hashes of what it made, and what it said of it.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flows.publication.atomic import put
from flows.publication.folder_listing import UnreadableError, digest, is_folder
from flows.publication.manifest import GATE, MANIFEST, listed, packages_in, tree_of
from flows.settings import load_settings
from flows.sources.collect import Collected
from flows.sources.raw_listing import Ignored, Received
from flows.workers.office import find_office

MEMORY = f"{GATE}/unchanged.json"
_CODE = tuple(Path(__file__).parents[2] / name for name in ("contracts", "transforms", "flows"))
# What writes the bytes of a package, or decides what is read from a submission.
_LIBRARIES = (
    *("polars", "pandera", "openpyxl", "python-docx", "lxml", "python-calamine", "xlrd", "msoffcrypto-tool"),
    "great-expectations",
)


@dataclass(frozen=True)
class Memory:
    """What a whole run found and made; `made` are the hashes of all that it published, by path.

    `provinces` is the summary that Prefect's page shows.
    """

    cause: str
    made: dict[str, str]
    submissions: int
    accepted: int
    quota: int
    attention: list[str]
    packages: list[str]
    provinces: list[dict[str, Any]]


def cause_of(collected: Collected, reviews: tuple[Sequence[Received], Sequence[Ignored]]) -> str:
    """One hash of all that decides what a run makes of a round: raw, contracts, code, libraries, passwords.

    Args:
        collected: the submissions and plans, as they were read.
        reviews: the review workbooks, as they were read, and what else is among them.
    """
    received = [*collected.workbooks, *collected.plans, *reviews[0]]
    lines = [read_by(), *(f"{item.file} {item.sha256} {item.fault}" for item in received)]
    lines += [f"{item.file} {item.reason}" for item in (*collected.ignored, *reviews[1])]
    return _hash("\n".join(lines))


def read_by() -> str:
    """One hash of all besides a file's bytes that decides what is read from it."""
    passwords = hashlib.sha256("\n".join(load_settings().plain_passwords).encode()).hexdigest()
    return _hash("\n".join([made_by(), passwords, f"converts: {find_office()}"]))


def made_by() -> str:
    """One hash of the code, the contracts and the libraries."""
    return _hash("\n".join([code_hash(_CODE), sys.version, *(f"{name} {version(name)}" for name in _LIBRARIES)]))


def code_hash(folders: Iterable[Path]) -> str:
    """One hash of contracts, code and templates: what a hurried correction changes without a new version."""
    lines = [
        f"{path.relative_to(folder).as_posix()} {digest(path)}"
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    ]
    return _hash("\n".join(lines))


def made_in(out: Path) -> dict[str, str]:
    """Hashes of everything that is published of a round and of what people put beside it, by path."""
    made: dict[str, str] = {}
    for place in sorted(out.iterdir()) if out.is_dir() else []:
        if place.name.startswith((".", "~$")):
            continue
        if is_folder(place):
            tree = tree_of(place)
            made |= {f"{place.name}/{name}": _digest(path) for name, path in tree.files.items()}
            made |= {f"{place.name}/{name}": str(entry) for name, entry in tree.odd.items()}
        else:
            made[place.name] = _digest(place)
    return made


def _digest(path: Path) -> str:
    try:
        return digest(path)
    except UnreadableError as error:
        return str(error)


def is_as_published(out: Path, made: Mapping[str, str]) -> bool:
    """Whether these hashes are those of the packages' manifests."""
    return all(
        made.get(f"{name}/{path}") == hash_
        for name in packages_in(out)
        for path, hash_ in listed(out / name / MANIFEST, "resources").items()
    )


def recall(out: Path, cause: str) -> Memory | None:
    """What the last run did, if it would do the same again and nobody touched what it made."""
    try:
        told = json.loads((out / MEMORY).read_text(encoding="utf-8"))
        memory = Memory(**told["memory"])
        whole = told["hash"] == _hash(_as_text(memory))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return memory if whole and memory.cause == cause and memory.made == made_in(out) else None


def keep(out: Path, memory: Memory) -> None:
    """Remember a run.

    Raises:
        OSError: if it cannot be written.
    """
    (out / GATE).mkdir(exist_ok=True)
    # A name in a package may be no UTF-8.
    put(out / MEMORY, json.dumps({"hash": _hash(_as_text(memory)), "memory": asdict(memory)}).encode())


def _as_text(memory: Memory) -> str:
    return json.dumps(asdict(memory), ensure_ascii=False, sort_keys=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
