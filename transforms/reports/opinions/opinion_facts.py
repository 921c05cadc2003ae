"""What a 评审意见 says about a pilot: facts, key indicators, problems, advice, and what a reviewer wrote."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import polars as pl

from contracts.indicators import Indicator
from contracts.review_form import ACCEPTED, EXPLAINED, FALSE_ALARM, OPEN, REQUESTED, State
from contracts.rules import SEVERITY_TITLES
from transforms.aggregation.statistics import unused_reason
from transforms.decisions.ledger import PilotDecision
from transforms.reports.notices.finding_places import FindingPlaces
from transforms.reports.opinions.progress_table import missed_targets, progress_header, progress_rows, progress_tally
from transforms.reports.rows.pilot_status import counts_in_words
from transforms.reports.rows.plan_rows import PlanTally, plan_tallies
from transforms.reports.rows.quantities import quantity_text, yearly_change
from transforms.reports.sheet_parts.comments import national_target
from transforms.reports.view import KIND_TITLES, View
from transforms.safe_text import single_line

MOST_INDICATORS = 8
SERIOUS = ("blocker", "error", "warning")
# What a person decided comes first: the state is final, or asks for a correction.
_DECIDED = (REQUESTED, EXPLAINED)
_LONG, _SHORT = 400, 60
_QUOTED = re.compile("“[^”]+”")  # the first in a message about a plan is what it is about
Row = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """A finding that is not dismissed: severity and state in Chinese, message, advice, and what a reviewer wrote."""

    severity: str
    state: State
    subject: str
    message: str
    advice: str
    opinion: str

    @property
    def decided(self) -> bool:
        """Whether a reviewer has decided about it."""
        return self.state in _DECIDED


@dataclass(frozen=True)
class Opinion:
    """Everything on the page of one pilot, as text.

    Attributes:
        facts: name and text.
        header: of `indicators`, which have one text for each column.
        missed: due targets that are not met and not among `indicators`.
        problems: the decided ones first, each group by severity and materiality.
        dismissed: number of findings by the state that dismissed them.
        edited: number of earlier pages of this pilot that a person edited, which are archived.
    """

    province: str
    pilot: str
    title: str
    facts: tuple[tuple[str, str], ...]
    header: tuple[str, ...]
    indicators: tuple[tuple[str, ...], ...]
    missed: tuple[str, ...]
    problems: tuple[Problem, ...]
    dismissed: tuple[tuple[str, int], ...]
    decision: PilotDecision
    edited: int

    @property
    def advice(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each advice about problems that are not explained, with the subjects that it is for."""
        subjects: dict[str, list[str]] = {}
        for problem in self.problems:
            if problem.state is not EXPLAINED:
                subjects.setdefault(problem.advice, []).append(problem.subject)
        for advice, of in subjects.items():
            yield advice, tuple(dict.fromkeys(subject for subject in of if subject))


def key_indicators(indicators: Sequence[Indicator]) -> list[Indicator]:
    """Return the indicators of a table that a page has room for: the key ones, then by importance; in its order."""
    ranked = sorted(indicators, key=lambda one: (not one.key, -one.central, one.number))
    return sorted(ranked[:MOST_INDICATORS], key=lambda one: one.number)


