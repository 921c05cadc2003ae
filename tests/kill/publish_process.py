"""Publish as a run does, without Prefect, in a process to kill."""

import hashlib
import json
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path

from flows.publication.lock import LockedError, hold_lock
from flows.publication.publish import PublishResult, publish
from flows.publication.reviewer_edits import archive_changes
from flows.publication.swap import PublicationError, finish
from tests.support.dying import die_at

ROUND = "first-batch"
PROVINCES = ("河北省", "山西省", "辽宁省", "江苏省", "浙江省", "安徽省")


def book_of(province: str) -> str:
    return f"{province}评审工作簿.xlsx"


def packages(state: int) -> dict[str, dict[str, bytes]]:
    """What is published in a state. One province never changes, one is there in every third state only."""
    found = {}
    for number, province in enumerate(PROVINCES):
        if number == 5 and state % 3 == 2:
            continue
        text = f"{province} {0 if number == 4 else state} ".encode()
        found[province] = {
            book_of(province): text * (500 + 4000 * number),
            f"submissions/{number}.xlsx": text * 100,
            f"notices/{state % 2}.docx": text,  # not always under the same name
        }
        if number == 4:
            found[province].pop(f"notices/{state % 2}.docx")
    return found


def round_files(state: int) -> dict[str, bytes]:
    files = {"findings.csv": b"finding %d\n" % state * 5000, "index.html": b"<p>%d</p>" % state * 3000}
    outputs = [
        {"path": name, "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"} for name, content in files.items()
    ]
    return {"run.json": json.dumps({"state": state, "outputs": outputs}).encode()} | files


def run(out: Path, raw: Path, state: int) -> PublishResult:
    """What `flows.review` does around publishing, in the same order."""
    target, archive = out / ROUND, raw / ROUND / "reviews"
    with hold_lock(out, ROUND):
        finish(target, archive)
        archive_changes(target, archive)
        return publish(target, archive, packages(state), round_files(state))


def expected(state: int) -> Mapping[str, bytes]:
    """All files of the round but manifests and hidden ones."""
    found = {f"{province}/{name}": text for province, files in packages(state).items() for name, text in files.items()}
    return found | round_files(state)


def run_and_die(told: Connection, out: Path, raw: Path, state: int, event: int, kinds: tuple[str, ...]) -> None:
    """Publish, killed at an audit event (0: never); tell how many there were, or what went wrong."""
    count = die_at(event, kinds)
    try:
        run(out, raw, state)
    except (LockedError, PublicationError) as error:
        told.send(f"{type(error).__name__}: {error}")
    else:
        told.send(count())
