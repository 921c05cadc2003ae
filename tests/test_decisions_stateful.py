"""Any sequence of edits and re-runs: two people, two copies, submissions that change. Nothing that was written is lost.

A model of its own says what must stand in the workbook after each run. `make decisions` tries 500 sequences.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import polars as pl
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import CONCLUSIONS, FINDINGS, PILOTS, Form
from contracts.round import Province
from tests.review_book import (
    CITY,
    HUGE,
    NEGATIVE,
    PARK,
    PART,
    PROVINCE,
    WORDS,
    columns,
    opened,
    publish,
    review,
    saved,
    take_back,
    write,
)
from transforms.batch import Batch
from transforms.decisions.ledger import ReviewCopy
from transforms.decisions.merge import merge_copies
from transforms.decisions.metadata import pilot_key
from transforms.review import Review

EXAMPLES = int(os.environ.get("PEAK_REVIEW_DECISIONS", "25"))
VALUES: dict[tuple[str, str, int], tuple[Any, ...]] = {
    WORDS: ("见附件", "另报"),
    NEGATIVE: ("-1", "-2"),
    PART: ("待定", "再定"),
    HUGE: (150, 160),
}
CELLS = list(VALUES)
CODES = sorted({code for _, code, _ in CELLS})
OPEN, CHANGED, DISPUTED = "待处理", "需复核", "意见不一致"
STATUSES = [OPEN, "要求更正", "已说明", "说明可接受", "误报"]
Faults = tuple[int | None, ...]
# Sheet, key and field: what one cell to fill in is.
Spot = tuple[str, str, str]


@cache
def round_with(faults: Faults) -> Review:
    """The round with these values in the cells that may be wrong, cut down to what is needed to be quick."""
    now = review({cell: VALUES[cell][value] for cell, value in zip(CELLS, faults, strict=True) if value is not None})
    contracts = now.contracts
    (home,) = [province for province in contracts.round.provinces if province.name == PROVINCE]
    small = replace(
        contracts,
        tables={kind: replace(table, indicators=table.indicators[:9]) for kind, table in contracts.tables.items()},
        round=replace(
            contracts.round, provinces=(Province(home.name, home.quota, home.pilots),), quota_total=home.quota
        ),
        rules={name: contracts.rules[name] for name in ("VALUE-NOT-NUMBER", "VALUE-BOUNDS")},
    )
    own = pl.col("province") == PROVINCE
    batch = now.judged.batch
    few = Batch(batch.files, batch.observations.filter(pl.col("indicator").is_in(CODES)))
    return replace(
        now,
        contracts=small,
        judged=replace(now.judged, batch=few),
        findings=now.findings.filter(own),
        provinces=now.provinces.filter(own),
    )


@cache
def keys_of(faults: Faults) -> dict[str, int]:
    """Values of the findings that are there, by key."""
    rows = round_with(faults).findings.iter_rows(named=True)
    cell = {(row["pilot"], row["indicator"], row["year"]): row["finding_key"] for row in rows}
    return {cell[spot]: value for spot, value in zip(CELLS, faults, strict=True) if value is not None}


@dataclass
class Draft:
    """A workbook on somebody's desk: what it was published with, and what the person has written since."""

    book: Workbook
    known: frozenset[int]
    values: dict[str, int]
    base: dict[Spot, str]
    edits: dict[Spot, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Copy:
    """A workbook that was handed in, as the model has it."""

    known: frozenset[int]
    values: dict[str, int]
    edits: dict[Spot, str]


def cells_of(book: Workbook, form: Form) -> Iterable[tuple[Spot, str]]:
    sheet = book[form.sheet]
    titles = columns(sheet)
    for row in range(2, sheet.max_row + 1):
        if key := sheet.cell(row, titles[form.key]).value:
            for name, title in form.fields.items():
                yield (form.sheet, str(key), name), str(sheet.cell(row, titles[title]).value or "")


class Reviewing(RuleBasedStateMachine):
    """People who write, submissions that change, and nights in which everything is made anew."""

    @initialize(faults=st.tuples(*[st.sampled_from([None, 0, 1])] * len(CELLS)))
    def begin(self, faults: Faults) -> None:
        self.faults = faults
        self.copies: list[Copy] = []
        self.read: list[ReviewCopy] = []
        self.desks: list[Draft | None] = [None, None]
        self.counter = 0
        self.run()

    @rule(desk=st.integers(0, 1))
    def take(self, desk: int) -> None:
        book = opened(self.published)
        base = {spot: text for form in (FINDINGS, PILOTS) for spot, text in cells_of(book, form)}
        self.desks[desk] = Draft(book, self.known, keys_of(self.published_faults), base)

    @rule(cell=st.integers(0, len(CELLS) - 1), value=st.sampled_from([None, 0, 1]))
    def submit_anew(self, cell: int, value: int | None) -> None:
        self.faults = (*self.faults[:cell], value, *self.faults[cell + 1 :])

    def _draft(self, data: st.DataObject) -> Draft:
        return data.draw(st.sampled_from([draft for draft in self.desks if draft]))

    @precondition(lambda self: any(self.desks))
    @rule(data=st.data(), status=st.sampled_from([*STATUSES, ""]))
    def decide(self, data: st.DataObject, status: str) -> None:
        self._type(self._draft(data), FINDINGS, "status", data, status)

    @precondition(lambda self: any(self.desks))
    @rule(
        data=st.data(), name=st.sampled_from(["opinion", "person", "date"]), prefix=st.sampled_from(["", "=", "-", " "])
    )
    def remark(self, data: st.DataObject, name: str, prefix: str) -> None:
        self._type(self._draft(data), FINDINGS, name, data, f"{prefix}写{self._next()}")

    @precondition(lambda self: any(self.desks))
    @rule(data=st.data(), name=st.sampled_from(["opinion", "person"]))
    def take_back(self, data: st.DataObject, name: str) -> None:
        self._type(self._draft(data), FINDINGS, name, data, "")

    @precondition(lambda self: any(self.desks))
    @rule(data=st.data(), name=st.sampled_from(list(PILOTS.fields)), conclusion=st.sampled_from([*CONCLUSIONS, ""]))
    def sign(self, data: st.DataObject, name: str, conclusion: str) -> None:
        text = conclusion if name == "conclusion" else f"签{self._next()}"
        self._type(self._draft(data), PILOTS, name, data, text)

    @precondition(lambda self: any(self.desks))
    @rule(data=st.data())
    def sort(self, data: st.DataObject) -> None:
        sheet = self._draft(data).book[FINDINGS.sheet]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        rows = data.draw(st.permutations(rows))
        for at, values in enumerate(rows, 2):
            write(sheet, at, dict(zip(columns(sheet), values, strict=True)))

    @precondition(lambda self: any(self.desks))
    @rule(data=st.data())
    def delete_a_row(self, data: st.DataObject) -> None:
        draft = self._draft(data)
        sheet = draft.book[FINDINGS.sheet]
        if found := _rows(sheet, FINDINGS):
            key = data.draw(st.sampled_from(sorted(found)))
            sheet.delete_rows(found[key])
            draft.edits = {spot: text for spot, text in draft.edits.items() if spot[:2] != (FINDINGS.sheet, key)}

    @precondition(lambda self: any(self.desks))
    @rule(data=st.data(), at=st.integers(1, 4))
    def insert_a_row(self, data: st.DataObject, at: int) -> None:
        # Above row 2 the header would no longer be the first row, where this test looks for it.
        self._draft(data).book[FINDINGS.sheet].insert_rows(at + 1)

    @precondition(lambda self: any(self.desks))
    @rule(data=st.data())
    def hand_in(self, data: st.DataObject) -> None:
        draft = self._draft(data)
        copy = take_back(saved(draft.book), f"{len(self.copies)}.xlsx")
        if copy.sha256 not in {other.sha256 for other in self.read}:
            self.read.append(copy)
            self.copies.append(Copy(draft.known, draft.values, dict(draft.edits)))

    @rule()
    def run(self) -> None:
        now = round_with(self.faults)
        ledger = merge_copies(self.read, now)
        assert ledger == merge_copies(reversed(self.read), now)
        self.published, self.published_faults = publish(now, ledger), self.faults
        self.known = frozenset(range(len(self.copies)))
        again = take_back(self.published)
        assert (again.fault, again.decisions, again.remarks) == (None, (), ())
        assert not [copy.fault for copy in self.read if copy.fault]
        self._compare(opened(self.published))

    def _next(self) -> int:
        self.counter += 1
        return self.counter

    def _type(self, draft: Draft, form: Form, name: str, data: st.DataObject, text: str) -> None:
        sheet = draft.book[form.sheet]
        found = _rows(sheet, form)
        if not found:
            return
        key = data.draw(st.sampled_from(sorted(found)))
        spot = (form.sheet, key, name)
        write(sheet, found[key], {form.fields[name]: text or None})
        draft.edits.pop(spot, None)
        text = text.strip()
        blank = OPEN if name == "status" else ""
        if (text or blank) != (draft.base[spot] or blank):
            draft.edits[spot] = text or blank

    def _standing(self, spot: Spot) -> list[int]:
        """Copies that wrote here and that no copy which knew them wrote over."""
        writers = [number for number, copy in enumerate(self.copies) if spot in copy.edits]
        return [one for one in writers if not any(one in self.copies[other].known for other in writers)]

    def _texts(self, spot: Spot) -> set[str]:
        return {self.copies[number].edits[spot] for number in self._standing(spot)} - {""}

    def _compare(self, book: Workbook) -> None:
        shown = {spot: text for form in (FINDINGS, PILOTS) for spot, text in cells_of(book, form)}
        gone, trail = (
            [str(c.value) for row in book[name].iter_rows() for c in row] for name in ("已消失的问题", "审核留痕")
        )
        written = {spot[:2] for copy in self.copies for spot in copy.edits}
        for sheet, key in written | {spot[:2] for spot in shown}:
            form = FINDINGS if sheet == FINDINGS.sheet else PILOTS
            for name in form.fields:
                spot = (sheet, key, name)
                expected = self._state(key) if name == "status" else self._texts(spot)
                if isinstance(expected, str):
                    if spot in shown:
                        assert shown[spot] == expected, spot
                elif name == "conclusion" and len(expected) > 1:
                    assert shown[spot] == DISPUTED
                    assert expected <= set(trail)
                elif spot in shown:
                    assert set(shown[spot].split("\n")) - {""} == expected, spot
                elif self._state(key, gone=True) != OPEN or any(
                    self._texts((sheet, key, n)) for n in form.fields if n != "status"
                ):
                    assert all(any(text in cell for cell in gone) for text in expected), spot
            statuses = {
                self.copies[number].edits[sheet, key, "status"] for number in self._standing((sheet, key, "status"))
            }
            if len(statuses) > 1:
                assert statuses <= set(trail)
            elif statuses - {OPEN} and (sheet, key, "status") not in shown:
                assert statuses <= set(gone)

    def _state(self, key: str, *, gone: bool = False) -> str:
        """What must stand in 处理状态 of a finding."""
        writers = self._standing((FINDINGS.sheet, key, "status"))
        statuses = {self.copies[number].edits[FINDINGS.sheet, key, "status"] for number in writers}
        was = DISPUTED if len(statuses) > 1 else statuses.pop() if statuses else OPEN
        spots = [(FINDINGS.sheet, key, name) for name in ("opinion", "person", "date")]
        if was == OPEN and not any(self._texts(spot) for spot in spots):
            return OPEN
        based = writers or [n for spot in spots for n in self._standing(spot) if self.copies[n].edits[spot]]
        value = keys_of(self.faults).get(key)
        if gone or value is None:
            return was
        if all(any(one in copy.known and key not in copy.values for copy in self.copies) for one in based):
            return CHANGED
        return CHANGED if all(self.copies[one].values[key] != value for one in based) else was


def _rows(sheet: Worksheet, form: Form) -> dict[str, int]:
    column = columns(sheet)[form.key]
    keys = {sheet.cell(row, column).value: row for row in range(2, sheet.max_row + 1)}
    return {str(key): row for key, row in keys.items() if key}


TestReviewing = Reviewing.TestCase
TestReviewing.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=20,
    deadline=None,
    derandomize=EXAMPLES == 25,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def test_both_pilots_can_be_written_about() -> None:
    found = _rows(opened(publish(round_with((0, 0, 0, 0))))[PILOTS.sheet], PILOTS)
    assert set(found) == {pilot_key(PROVINCE, CITY), pilot_key(PROVINCE, PARK)}
    assert len(keys_of((0, 0, 0, 0))) == len(CELLS)
