"""Figures of a 评审情况报告: totals, one row for each pilot, shared problems, and what is asked of whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from contracts.review_form import NOTHING_TO_DO, OPEN, STATES
from contracts.rules import SEVERITIES, SEVERITY_TITLES
from transforms.decisions.ledger import PilotDecision
from transforms.reports.rows.pilot_status import (
    NO_PLAN_SENT,
    NOT_SENT,
    OFF_ROSTER,
    count_findings,
    open_findings,
    pilot_statuses,
    province_statuses,
)
from transforms.reports.sheet_parts.tables import Row
from transforms.reports.view import View

SERIOUS = SEVERITIES[:3]
_MOST = 8  # shared problems


@dataclass(frozen=True)
class SharedProblem:
    """A rule with open findings: how many, at how many pilots, and the names of these."""

    title: str
    severity: str
    count: int
    pilots: tuple[str, ...]


@dataclass(frozen=True)
class ReportFacts:
    """The figures of a province, or of the round; each from the function that all other sheets use."""

    view: View

    @cached_property
    def provinces(self) -> list[Row]:
        """Return the rows of `province_statuses`."""
        return province_statuses(self.view)

    @cached_property
    def pilots(self) -> list[Row]:
        """Return the rows of `pilot_statuses` of known pilots, with their `conclusion`, empty where none is written."""
        rows = [row for row in pilot_statuses(self.view) if row["pilot"] and row["province"]]
        return [row | {"conclusion": self._conclusion(row)} for row in rows]

    def _conclusion(self, row: Row) -> str:
        decision = self.view.ledger.pilot_decisions.get((row["province"], row["pilot"]), PilotDecision())
        return decision.texts.get("conclusion", "")

    def total(self, name: str) -> int:
        """Return the sum of a column of the provinces."""
        return sum(row[name] or 0 for row in self.provinces)

    @cached_property
    def expected(self) -> list[Row]:
        """Return the pilots on the roster; where the round has none, those that submitted something."""
        return [row for row in self.pilots if row["listed"]] or self.pilots

    @property
    def missing(self) -> list[Row]:
        """Return the pilots that sent nothing."""
        return [row for row in self.pilots if row["state"] == NOT_SENT]

    @property
    def rejected(self) -> list[Row]:
        """Return the pilots whose submission is not accepted, with the state that says why."""
        return [row for row in self.pilots if not row["good"] and row["state"] != NOT_SENT]

    @property
    def plans(self) -> int:
        """Return the number of expected pilots that sent a plan."""
        return sum(row["plan"] != NO_PLAN_SENT for row in self.expected)

    @cached_property
    def values(self) -> tuple[int, int]:
        """Return the number of usable and of wanted values of the accepted pilots."""
        accepted = [row for row in self.pilots if row["good"]]
        return sum(row["usable"] or 0 for row in accepted), sum(row["wanted"] or 0 for row in accepted)

    @cached_property
    def found(self) -> dict[str, int]:
        """Return the number of all findings by severity."""
        return count_findings(self.view.findings).get((), dict.fromkeys(SEVERITIES, 0))

    @cached_property
    def decided(self) -> list[tuple[str, int]]:
        """Return how many serious findings are in each state, named as on 问题清单."""
        serious = self.view.findings.filter(pl.col("severity").is_in(SERIOUS))
        states = [self.view.entry(key).state for key in serious["finding_key"]]
        return [(state.title, states.count(state)) for state in STATES if state in states]

    @cached_property
    def waiting(self) -> int:
        """Return the number of serious findings without a decision."""
        return dict(self.decided).get(OPEN.title, 0)

    @cached_property
    def shared(self) -> list[SharedProblem]:
        """Return the rules with most pilots among the open serious findings, most severe first where equal."""
        found = open_findings(self.view).filter(pl.col("severity").is_in(SERIOUS), pl.col("pilot").is_not_null())
        found = found.sort(self.view.roster_order(), maintain_order=True)
        titles = {(row["province"], row["pilot"]): row["title"] for row in self.pilots}
        groups: dict[tuple[str, str], list[str]] = {}
        for rule, severity, province, pilot in found.select("rule", "severity", "province", "pilot").iter_rows():
            groups.setdefault((rule, severity), []).append(titles.get((province, pilot), pilot))
        problems = [
            SharedProblem(self.view.contracts.rules[rule].title, severity, len(names), tuple(dict.fromkeys(names)))
            for (rule, severity), names in groups.items()
        ]
        order = list(SEVERITY_TITLES)
        problems.sort(key=lambda one: (-len(one.pilots), -one.count, order.index(one.severity), one.title))
        return problems[:_MOST]

    def asked(self) -> Iterator[tuple[Row, int, int]]:
        """Yield each pilot, or for the nation each province, with the findings to correct and to correct or explain."""
        rows = self.provinces if self.view.province is None else self.pilots
        for row in rows:
            if row.get("state") != OFF_ROSTER and any(row[name] for name in SERIOUS):
                yield row, row["blocker"] + row["error"], row["warning"]


def shown(conclusion: str) -> str:
    """Return a conclusion as written, or a dash."""
    return conclusion or NOTHING_TO_DO