@dataclass(frozen=True)
class OpinionFacts:
    """The view of a province, with what all pilots need computed once."""

    view: View

    def opinion(self, row: Row) -> Opinion:
        """Return the opinion of a pilot, given its row of `pilot_statuses`."""
        view, years = self.view, self.view.contracts.round.years
        last = years[-1]
        found = view.ranked.filter(pl.col("pilot") == row["pilot"])
        entries = [view.entry(key).state for key in found["finding_key"]]
        settled = [(state.title, entries.count(state)) for state in (FALSE_ALARM, ACCEPTED)]
        spans = [f"{before}—{after}\n年均变化" for before, after in pairwise(years)]
        return Opinion(
            province=row["province"],
            pilot=row["pilot"],
            title=single_line(row["title"], _SHORT),
            facts=tuple((name, single_line(text, _LONG)) for name, text in self._facts(row, settled)),
            header=progress_header(view)
            if self._assesses
            else ("指标（单位）", *(f"{year}年" for year in years), *spans, "全国目标", f"{last}年同类中位数", "n"),
            indicators=tuple(self._indicators(row)),
            missed=tuple(self._missed(row)),
            problems=tuple(self._problems(found)),
            dismissed=tuple((title, n) for title, n in settled if n),
            decision=view.ledger.pilot_decisions.get((row["province"], row["pilot"]), PilotDecision()),
            edited=sum(one.file.endswith(f"-{row['pilot']}评审意见.docx") for one in view.ledger.documents),
        )

    def _missed(self, row: Row) -> Iterator[str]:
        table = self.view.contracts.tables.get(row["kind"] or "")
        if self._assesses and table:
            yield from missed_targets(self.view, row["province"], row["pilot"], key_indicators(table.indicators))

    def _facts(self, row: Row, settled: Sequence[tuple[str, int]]) -> Iterator[tuple[str, str]]:
        round_ = self.view.contracts.round
        table = self.view.contracts.tables.get(row["kind"] or "")
        yield "试点", row["title"]
        yield "省份", row["province"]
        count = f"（{table.sheet}，{len(table.indicators)}项指标）" if table else ""
        yield "类型", f"{KIND_TITLES.get(row['kind'] or '', '不明')}{count}"
        yield "报送状态", row["state"]
        reported = f"，实际{'、'.join(map(str, round_.reported_years))}年" if self._assesses else ""
        yield "年份", f"基期{round_.base_year}年{reported}，目标{'、'.join(map(str, round_.target_years))}年"
        version = "，".join(filter(None, (row["version"] and f"版本{row['version']}", row["filled_on"])))
        yield "报送版本", version or ("未注明" if row["file"] else "—")
        missing = f"（{row['unused']}）" if row["unused"] else ""
        yield "可用数值", "—" if row["usable"] is None else f"{row['usable']}/{row['wanted']}{missing}"
        due = progress_tally(self.view, row["province"], row["pilot"]) if self._assesses else None
        yield ("实施方案", self._plan(row)) if due is None else ("到期目标", due)
        yield "问题", counts_in_words(row)
        yield "已作处理", "、".join(f"{title}{n}" for title, n in settled if n) or "—"

    def _plan(self, row: Row) -> str:
        tally = self._tallies.get((row["province"], row["pilot"]))
        if tally is None:
            return str(row["plan"])
        said = [f"{len(tally.parts)}部分，有{tally.count('present', 'elsewhere')}"]
        said += [f"{name}{n}" for name, n in (("不充实", tally.count("thin")), ("缺少", tally.count("absent"))) if n]
        said += [f"照搬{n}" for n in (tally.count("copied"),) if n]
        said += [f"与指标表矛盾{n}处" for n in (tally.contradictions,) if n]
        return f"{row['plan']}（{'，'.join(said)}）"

    @property
    def _assesses(self) -> bool:
        """Whether due targets are assessed, so that the page is a 中期评估意见."""
        return self.view.contracts.round.kind == "progress"

    @cached_property
    def _tallies(self) -> dict[tuple[str, str], PlanTally]:
        return {(one.province, one.pilot): one for one in plan_tallies(self.view)}

    @cached_property
    def _cells(self) -> dict[tuple[str, str, int], Row]:
        """Observations of the submissions that count, by pilot, indicator and year, with why they are not used."""
        rows = self.view.observations.with_columns(reason=unused_reason())
        return {(row["pilot"], row["indicator"], row["year"]): row for row in rows.iter_rows(named=True)}

    def _indicators(self, row: Row) -> Iterator[tuple[str, ...]]:
        contracts, years = self.view.contracts, self.view.contracts.round.years
        table = contracts.tables.get(row["kind"] or "")
        if not table or not any(pilot == row["pilot"] for pilot, *_ in self._cells):
            return
        if self._assesses:
            yield from progress_rows(self.view, row["province"], row["pilot"], key_indicators(table.indicators))
            return
        for indicator in key_indicators(table.indicators):
            cells = [self._cells.get((row["pilot"], indicator.code, year)) for year in years]
            unit = next((cell["unit"] for cell in cells if cell and cell["usable"]), indicator.unit)
            changes = [
                ((yearly_change(contracts, before, after) if before and after else None) or "—").replace("个", "")
                for before, after in pairwise(cells)
            ]
            yield (
                f"{indicator.name}（{unit}）",
                *(self._value(cell, None if row["good"] else row["state"]) for cell in cells),
                *changes,
                self._nation(indicator.code),
                *self._median(indicator.code, years[-1], unit),
            )

    def _value(self, cell: Row | None, unaccepted: str | None) -> str:
        """Return a value, or why it is not used: the state of a pilot that is not accepted goes before its doubts."""
        if cell is None:
            return "未填报"
        if not cell["usable"]:
            return unaccepted if unaccepted and cell["value"] is not None else str(cell["reason"])
        return quantity_text(self.view.contracts, cell["indicator"], cell["unit"], cell["value"])

    def _nation(self, code: str) -> str:
        """Return the national targets of the last year that has some, with the year unless it is the round's last."""
        years = self.view.contracts.round.target_years
        for year in reversed(years):
            if found := self.view.contracts.benchmarks_of(code, year):
                return "、".join(map(national_target, found)) + (f"\n（{year}年）" if year != years[-1] else "")
        return "—"

    def _median(self, code: str, year: int, unit: str) -> tuple[str, str]:
        median, n = self.view.peers.get((code, year, unit), (None, 0))
        return ("—", "—") if median is None else (quantity_text(self.view.contracts, code, unit, median), str(n))

    @cached_property
    def _places(self) -> FindingPlaces:
        return FindingPlaces(self.view)

    def _problems(self, found: pl.DataFrame) -> Iterator[Problem]:
        """Yield serious findings, and others about which a reviewer decided, without the dismissed ones."""
        rules = self.view.contracts.rules
        kept = []
        for row in found.iter_rows(named=True):
            entry = self.view.entry(row["finding_key"])
            if entry.state.dismisses or (row["severity"] not in SERIOUS and entry.state is OPEN):
                continue
            name = single_line(self.view.indicator_name(row) or "", _SHORT)
            year = f"{row['year']}年" if row["year"] else ""
            message = self._places.without_folders(self._places.without_numbers(row["file"], row["message"]))
            about = _QUOTED.search(message) if rules[row["rule"]].family == "plan" else None
            kept.append(
                Problem(
                    SEVERITY_TITLES[row["severity"]],
                    entry.state,
                    name + year or (single_line(about[0], _SHORT) if about else ""),
                    single_line(message, _LONG),
                    single_line(row["advice"], _LONG),
                    single_line(entry.texts.get("opinion", ""), _LONG),
                )
            )
        yield from sorted(kept, key=lambda problem: not problem.decided)
