"""Any sequence of edits and re-runs: two people, two copies, submissions that change. Nothing that was written is lost.

A model of its own says what must stand in the workbook after each run. `make decisions` tries 500 sequences.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import FINDINGS, NOTHING_TO_DO, OFFERED, PILOTS, Form
from contracts.round import Province
from tests.support.review_book import (
    CITY,
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
from transforms.decisions.ledger import ReviewFile
from transforms.decisions.merge import merge_copies
from transforms.decisions.metadata import pilot_key
from transforms.decisions.sheet_grid import Grid, grid_of
from transforms.intake.formats import read_workbook
from transforms.pipeline import Review
from transforms.reports.opinions.opinion_facts import OpinionFacts
from transforms.reports.opinions.opinion_page import conclusion_lines
from transforms.reports.rows.pilot_status import pilot_statuses
from transforms.reports.summary_report.report_facts import ReportFacts
from transforms.reports.view import View

pytestmark = [pytest.mark.stateful, pytest.mark.thorough]
VALUES: dict[tuple[str, str, int], tuple[Any, ...]] = {
    WORDS: ("见附件", "另报"),
    NEGATIVE: ("-1", "-2"),
    PART: ("见附件", "另报"),
}
CELLS = list(VALUES)
CODES = sorted({code for _, code, _ in CELLS})
OPEN, CHANGED, DISPUTED = "待处理", "需复核", "意见不一致"
STATUSES = [OPEN, "要求更正", "已说明", "说明可接受", "误报"]
# What is written most stands more than once.
FIELDS = [
    *[(FINDINGS, "status")] * 4,
    *[(FINDINGS, name) for name in ("opinion", "opinion", "person", "date")],
    *[(PILOTS, name) for name in ("conclusion", "opinion", "first_person")],
]
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
        findings=now.findings.filter(own & pl.col("rule").is_in(list(small.rules))),
        provinces=now.provinces.filter(own),
    )


@cache
def keys_of(faults: Faults) -> dict[str, int]:
    """Values of the findings that are there, by key."""
    rows = round_with(faults).findings.iter_rows(named=True)
    cell = {(row["pilot"], row["indicator"], row["year"]): row["finding_key"] for row in rows}
    return {cell[spot]: value for spot, value in zip(CELLS, faults, strict=True) if value is not None}


def cell_of(faults: Faults) -> dict[str, tuple[str, str, int]]:
    """Pilot, indicator and year of the findings that are there, by key."""
    rows = round_with(faults).findings.iter_rows(named=True)
    return {row["finding_key"]: (row["pilot"], row["indicator"], row["year"]) for row in rows}


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


def sheets_of(content: bytes) -> dict[str, Grid]:
    return {sheet.name: grid_of(sheet) for sheet in read_workbook(content).sheets}


def fields_of(sheets: dict[str, Grid]) -> dict[Spot, str]:
    """What stands in every cell to fill in."""
    found: dict[Spot, str] = {}
    for form in (FINDINGS, PILOTS):
        grid = sheets[form.sheet]
        titles = {text: column for (row, column), text in grid.items() if row == 1}
        for (row, column), key in grid.items():
            if row > 1 and column == titles[form.key]:
                fields = form.fields.items()
                found |= {(form.sheet, key, name): grid.get((row, titles[title]), "") for name, title in fields}
    return found


class Reviewing(RuleBasedStateMachine):
    """People who write, submissions that change, and nights in which everything is made anew."""

    @initialize(faults=st.tuples(*[st.sampled_from([0, 1, None])] * len(CELLS)))
    def begin(self, faults: Faults) -> None:
        self.faults = faults
        self.copies: list[Copy] = []
        self.read: list[ReviewFile] = []
        self.counter = 0
        self._run()
        self.desks = [self._fetch(), self._fetch()]

    def _write(self, data: st.DataObject, draft: Draft) -> None:
        """Somebody fills in a few cells."""
        for _ in range(data.draw(st.integers(1, 4))):
            form, name = data.draw(st.sampled_from(FIELDS))
            if name == "status":
                text = data.draw(st.sampled_from([*STATUSES, ""]))
            elif name == "conclusion":
                text = data.draw(st.sampled_from([*OFFERED["plan"], ""]))
            else:
                text = data.draw(st.sampled_from([f"{prefix}写{self._next()}" for prefix in ("", "=", "- ")] + [""]))
            self._type(draft, form, name, data, text)

    def _disturb(self, data: st.DataObject, draft: Draft) -> None:
        """Somebody sorts the list, deletes a row or puts an empty one in."""
        what = data.draw(st.sampled_from(["", "", "sort", "delete", "insert"]))
        sheet = draft.book[FINDINGS.sheet]
        found = _rows(sheet, FINDINGS)
        if what == "insert":
            # Not above the header, where this test looks for it.
            sheet.insert_rows(data.draw(st.integers(2, 5)))
        elif what == "sort":
            rows = data.draw(st.permutations([[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]))
            for at, values in enumerate(rows, 2):
                write(sheet, at, dict(zip(columns(sheet), values, strict=True)))
        elif what == "delete" and found:
            key = data.draw(st.sampled_from(sorted(found)))
            sheet.delete_rows(found[key])
            draft.edits = {spot: text for spot, text in draft.edits.items() if spot[:2] != (FINDINGS.sheet, key)}

    @rule(
        data=st.data(),
        handed_in=st.sampled_from([(0,), (1,), (0, 1)]),
        fetched=st.sampled_from([(), (0,), (1,), (0, 1), (0, 1)]),
        submitted=st.lists(st.tuples(st.integers(0, len(CELLS) - 1), st.sampled_from([None, 0, 0, 1])), max_size=2),
    )
    def night(
        self,
        data: st.DataObject,
        handed_in: tuple[int, ...],
        fetched: tuple[int, ...],
        submitted: list[tuple[int, int | None]],
    ) -> None:
        """People write and hand in, submissions change, all is made anew, and some fetch the new workbook."""
        for desk in handed_in:
            self._write(data, self.desks[desk])
            self._disturb(data, self.desks[desk])
            self._hand_in(self.desks[desk])
        for cell, value in submitted:
            self.faults = (*self.faults[:cell], value, *self.faults[cell + 1 :])
        self._run()
        for desk in fetched:
            self.desks[desk] = self._fetch()

    def _fetch(self) -> Draft:
        base = fields_of(sheets_of(self.published))
        return Draft(opened(self.published), self.known, keys_of(self.faults), base)

    def _hand_in(self, draft: Draft) -> None:
        copy = take_back(saved(draft.book), f"{len(self.copies)}.xlsx")
        if copy.sha256 not in {other.sha256 for other in self.read}:
            self.read.append(copy)
            self.copies.append(Copy(draft.known, draft.values, dict(draft.edits)))

    def _run(self) -> None:
        now = round_with(self.faults)
        ledger = merge_copies(self.read, now)
        assert ledger == merge_copies(reversed(self.read), now)
        self.published = publish(now, ledger)
        self.known = frozenset(range(len(self.copies)))
        again = take_back(self.published)
        assert (again.fault, again.decisions, again.remarks) == (None, (), ())
        assert not [copy.fault for copy in self.read if copy.fault]
        self._compare(sheets_of(self.published))
        self._compare_opinions(View(now, PROVINCE, ledger))

    def _compare_opinions(self, view: View) -> None:
        """What 评审意见 and 评审情况报告 say of findings and conclusions is what was written, and nothing else."""
        report = ReportFacts(view)
        assert dict(report.decided) == Counter(self._state(key) for key in keys_of(self.faults))
        for row in report.pilots:
            texts = self._texts((PILOTS.sheet, pilot_key(PROVINCE, row["pilot"]), "conclusion"))
            assert row["conclusion"] == (DISPUTED if len(texts) > 1 else "".join(texts))
        facts = OpinionFacts(view)
        for row in pilot_statuses(view):
            opinion = facts.opinion(row)
            keys = [key for key in keys_of(self.faults) if cell_of(self.faults)[key][0] == row["pilot"]]
            states = [self._state(key) for key in keys]
            assert sorted(one.state.title for one in opinion.problems) == sorted(
                state for state in states if state not in {"说明可接受", "误报"}
            )
            assert sum(n for _, n in opinion.dismissed) == len(states) - len(opinion.problems)
            first_open = next((at for at, one in enumerate(opinion.problems) if not one.decided), len(opinion.problems))
            assert not [one for one in opinion.problems[first_open:] if one.decided]
            texts = self._texts((PILOTS.sheet, pilot_key(PROVINCE, row["pilot"]), "conclusion"))
            choice = "".join(conclusion_lines(opinion, "plan")).replace("■不通过", "")
            assert {text for text in OFFERED["plan"] if f"■{text}" in choice} == (texts if len(texts) == 1 else set())
            said = self._texts((PILOTS.sheet, pilot_key(PROVINCE, row["pilot"]), "opinion"))
            assert all(text in choice for text in said)

    def _next(self) -> int:
        self.counter += 1
        return self.counter

    def _type(self, draft: Draft, form: Form, name: str, data: st.DataObject, text: str) -> None:
        sheet = draft.book[form.sheet]
        found = _rows(sheet, form)
        if not found:
            return
        # Mostly about the same finding: what is written once needs no merging.
        key = data.draw(st.sampled_from([*sorted(found), *[min(found)] * 2]))
        spot = (form.sheet, key, name)
        write(sheet, found[key], {form.fields[name]: text or None})
        draft.edits.pop(spot, None)
        text = text.strip()
        blank = OPEN if name == "status" else ""
        shown = OPEN if draft.base[spot] == NOTHING_TO_DO else draft.base[spot]
        if (text or blank) != (shown or blank):
            draft.edits[spot] = text or blank

    def _standing(self, spot: Spot) -> list[int]:
        """Copies that wrote here and that no copy which knew them wrote over."""
        writers = [number for number, copy in enumerate(self.copies) if spot in copy.edits]
        return [one for one in writers if not any(one in self.copies[other].known for other in writers)]

    def _texts(self, spot: Spot) -> set[str]:
        return {self.copies[number].edits[spot] for number in self._standing(spot)} - {""}

    def _compare(self, sheets: dict[str, Grid]) -> None:
        shown = fields_of(sheets)
        gone, trail = (list(sheets.get(name, {}).values()) for name in ("已销号问题", "审核留痕"))
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


@pytest.mark.slow
def test_any_sequence_of_edits_and_runs_keeps_what_reviewers_wrote(tries: int | None) -> None:
    run_state_machine_as_test(
        Reviewing,
        settings=settings(
            max_examples=tries or 3,
            stateful_step_count=8,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_both_pilots_can_be_written_about() -> None:
    found = _rows(opened(publish(round_with((0, 0, 0))))[PILOTS.sheet], PILOTS)
    assert set(found) == {pilot_key(PROVINCE, CITY), pilot_key(PROVINCE, PARK)}
    assert len(keys_of((0, 0, 0))) == len(CELLS)
