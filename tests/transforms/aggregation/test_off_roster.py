"""A pilot that is not on the roster (名单外) is shown and checked, but enters no aggregate, comparison or letter."""

import io
from dataclasses import replace
from functools import cache

import polars as pl
import pytest
from openpyxl import load_workbook

from tests.judgement.feed import read
from tests.sample import CONTRACTS, Submission, clean_submission, put
from tests.sample.__main__ import ARRIVALS
from transforms.aggregation.statistics import peer_medians, summarise_indicators
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

pytestmark = pytest.mark.thorough

OFF = "温州市"
EVERYONE = [clean_submission(one.province, one.pilot) for one in ARRIVALS if one.pilot != OFF]


def stranger() -> Submission:
    """Return a faulty submission of a city that is not on the roster."""
    one = replace(clean_submission("浙江省", "杭州市"), pilot=OFF)
    return put(one, "C01", 2022, "")


@cache
def reviewed(*, with_stranger: bool, roster: bool = True) -> Review:
    contracts = CONTRACTS
    if not roster:
        bare = tuple(replace(one, pilots=()) for one in CONTRACTS.round.provinces)
        contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, provinces=bare))
    sent = [read(one, file=f"submissions/{one.pilot}.xlsx") for one in EVERYONE]
    if with_stranger:
        sent.append(read(stranger(), file=f"submissions/{OFF}.xlsx"))
    return review_round(sent, contracts, Provenance("0", "0"))


def test_it_enters_no_figure() -> None:
    without, beside = reviewed(with_stranger=False), reviewed(with_stranger=True)
    assert beside.judged.batch.files.filter(pl.col("pilot") == OFF).height == 1
    assert peer_medians(beside.judged).equals(peer_medians(without.judged))
    for by in ([], ["province"]):
        assert summarise_indicators(beside.judged, by).equals(summarise_indicators(without.judged, by))
    counts = ["province", "quota", "accepted", "cities", "parks", "quota_status"]
    assert beside.provinces.select(counts).equals(without.provinces.select(counts))
    assert not beside.observations.filter("usable")["pilot"].is_in([OFF]).any()


def test_it_changes_no_finding_of_another_pilot_and_is_compared_with_none() -> None:
    without, beside = reviewed(with_stranger=False), reviewed(with_stranger=True)
    own = pl.col("pilot").is_null() | (pl.col("pilot") != OFF)
    assert beside.findings.filter(own).equals(without.findings.filter(own))
    about = set(beside.findings.filter(pl.col("pilot") == OFF)["rule"])
    assert {"ROSTER-UNKNOWN", "COMPLETE-BASE"} <= about
    assert not [rule for rule in about if rule.startswith("PEER")]


def test_it_is_shown_as_off_the_roster_and_gets_no_letter() -> None:
    view = View(reviewed(with_stranger=True), "浙江省")
    assert view.files.filter(pl.col("pilot") == OFF)["state"].to_list() == ["名单外"]
    assert not [name for name in render_notices(view) if OFF in name]
    book = load_workbook(io.BytesIO(render_review_workbook(view)))
    cover = [str(value) for row in book["封面"].iter_rows(values_only=True) for value in row]
    assert any("名单内有效2/2" in text and "名单外1" in text for text in cover)


def test_without_a_roster_everybody_counts() -> None:
    review = reviewed(with_stranger=True, roster=False)
    assert review.provinces.filter(pl.col("province") == "浙江省")["accepted"].item() == 3
    assert review.observations.filter("usable")["pilot"].is_in([OFF]).any()


@pytest.mark.parametrize("quota", [2, 3])
def test_every_pilot_of_the_roster_that_sent_nothing_is_named_whatever_strangers_send(quota: int) -> None:
    """Also where the roster names fewer pilots than the province has places."""
    provinces = tuple(
        replace(one, quota=quota) if one.name == "浙江省" else replace(one, quota=len(one.pilots))
        for one in CONTRACTS.round.provinces
    )
    total = sum(one.quota for one in provinces)
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, provinces=provinces, quota_total=total))
    sent = [read(one, file=f"submissions/{one.pilot}.xlsx") for one in (EVERYONE[0], stranger())]
    found = review_round(sent, contracts, Provenance("0", "0")).findings.filter(pl.col("rule") == "QUOTA-UNDER")
    said = dict(found.select("province", "message").iter_rows())
    missing = [(province, pilot.name) for province, pilot in contracts.round.roster if pilot.name != EVERYONE[0].pilot]
    assert [one for one in missing if one[1] not in said[one[0]]] == []
    assert OFF not in said["浙江省"]
