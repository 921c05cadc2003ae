"""Rounds with one broken thing, or with many in the workbooks of many cities, and what each brings about."""

from dataclasses import replace
from functools import cache

import polars as pl

from tests.sample import clean_submission
from tests.sample.layouts import official
from tests.support.clean_round import CITY, CONTRACTS, FILE, PROVINCE, Files, brought_about, good_round, review
from tests.support.round_edits import decided
from tests.support.rule_cases import CASES, Case
from transforms.pipeline import Review

OWN_ROUND = {"FILE-MACRO", "RELATION-INDUSTRY"}  # needs the file of 大连, or its peers as they are
# What only the figures of 大连 can show: in rounds where eight cities have them.
OWN_FIGURES = {
    "VALUE-DRAGGED", "VALUE-FRACTION", "DIRECTION-INCREMENT", "DIRECTION-BASE", "DIRECTION-LATER",
    "TARGET-FLAT", "PACE-FAST", "PACE-SLOW", "RELATION-CARBON", "RELATION-CARBON-HIGH",
    "RELATION-PACE", "RELATION-TREND", "RELATION-FLEET", "PEER-CHANGE", "PEER-LEVEL", "COLUMN-SHIFTED",
    "COLUMN-SWAPPED", "ROW-SWAPPED", "COPY-YEARS", "COPY-ROUND", "COPY-FORMULA", "UNIT-SIZE", "VALUE-EXTREME",
    "VALUE-IMPLAUSIBLE",
}  # fmt: skip


def may_share_a_round(case: Case) -> bool:
    """Whether a case is one finding in the workbook of 大连 and needs nothing else of the round."""
    needs_more = case.also or case.decided or case.without_roster or case.rule in OWN_ROUND
    return case.count == 1 and case.pilot == CITY and not needs_more


@cache
def shared_rounds() -> dict[Case, tuple[str, frozenset[str], Review]]:
    """Cases that share a round, each in the workbook of another city: that city, the usual findings, and the review."""
    cities = [pilot.name for _, pilot in CONTRACTS.round.roster if pilot.kind == "city"]
    alike = [case for case in CASES if may_share_a_round(case) and touches_one_file(case)]
    own = [case for case in alike if case.rule in OWN_FIGURES]
    found: dict[Case, tuple[str, frozenset[str], Review]] = {}
    for cases, whole, hosts in (
        ([case for case in alike if case not in own], good_round(), cities),
        (own, with_figures_of_dalian(tuple(cities[:8])), cities[:8]),
    ):
        known = frozenset(review(whole).findings["finding_key"])
        for at in range(0, len(cases), len(hosts)):
            placed = dict(zip(hosts, cases[at : at + len(hosts)], strict=False))
            places = {city: f"submissions/{city}.xlsx" for city in placed}
            edited = {places[city]: case.change({FILE: whole[places[city]]})[FILE] for city, case in placed.items()}
            now = review(whole | edited)
            # Of other cities nothing is new; only how far they are from their peers may be.
            elsewhere = brought_about(now.findings.filter(~pl.col("pilot").is_in(list(placed))), "", known)
            assert set(elsewhere["rule"]) <= {"PEER-LEVEL"}, elsewhere.select(
                "rule", "pilot", "indicator", "year", "message"
            ).to_dicts()
            found |= {case: (city, known, now) for city, case in placed.items()}
    return found


@cache
def with_figures_of_dalian(cities: tuple[str, ...]) -> Files:
    """The clean round in which these cities have the figures of 大连."""
    dalian = clean_submission(PROVINCE, CITY)
    places = {pilot.name: province for province, pilot in CONTRACTS.round.roster}
    copies = {
        f"submissions/{city}.xlsx": official(replace(dalian, province=places[city], pilot=city)) for city in cities
    }
    return good_round() | copies


def touches_one_file(case: Case) -> bool:
    try:
        return set(case.change({FILE: good_round()[FILE]})) == {FILE}
    except KeyError:
        return False


def judged(case: Case) -> tuple[str | None, pl.DataFrame, Review]:
    """The pilot in whose workbook a thing is broken, what it brought about there, and the review."""
    if case in shared_rounds():
        pilot, known, now = shared_rounds()[case]
        return pilot, brought_about(now.findings.filter(pl.col("pilot") == pilot), case.rule, known), now
    now = broken(case)
    return case.pilot, brought_about(now.findings, case.rule), now


@cache
def broken(case: Case) -> Review:
    decisions = [decided(case.decided())] if case.decided else []
    return review(case.change(good_round()), *decisions, without_roster=case.without_roster)
