"""Order review files without a clock: each workbook lists the review files merged before it was published."""

import re
from collections.abc import Sequence

from transforms.decisions.ledger import ReviewFile

# A file edited after its earlier content was archived is stored as `<sha256>.<sha256 before>-<name>`.
_AFTER = re.compile(r"(?:^|/)([0-9a-f]{16})\.([0-9a-f]{16})-[^/]*$")

Lineage = dict[str, frozenset[str]]


def trace(copies: Sequence[ReviewFile]) -> Lineage:
    """Return all files that each file follows, directly or indirectly, by sha256."""
    before: dict[str, set[str]] = {}
    for copy in copies:
        before.setdefault(copy.sha256, set()).update(copy.contains, _kept_before(copy, copies))
    found: Lineage = {}
    for sha256, parents in before.items():
        seen: set[str] = set()
        waiting = list(parents)
        while waiting:
            parent = waiting.pop()
            if parent not in seen:
                seen.add(parent)
                waiting += before.get(parent, ())
        found[sha256] = frozenset(seen - {sha256})
    return found


def follows(later: str, earlier: str, lineage: Lineage) -> bool:
    """Return whether one file follows the other; False if each follows the other."""
    return earlier in lineage.get(later, ()) and later not in lineage.get(earlier, ())


def _kept_before(copy: ReviewFile, copies: Sequence[ReviewFile]) -> set[str]:
    match = _AFTER.search(copy.file)
    if not match or not copy.sha256.startswith(match[1]):
        return set()
    return {other.sha256 for other in copies if other.sha256.startswith(match[2]) and other.province == copy.province}
