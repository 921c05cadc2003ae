"""What became of all decisions of a round: one entry for each finding and pilot. Things only; see `merge`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from contracts.states import OPEN, State


@dataclass(frozen=True)
class Remark:
    """Something about a review file that a person should know; `where` is a sheet and cell, or empty."""

    province: str | None
    file: str
    where: str
    text: str


@dataclass(frozen=True)
class ReviewFile:
    """A review workbook as it was read.

    Attributes:
        file: relative to the round's raw folder.
        sha256: of its bytes.
        province: whose package it comes from; of a file that could not be read, what its name says, or None.
        contains: hashes of the review files that the package already held when it was published.
        present: keys of the findings that stood in it when it was published.
        decisions: rows of `contracts.schemas.published.Decisions`.
        remarks: what could not be taken over, and why.
        fault: why nothing could be read from it at all; `ours`: because our code failed at it.
    """

    file: str
    sha256: str
    province: str | None = None
    contains: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    decisions: tuple[dict[str, Any], ...] = ()
    remarks: tuple[Remark, ...] = ()
    fault: str | None = None
    code_failed: bool = False


@dataclass(frozen=True)
class FindingDecision:
    """What stands beside a finding: its state, what was written, and what the system has to say about that."""

    state: State = OPEN
    texts: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class PilotDecision:
    """What stands beside a pilot; keys of `contracts.review_form.PILOTS`."""

    texts: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class OrphanedDecision:
    """A decision whose finding, or pilot, is no longer there; `row` is the decision as it was last made."""

    province: str
    row: dict[str, Any]
    was: State
    texts: dict[str, str]


@dataclass(frozen=True)
class ConflictingEntry:
    """Several texts in one field, from copies of which none knew the other: all of them, one by one."""

    province: str
    row: dict[str, Any]
    field: str
    text: str


@dataclass(frozen=True)
class Ledger:
    """All of a round. `entries` by finding key, `verdicts` by province and pilot."""

    copies: tuple[ReviewFile, ...] = ()
    finding_decisions: dict[str, FindingDecision] = field(default_factory=dict)
    pilot_decisions: dict[tuple[str, str], PilotDecision] = field(default_factory=dict)
    orphaned: tuple[OrphanedDecision, ...] = ()
    conflicts: tuple[ConflictingEntry, ...] = ()

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Of all copies."""
        return tuple(remark for copy in self.copies for remark in copy.remarks)

    def select_province(self, province: str, findings: Iterable[str]) -> "Ledger":
        """What concerns a province, with the keys of its findings."""
        return Ledger(
            copies=tuple(copy for copy in self.copies if copy.province == province),
            finding_decisions={key: self.finding_decisions[key] for key in findings if key in self.finding_decisions},
            pilot_decisions={place: verdict for place, verdict in self.pilot_decisions.items() if place[0] == province},
            orphaned=tuple(one for one in self.orphaned if one.province == province),
            conflicts=tuple(one for one in self.conflicts if one.province == province),
        )


EMPTY = Ledger()
