"""Dataclasses of read and merged decisions; `merge` builds them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from contracts.review_form import OPEN, State


@dataclass(frozen=True)
class Remark:
    """A remark in Chinese about a review file; `where` is a sheet and cell, or empty."""

    province: str | None
    file: str
    where: str
    text: str


Scores = dict[tuple[str, str], str]  # by the key of a row of 评分表 and the criterion


@dataclass(frozen=True)
class ReviewFile:
    """A review workbook as read.

    Attributes:
        file: relative to the round's raw folder.
        sha256: of its bytes.
        province: of its package; of an unreadable file the province in its name, or None.
        contains: sha256 of the review files that were merged into the package before it was published.
        contracts: fingerprint of the contracts with which it was published.
        present: keys of the findings listed in it when it was published.
        decisions: rows of `contracts.schemas.published.Decisions`.
        remarks: entries that were not used, with the reason.
        fault: why it could not be read at all.
        code_failed: whether the reason is an error of the code.
        scores: texts of the cells to score in, empty ones too.
    """

    file: str
    sha256: str
    province: str | None = None
    contains: frozenset[str] = frozenset()
    contracts: str = ""
    present: frozenset[str] = frozenset()
    decisions: tuple[dict[str, Any], ...] = ()
    remarks: tuple[Remark, ...] = ()
    fault: str | None = None
    code_failed: bool = False
    scores: tuple[tuple[tuple[str, str], str], ...] = ()


@dataclass(frozen=True)
class FindingDecision:
    """The merged decision about a finding: state, texts by field, and a note of the system."""

    state: State = OPEN
    texts: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class PilotDecision:
    """The merged decision about a pilot: texts by field of `contracts.review_form.PILOTS`, and a note."""

    texts: dict[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class OrphanedDecision:
    """A decision whose finding or pilot is gone; `row` is the last row of `Decisions`."""

    province: str
    row: dict[str, Any]
    was: State
    texts: dict[str, str]


@dataclass(frozen=True)
class ConflictingEntry:
    """One of several texts in one field, from workbooks that were edited independently."""

    province: str
    row: dict[str, Any]
    field: str
    text: str


@dataclass(frozen=True)
class Ledger:
    """All decisions of a round: about findings by key, about pilots by province and name.

    `documents`: remarks on Word documents that a person edited in a package, and on scores that contradict each other.
    `scores`: by province.
    """

    copies: tuple[ReviewFile, ...] = ()
    finding_decisions: dict[str, FindingDecision] = field(default_factory=dict)
    pilot_decisions: dict[tuple[str, str], PilotDecision] = field(default_factory=dict)
    orphaned: tuple[OrphanedDecision, ...] = ()
    conflicts: tuple[ConflictingEntry, ...] = ()
    documents: tuple[Remark, ...] = ()
    scores: dict[str, Scores] = field(default_factory=dict)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Return the remarks about all files."""
        return tuple(remark for copy in self.copies for remark in copy.remarks)

    @property
    def unread_reviews(self) -> tuple[ReviewFile, ...]:
        """Return the workbooks that could not be used, until one comes back that was published with a note of it."""
        known = {sha256 for copy in self.copies if copy.decisions for sha256 in copy.contains}
        return tuple(copy for copy in self.copies if copy.fault and copy.sha256 not in known)

    def select_province(self, province: str, findings: Iterable[str]) -> "Ledger":
        """Select the decisions of a province, given the keys of its findings."""
        return Ledger(
            copies=tuple(copy for copy in self.copies if copy.province == province),
            finding_decisions={key: self.finding_decisions[key] for key in findings if key in self.finding_decisions},
            pilot_decisions={place: verdict for place, verdict in self.pilot_decisions.items() if place[0] == province},
            orphaned=tuple(one for one in self.orphaned if one.province == province),
            conflicts=tuple(one for one in self.conflicts if one.province == province),
            documents=tuple(one for one in self.documents if one.province == province),
            scores={name: scores for name, scores in self.scores.items() if name == province},
        )


def edited_documents(files: Iterable[str]) -> tuple[Remark, ...]:
    """Return a remark for each Word document among the archived files `reviews/<province>/<hash>-<name>`."""
    documents = [file.split("/") for file in files if file.lower().endswith((".docx", ".doc", ".wps"))]
    return tuple(
        Remark(parts[1] if len(parts) > 2 else None, "/".join(parts), "", "人工修改的文件，已存档；修改未带入新文件。")
        for parts in documents
    )


EMPTY = Ledger()
