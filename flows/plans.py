"""Reads the plans beside the workbooks: .docx in child processes, .doc and .wps converted before, PDF not."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from contracts.load import load_contracts
from flows.collect import MODERN, OLD
from flows.convert import to_docx
from flows.raw import Received, take
from flows.reading import SECONDS, read_each
from transforms.plan.reading import Plan, read_plan, unread_plan


def read_plans(received: Sequence[Received], round_name: str, *, seconds: float = SECONDS) -> list[Plan]:
    """Read every plan, in the order given.

    Raises:
        flows.reading.ReaderError: if reading itself fails.
    """
    if not received:
        return []
    contracts = load_contracts(round_name)
    done: dict[str, Plan] = {}
    with tempfile.TemporaryDirectory(prefix="peak-review-") as name:
        readable = []
        for at, item in enumerate(received):
            suffix = item.path.suffix.lower()
            if item.content is None or suffix == MODERN:
                readable.append(item)
                continue
            found: Path | str = "是 PDF"
            if suffix in OLD:
                folder = Path(name, str(at))
                folder.mkdir()
                source = folder / f"received{suffix}"
                source.write_bytes(item.content)
                found = to_docx(source, folder)
            if isinstance(found, str):
                done[item.file] = unread_plan(item.file, item.sha256, found, contracts, fault="format")
            else:
                readable.append(replace(take(found, item.file), sha256=item.sha256))
        # What was converted keeps the hash of what was received.
        hashes = {item.file: item.sha256 for item in received}
        for plan in read_each(readable, round_name, seconds, read_plan, unread_plan, None, ()):
            done[plan.file] = replace(plan, sha256=hashes[plan.file])
    return [done[item.file] for item in received]
