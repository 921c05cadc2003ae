"""Merge all decisions of a round field by field, one result for each finding and pilot; no text is lost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from contracts.load import Contracts
from contracts.review_form import BY_ID, DISPUTED, FINDINGS, OPEN, PILOTS, next_state
from contracts.schemas.published import Decisions, columns_of
from contracts.schemas.validation import require
from transforms.decisions.finding_change import has_changed, limits_of, what_changed
from transforms.decisions.ledger import (
    ConflictingEntry,
    FindingDecision,
    Ledger,
    OrphanedDecision,
    PilotDecision,
    ReviewFile,
)
from transforms.decisions.lineage import Lineage, follows, trace
from transforms.decisions.read_review import unread_review
from transforms.decisions.scores import merge_scores
from transforms.failures import FAILED, Failure, replace_failing
from transforms.pipeline import Review

Row = dict[str, Any]
_SHORT = 200  # characters of a verdict in a note


def merge_copies(copies: Iterable[ReviewFile], review: Review) -> Ledger:
    """Merge the decisions of all review workbooks of a round, in any order; identical files count once.

    Raises:
        contracts.schemas.validation.ContractViolationError: if a decision violates its model.
    """
    named_now = (_rename(copy, review.contracts) for copy in copies)
    everything = sorted(named_now, key=lambda copy: copy.file, reverse=True)
    unique = {copy.sha256 or copy.file: copy for copy in everything}
    ordered = tuple(unique[content] for content in sorted(unique))
    lineage = trace(everything)
    scores, disputed = merge_scores(ordered, lineage)
    return replace(_Merger(ordered, lineage, review).ledger(), scores=scores, documents=disputed)


def _rename(copy: ReviewFile, contracts: Contracts) -> ReviewFile:
    """Replace earlier names of pilots and rules in the decisions of a workbook by those of today."""
    rules = {name: rule.id for rule in contracts.rules.values() for name in rule.formerly}
    pilots = contracts.round.renamed

    def renamed(row: Row) -> Row:
        pilot = pilots.get((row["province"], row["pilot"]), row["pilot"])
        return row | {"pilot": pilot, "rule": rules.get(row["rule"], row["rule"])}

    return replace(copy, decisions=tuple(map(renamed, copy.decisions))) if rules or pilots else copy


def merge_without_failing(copies: Sequence[ReviewFile], review: Review) -> tuple[Ledger, list[Failure]]:
    """Merge like `merge_copies`; files that raise an error are left out and count as unreadable."""
    try:
        return merge_copies(copies, review), []
    except Exception:
        fit, failures = replace_failing(
            copies,
            lambda one: merge_copies([one], review),
            lambda one, why: unread_review(one.file, one.sha256, why.reason, review.contracts, fault=FAILED),
            lambda one: one.file,
        )
        if not failures:
            raise
        return merge_copies(fit, review), failures


def decisions_frame(copies: Iterable[ReviewFile]) -> pl.DataFrame:
    """Return every decision read, columns of `contracts.schemas.published.Decisions`."""
    rows = [row for copy in copies for row in copy.decisions]
    return require(pl.DataFrame(rows, schema=columns_of(Decisions), orient="row"), Decisions)


def current_file(review: Review) -> dict[tuple[str, str], str]:
    """Return the sha256 of the submission that counts, by province and pilot."""
    counted = review.judged.batch.counted.select("province", "pilot", "file_sha256")
    return {(province, pilot): sha256 for province, pilot, sha256 in counted.iter_rows()}


class _Merger:
    """State of a merge: files, their order, current findings, and results."""

    def __init__(self, copies: tuple[ReviewFile, ...], lineage: Lineage, review: Review) -> None:
        self._copies = copies
        self._lineage = lineage
        self._now = {(row["province"], row["finding_key"]): row for row in review.findings.iter_rows(named=True)}
        self._contracts, self._fingerprint = review.contracts, review.provenance.contracts
        self._published_with = {copy.sha256: copy.contracts for copy in copies}
        self._files = current_file(review)
        self._pilots = {(province, pilot.name) for province, pilot in review.contracts.round.roster}
        sent = review.judged.batch.files.select("province", "pilot").iter_rows()
        self._pilots |= {(province, pilot) for province, pilot in sent if province and pilot}
        self._finding_decisions: dict[str, FindingDecision] = {}
        self._pilot_decisions: dict[tuple[str, str], PilotDecision] = {}
        self._orphaned: list[OrphanedDecision] = []
        self._conflicts: list[ConflictingEntry] = []

    def ledger(self) -> Ledger:
        rows = decisions_frame(self._copies).to_dicts()
        for (province, key), group in _grouped(row for row in rows if row["finding_key"]).items():
            self._merge_finding(province, key, group)
        for (province, pilot), group in _grouped(row for row in rows if not row["finding_key"]).items():
            self._merge_pilot(province, pilot, group)
        return Ledger(
            self._copies, self._finding_decisions, self._pilot_decisions, tuple(self._orphaned), tuple(self._conflicts)
        )

    def _merge_finding(self, province: str, key: str, rows: list[Row]) -> None:
        latest = {name: self._latest(rows, name) for name in FINDINGS.fields}
        states = [BY_ID[row["status"]] for row in latest["status"]]
        written = {_words(row, "status") for row in latest["status"]}
        was = states[0] if len(written) == 1 else next_state(OPEN, "contradicted") if written else OPEN
        texts = {name: self._text(latest[name], name) for name in ("opinion", "person", "date")}
        if was is OPEN and not any(texts.values()):
            return  # everything was withdrawn
        based = latest["status"] or [row for name in texts for row in latest[name] if row[name]]
        last = based[-1]
        now = self._now.get((province, key))
        self._conflicts += [
            ConflictingEntry(province, row, name, _words(row, name))
            for name in FINDINGS.fields
            if len({_words(row, name) for row in latest[name]} - {""}) > 1
            for row in latest[name]
            if row[name]
        ]
        if now is None:
            self._orphaned.append(OrphanedDecision(province, last, was, texts))
            return
        state, notes = was, list(_verdict_notes(latest, "status", "person"))
        if all(self._was_gone_after(row, key) for row in based):
            state = next_state(next_state(was, "gone"), "back")
            notes.append(f"此前为“{was.title}”；该问题曾经消失，现又出现")
        elif all(has_changed(row, now, self._limits(row, now)) for row in based):
            state = next_state(was, "changed")
            notes.append(f"此前为“{was.title}”；{what_changed(last, now)}")
        self._finding_decisions[key] = FindingDecision(state, texts, "\n".join(notes))

    def _merge_pilot(self, province: str, pilot: str, rows: list[Row]) -> None:
        latest = {name: self._latest(rows, name) for name in PILOTS.fields}
        texts = {name: self._text(latest[name], name) for name in PILOTS.fields}
        if not any(texts.values()):
            return
        notes = list(_verdict_notes(latest, "conclusion", "first_person"))
        for name in PILOTS.fields:
            different = {_words(row, name) for row in latest[name]} - {""}
            if len(different) > 1:
                if name == "conclusion":
                    texts[name] = DISPUTED.title
                self._conflicts += [
                    ConflictingEntry(province, row, name, _words(row, name)) for row in latest[name] if row[name]
                ]
        last = (latest["conclusion"] or rows)[-1]
        if (province, pilot) not in self._pilots:
            self._orphaned.append(OrphanedDecision(province, last, OPEN, texts))
            return
        now = self._files.get((province, pilot))
        if texts["conclusion"] and all(row["raw_value"] != now for row in latest["conclusion"]):
            notes.append("作出结论后报送文件已变化，请复核")
        if texts["second_person"] and not texts["first_person"]:
            notes.append("已复核而无初审人")
        elif texts["second_person"] and texts["second_person"] == texts["first_person"]:
            notes.append("初审与复核为同一人")
        self._pilot_decisions[province, pilot] = PilotDecision(texts, "\n".join(notes))

    def _latest(self, rows: list[Row], name: str) -> list[Row]:
        """Return the rows with a field that no later file changed again."""
        writers = [row for row in rows if row[name] is not None]
        return [
            row
            for row in writers
            if not any(follows(other["file_sha256"], row["file_sha256"], self._lineage) for other in writers)
        ]

    def _text(self, rows: list[Row], name: str) -> str:
        """Join different texts, one a line."""
        return "\n".join(dict.fromkeys(row[name] for row in rows if row[name]))

    def _limits(self, then: Row, now: Row) -> frozenset[str]:
        """Return the limits that a finding may name, if those at the time of the decision may have been others."""
        if self._published_with[then["file_sha256"]] == self._fingerprint:
            return frozenset()
        return limits_of(now, self._contracts)

    def _was_gone_after(self, row: Row, key: str) -> bool:
        """Return whether a workbook published after this decision did not list the finding."""
        mine = row["file_sha256"]
        return any(
            copy.fault is None and key not in copy.present and follows(copy.sha256, mine, self._lineage)
            for copy in self._copies
        )


def _grouped(rows: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """Group rows by province and finding or pilot, in a deterministic order."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["province"], row["finding_key"] or row["pilot"]), []).append(row)
    return {key: groups[key] for key in sorted(groups)}


