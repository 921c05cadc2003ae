"""Prints how well the real cases are read: `make real`."""

import sys
from collections import Counter

from contracts.load import load_contracts
from tests.real import pairs, prose, tables
from tests.support.paths import CASES


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Measure each half of the sentences and the pairs."""
    if not CASES.is_dir():
        _write(f"{CASES.name} is not beside the repository: nothing to measure")
        return
    contracts = load_contracts("first-batch")
    cells = tables.measure(CASES, contracts)
    total = cells.right + len(cells.wrong)
    _write(f"cells of {tables.SHEET}: {cells.right} of {total} as expected, {len(cells.used)} wrong ones used")
    _write(f"  false errors {len(cells.errors)}: {', '.join(cells.errors) or 'none'}")
    for line in cells.wrong:
        _write(f"  {line}")
    for half in prose.HALVES:
        rows = prose.labelled(CASES / "prose.jsonl", half)
        score = prose.measure(rows, contracts)
        _write(f"targets in prose, half {half}: {len(rows)} sentences")
        _write(f"  recall {score.recall:.1%} ({score.found} of {score.expected}), precision {score.precision:.1%}")
        _write(f"  wrong indicator {score.names}, narrower taken for the whole {score.compared} of {score.narrower}")
        _write("  right: " + ", ".join(f"{name} {n}/{score.matched}" for name, n in sorted(score.right.items())))
        kinds = Counter(kind for kind, _ in score.failures)
        _write("  not as labelled: " + (", ".join(f"{kind} {n}" for kind, n in sorted(kinds.items())) or "nothing"))
    seeds, there = pairs.seeded(CASES), pairs.found(CASES, contracts)
    _write(f"contradictions of plan and table: {len(seeds & there)} of {len(seeds)} found, {len(there - seeds)} others")


if __name__ == "__main__":
    main()
