"""Which of several copies came after which, without a clock: a workbook names the review files that it already held."""

import re
from collections.abc import Sequence

from transforms.decisions.ledger import ReviewFile

# A file that was found where an archived one had been kept open is stored as `<its hash>.<hash before>-<name>`.
_AFTER = re.compile(r"(?:^|/)([0-9a-f]{16})\.([0-9a-f]{16})-[^/]*$")

Lineage = dict[str, frozenset[str]]


def trace(copies: Sequence[ReviewFile]) -> Lineage:
    """All copies that each copy follows, directly or through others, by hash."""
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
    """Whether one copy was made knowing the other. Where each claims that, neither does."""
    return earlier in lineage.get(later, ()) and later not in lineage.get(earlier, ())


def _kept_before(copy: ReviewFile, copies: Sequence[ReviewFile]) -> set[str]:
    match = _AFTER.search(copy.file)
    if not match or not copy.sha256.startswith(match[1]):
        return set()
    return {other.sha256 for other in copies if other.sha256.startswith(match[2]) and other.province == copy.province}
