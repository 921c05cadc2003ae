"""Read plans in the sandbox: .docx directly, .doc and .wps after conversion, PDF not at all."""

from collections.abc import Sequence
from dataclasses import replace

from contracts.load import load_contracts
from flows.sources.raw_files import Received
from flows.sources.raw_listing import MODERN, OLD
from flows.workers.office import to_docx
from flows.workers.sandbox import read_files
from transforms.failures import FAILED
from transforms.plans.read_plan import Plan, read_plan, unread_plan


def read_plans(received: Sequence[Received], round_name: str) -> list[Plan]:
    """Read every plan, in the order given; see `flows.workers.sandbox.read_files`."""
    contracts = load_contracts(round_name)
    plans: dict[str, Plan] = {}
    readable = []
    for item in received:
        suffix, fault = item.path.suffix.lower(), "format"
        converted: bytes | str | None = item.content
        if item.content is not None and suffix != MODERN:
            try:
                converted = to_docx(item.content, suffix) if suffix in OLD else "是 PDF"
            except OSError as error:  # a program that cannot be started, no space for its files
                converted, fault = str(error), FAILED
        if isinstance(converted, str):
            plans[item.file] = unread_plan(item.file, item.sha256, converted, contracts, fault=fault)
        else:
            readable.append(replace(item, content=converted))
    read = read_files(readable, round_name, read_plan, unread_plan, passwords=())
    # A converted plan keeps the hash of the file received.
    plans |= {item.file: replace(plan, sha256=item.sha256) for item, plan in zip(readable, read, strict=True)}
    return [plans[item.file] for item in received]
