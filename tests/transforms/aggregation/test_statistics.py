"""Statistics and medians of peers against figures computed by hand: plain Python over the observations."""

from collections.abc import Iterable
from math import fsum
from statistics import median

import pytest

from tests.sample import change, clean_submission
from tests.sample.__main__ import ARRIVALS
from tests.support.sample_round import content_of
from tests.support.sample_round import whole_round as sample_round
from tests.support.small_rounds import YEARS, Key, as_is, reviewed, round_of, statistics_of
from transforms.aggregation.statistics import peer_medians
from transforms.judging.time_series import ENOUGH_PEERS
from transforms.pipeline import Review

pytestmark = pytest.mark.thorough

ADDITIVE = {"C10": "个", "C11": "千瓦", "C17": "辆", "C25": "公顷", "P11": "辆"}


def usable_values(review: Review, by: Iterable[str]) -> dict[Key, list[float]]:
    values: dict[Key, list[float]] = {}
    for row in review.observations.iter_rows(named=True):
        if row["usable"]:
            key = tuple(row[name] for name in (*by, "kind", "indicator", "year", "unit"))
            values.setdefault(key, []).append(row["value"])
    return values


@pytest.mark.parametrize("by", [[], ["province"]], ids=["nation", "provinces"])
def test_statistics_agree_with_plain_python(by: list[str]) -> None:
    values = usable_values(sample_round(), by)
    found = statistics_of(sample_round(), by)
    assert found.keys() == values.keys()
    for key, row in found.items():
        numbers = values[key]
        assert row["n"] == len(numbers)
        assert (row["minimum"], row["maximum"]) == (min(numbers), max(numbers))
        assert row["median"] == pytest.approx(median(numbers), rel=1e-12)
        if row["total"] is not None:
            assert row["total"] == pytest.approx(fsum(numbers), rel=1e-12)


def test_only_quantities_have_a_total() -> None:
    for (_, code, _, unit), row in statistics_of(sample_round(), []).items():
        assert (row["total"] is not None) == (ADDITIVE.get(code) == unit), (code, unit)


def test_two_units_of_one_indicator_are_never_mixed() -> None:
    found = statistics_of(sample_round(), [])
    vehicles, share = found["park", "P11", 2022, "辆"], found["park", "P11", 2022, "%"]
    assert vehicles["n"] + share["n"] == 10
    assert vehicles["total"] is not None
    assert share["total"] is None
    assert share["maximum"] <= 100


def test_a_province_sums_what_its_pilots_gave() -> None:
    """沈阳 and 大连 in the sample figures, in their printed units."""
    pilots = [clean_submission("辽宁省", name) for name in ("沈阳市", "大连市")]
    found = statistics_of(round_of(("辽宁省", "沈阳市", as_is), ("辽宁省", "大连市", as_is)), ["province"])
    for code, unit in ADDITIVE.items():
        if code.startswith("C"):
            for at, year in enumerate(YEARS):
                row = found["辽宁省", "city", code, year, unit]
                assert (row["n"], row["total"]) == (2, sum(pilot.row(code).values[at] for pilot in pilots))


def test_other_units_enter_a_sum_converted() -> None:
    edits = (as_is, lambda sample: change(sample, "C11", unit="万千瓦", values=(100, 200.5, 300)))
    sent = [("辽宁省", pilot, edit) for pilot, edit in zip(("沈阳市", "大连市"), edits, strict=True)]
    found = statistics_of(round_of(*sent), [])
    own = clean_submission("辽宁省", "沈阳市").row("C11").values
    totals = [found["city", "C11", year, "千瓦"]["total"] for year in YEARS]
    assert totals == [own[0] + 1_000_000, own[1] + 2_005_000, own[2] + 3_000_000]


def test_the_order_of_arrival_changes_no_sum() -> None:
    """Sums of floats depend on their order; ours must not."""
    contents = {arrival.path: content_of(arrival) for arrival in ARRIVALS[:12]}
    turned = {f"{99 - number}/{path}": content for number, (path, content) in enumerate(contents.items())}
    assert statistics_of(reviewed(contents), []) == statistics_of(reviewed(turned), [])


def test_a_median_of_peers_needs_8() -> None:
    assert ENOUGH_PEERS == 8
    values = usable_values(sample_round(), [])
    rows = peer_medians(sample_round().judged).to_dicts()
    assert {row["n"] >= 8 for row in rows} == {True, False}
    for row in rows:
        numbers = values[row["kind"], row["indicator"], row["year"], row["unit"]]
        assert row["n"] == len(numbers)
        assert row["median"] == (pytest.approx(median(numbers), rel=1e-12) if len(numbers) >= 8 else None)


@pytest.mark.parametrize(("n", "shown"), [(7, False), (8, True)])
def test_7_are_too_few_and_8_are_enough(n: int, shown: bool) -> None:
    cities = [arrival for arrival in ARRIVALS if KIND_OF[arrival.pilot] == "city"][:n]
    review = round_of(*((arrival.province, arrival.pilot, as_is) for arrival in cities))
    rows = peer_medians(review.judged).to_dicts()
    assert {row["n"] for row in rows} == {n}
    assert {row["median"] is not None for row in rows} == {shown}


KIND_OF = {arrival.pilot: clean_submission(arrival.province, arrival.pilot).kind for arrival in ARRIVALS}