def _words(row: Row, name: str) -> str:
    """Return a field as the reviewer reads it; of a verdict that is not offered, the words that were written."""
    if name in {"status", "conclusion"} and row["refused"]:
        return str(row["refused"])
    return BY_ID[row[name]].title if name == "status" else str(row[name])


def _verdict_notes(latest: dict[str, list[Row]], name: str, person: str) -> Iterator[str]:
    """Yield that verdicts differ, that one is not offered, or that not everybody who is named wrote it."""
    titles = FINDINGS.fields | PILOTS.fields
    rows = [row for row in latest[name] if row[name]]
    by = {id(row): f"（{row[person]}）" if row[person] else "" for row in rows}
    words = list(dict.fromkeys(_words(row, name) for row in rows))
    if len(words) > 1:
        said = (_words(row, name)[:_SHORT] + by[id(row)] for row in rows)
        yield f"意见不一致：{'／'.join(dict.fromkeys(said))}"
    refused = dict.fromkeys(f"“{row['refused'][:_SHORT]}”{by[id(row)]}" for row in rows if row["refused"])
    if refused:
        yield f"{titles[name]}{'、'.join(refused)}不在可选项中，请从下拉列表中选择"
    people = list(dict.fromkeys(row[person] for row in latest[person] if row[person]))
    authors = [one for one in people if any(row[person] == one for row in rows)]
    if len(words) == 1 and authors and authors != people:
        yield f"{titles[person]}有{'、'.join(people)}，{titles[name]}“{words[0][:_SHORT]}”为{'、'.join(authors)}所填"
