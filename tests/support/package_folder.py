"""Small packages, published without a review: contents, the steps of a run around publishing, what was archived."""

import hashlib
import json
from pathlib import Path

from flows.publication.input_fingerprint import LastRun, load_last_run, output_fingerprint, save_last_run
from flows.publication.publish import publish
from flows.publication.reviewer_edits import archive_changes

PACKAGES = {"河北省": {"河北省评审工作簿.xlsx": b"book", "submissions/a.xlsx": b"sent"}, "山西省": {"b.xlsx": b"other"}}


NAME, BOOK = "河北省", "河北省评审工作簿.xlsx"


PACKAGE = {BOOK: b"book", "submissions/a.xlsx": b"sent"}


CHANGED = PACKAGES | {"河北省": PACKAGES["河北省"] | {BOOK: b"new"}}


def record(nation: bytes) -> dict[str, bytes]:
    entry = {"path": "全国汇总.xlsx", "hash": f"sha256:{hashlib.sha256(nation).hexdigest()}"}
    return {"全国汇总.xlsx": nation, "run.json": json.dumps({"outputs": [entry]}).encode()}


def archived(out: Path) -> dict[str, bytes]:
    folder = out.parent / "archive"
    return {path.name.split("-", 1)[1]: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def contents(folder: Path) -> set[bytes]:
    return {path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}


def run_publication(out: Path, text: str = "book") -> tuple[str, ...]:
    """What a run does around publishing."""
    kept = archive_changes(out, out.parent / "reviews")
    entry = {"path": "findings.csv", "hash": f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"}
    files = {"run.json": json.dumps({"outputs": [entry]}).encode(), "findings.csv": text.encode()}
    done = publish(out, out.parent / "reviews", {NAME: PACKAGE | {BOOK: text.encode()}}, files)
    assert (out / NAME / BOOK).read_bytes() == text.encode()
    save_last_run(out, LastRun("inputs", output_fingerprint(out), [{"province": NAME}], {}))
    assert load_last_run(out, "inputs") is not None
    return (*kept, *done.archived)
