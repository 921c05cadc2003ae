"""Counts and statistics against figures computed by hand: plain Python over the observations, and over the sample."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from math import fsum
from statistics import median
from typing import Any

import pytest

from tests.sample import CONTRACTS, Submission, change, clean_submission, layouts, put, repeat
from tests.sample.__main__ import ARRIVALS
from tests.support.sample_round import content_of
from tests.support.sample_round import whole_round as sample_round
from transforms.aggregation.statistics import ENOUGH_PEERS, keep_sums, left_out, peer_medians, summarise_indicators
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round

NOBODY_ASKED = "温州市"  # not on the roster
YEARS = CONTRACTS.round.years
ADDITIVE = {"C10": "个", "C11": "千瓦", "C17": "辆", "C25": "公顷", "P11": "辆"}
COUNTABLE = {"exact", "at_least", "at_most", "about", "relative"}

Key = tuple[Any, ...]
Edit = Callable[[Submission], Submission]


def reviewed(contents: dict[str, bytes]) -> Review:
    read = (read_submission(content, f"submissions/{file}", CONTRACTS) for file, content in contents.items())
    return review_round(read, CONTRACTS, Provenance("0", "0"))


def round_of(*sent: tuple[str, str, Edit]) -> Review:
    """A round of clean submissions (province, pilot) with one edit each, in a layout with a cover."""
    contents = {
        f"{number}.xlsx": layouts.with_sources(edit(clean_submission(province, pilot)))
        for number, (province, pilot, edit) in enumerate(sent)
    }
    return reviewed(contents)


def as_is(sample: Submission) -> Submission:
    return sample


def usable_values(review: Review, by: Iterable[str]) -> dict[Key, list[float]]:
    values: dict[Key, list[float]] = {}
    for row in review.observations.iter_rows(named=True):
        if row["usable"]:
            key = tuple(row[name] for name in (*by, "kind", "indicator", "year", "unit"))
            values.setdefault(key, []).append(row["value"])
    return values


def statistics_of(review: Review, by: list[str]) -> dict[Key, dict[str, Any]]:
    rows = keep_sums(summarise_indicators(review.judged, by), CONTRACTS).to_dicts()
    return {tuple(row[name] for name in (*by, "kind", "indicator", "year", "unit")): row for row in rows}


def excluded(review: Review, by: list[str]) -> dict[Key, str]:
    keys = (*by, "kind", "indicator", "year")
    rows = left_out(review.judged, by, CONTRACTS).to_dicts()
    return {tuple(row[name] for name in keys): row["left_out"] for row in rows}


def province(review: Review, name: str) -> dict[str, Any]:
    (row,) = (row for row in review.provinces.to_dicts() if row["province"] == name)
    return row


# ---- statistics ------------------------------------------------------------------------------------------------------


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


# ---- who is in -------------------------------------------------------------------------------------------------------


def test_a_usable_value_is_a_number_without_a_doubt() -> None:
    at = {rule.id: rule.at for rule in CONTRACTS.rules.values() if rule.excludes}
    findings = sample_round().findings.to_dicts()
    cells = {(f["file"], f["indicator"], f["year"]) for f in findings if at.get(f["rule"]) == "value"}
    whole = {(f["file"], f["indicator"]) for f in findings if at.get(f["rule"]) in {"label", "unit"}}
    assert cells
    assert whole
    for row in sample_round().observations.iter_rows(named=True):
        is_number = row["value"] is not None and row["qualifier"] in COUNTABLE
        named = (row["file"], row["indicator"]) in whole or (row["file"], row["indicator"], row["year"]) in cells
        # Unit slips of a whole row are told once, at its first year, and keep the whole row out.
        named |= (row["pilot"], row["indicator"]) == ("湖州市", "C11")
        named |= row["indicator"].startswith("X-") or row["pilot"] == NOBODY_ASKED
        assert row["usable"] == (is_number and not named), row


UNUSABLE: tuple[tuple[Edit, str], ...] = (
    (lambda s: put(s, "C07", 2022, "持续下降"), "以文字表述"),
    (lambda s: put(s, "C07", 2022, "较2020年下降14.5%"), "以文字表述"),
    (lambda s: put(s, "C07", 2022, "10%～15%"), "区间值"),
    (lambda s: put(s, "C07", 2022, None), "未填报"),
    (lambda s: put(s, "C07", 2022, "—"), "未填报"),
    (lambda s: put(s, "C07", 2022, "见附件"), "无法识别"),
    (lambda s: put(s, "C07", 2022, "#DIV/0!"), "无法识别"),
    (lambda s: put(s, "C07", 2022, 105), "数值存疑"),
    (lambda s: put(s, "C07", 2022, 0.253), "数值存疑"),
    (lambda s: change(s, "C07", unit="吨"), "无法识别"),
    (lambda s: repeat(s, "C07", (1, 2, 3)), "数值存疑"),
)


@pytest.mark.thorough
@pytest.mark.parametrize(("edit", "reason"), UNUSABLE, ids=range(len(UNUSABLE)))
def test_an_unusable_value_stays_out_and_is_named(edit: Edit, reason: str) -> None:
    review = round_of(("辽宁省", "沈阳市", edit), ("辽宁省", "大连市", as_is))
    own = clean_submission("辽宁省", "大连市").row("C07").values[0]
    for by, lead in (([], ()), (["province"], ("辽宁省",))):
        row = statistics_of(review, by)[(*lead, "city", "C07", 2022, "%")]
        assert (row["n"], row["minimum"], row["maximum"]) == (1, own, own)
        assert excluded(review, by)[(*lead, "city", "C07", 2022)] == f"沈阳市（{reason}）"


def test_who_is_in_is_not_named() -> None:
    assert excluded(round_of(("辽宁省", "沈阳市", as_is), ("辽宁省", "大连市", as_is)), []) == {}


def wrong_table() -> bytes:
    """沈阳市 fills in the table of parks."""
    park = clean_submission("江苏省", "苏州工业园区")
    return layouts.pasted_from_word(replace(park, pilot="沈阳市", province="辽宁省"))


def broken() -> bytes:
    return layouts.with_sources(clean_submission("辽宁省", "沈阳市"))[:5000]


def twice_the_same_version() -> dict[str, bytes]:
    sample = clean_submission("辽宁省", "沈阳市")
    return {
        "a/沈阳市.xlsx": layouts.with_sources(sample),
        "b/沈阳市.xlsx": layouts.with_sources(put(sample, "C01", 2022, 0.6)),
    }


BLOCKED: dict[str, Callable[[], dict[str, bytes]]] = {
    "TABLE-KIND": lambda: {"沈阳市.xlsx": wrong_table()},
    "FILE-UNREADABLE": lambda: {"沈阳市.xlsx": broken()},
    "SUBMISSION-CONFLICT": twice_the_same_version,
}


@cache
def blocked(rule: str) -> Review:
    """沈阳 blocked by a rule, beside 大连."""
    other = {"大连市.xlsx": layouts.with_sources(clean_submission("辽宁省", "大连市"))}
    return reviewed(BLOCKED[rule]() | other)


@pytest.mark.parametrize("rule", BLOCKED)
def test_a_blocked_pilot_stays_out(rule: str) -> None:
    review = blocked(rule)
    assert rule in set(review.findings["rule"])
    usable = review.observations.filter(review.observations["usable"])
    assert set(usable["pilot"]) == {"大连市"}
    row = province(review, "辽宁省")
    assert (row["submitted"], row["accepted"], row["cities"], row["parks"]) == (2, 1, 1, 0)
    assert row["quota_status"] == "under"


@pytest.mark.parametrize("rule", BLOCKED)
def test_a_blocked_pilot_is_named_where_it_is_left_out(rule: str) -> None:
    review = blocked(rule)
    named = excluded(review, ["province"])
    cities = [row.code for row in CONTRACTS.tables["city"].indicators]
    assert named == {("辽宁省", "city", code, year): "沈阳市（被阻断）" for code in cities for year in YEARS}


# ---- medians of peers ------------------------------------------------------------------------------------------------


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


# ---- provinces -------------------------------------------------------------------------------------------------------


def test_counts_agree_with_plain_python() -> None:
    review = sample_round()
    files = review.judged.batch.files.to_dicts()
    findings = review.findings.to_dicts()
    for row in review.provinces.to_dicts():
        own = [file for file in files if file["province"] == row["province"]]
        counted = [file["kind"] for file in own if file["standing"] == "counts" and file["listed"]]
        assert row["submitted"] == len({file["pilot"] for file in own})
        if own:
            assert (row["cities"], row["parks"]) == (counted.count("city"), counted.count("park"))
            assert row["accepted"] == len(counted)
        for severity in ("blocker", "error", "warning"):
            found = [f for f in findings if (f["province"], f["severity"]) == (row["province"], severity)]
            assert row[f"{severity}s"] == len(found)


def test_every_province_of_the_round_stands_in_the_order_of_the_annex() -> None:
    rows = sample_round().provinces
    assert rows["province"].to_list() == list(CONTRACTS.round.quotas)
    assert rows["quota"].to_list() == list(CONTRACTS.round.quotas.values())


def test_quota_statuses_of_the_sample() -> None:
    statuses = dict(sample_round().provinces.select("province", "quota_status").iter_rows())
    others = {name: status for name, status in statuses.items() if status != "met"}
    assert others == {"河南省": "under", "湖南省": "under"}


def test_a_missing_province_is_null_and_not_zero() -> None:
    review = round_of(("辽宁省", "沈阳市", as_is))
    for name in CONTRACTS.round.quotas:
        row = province(review, name)
        if name != "辽宁省":
            assert (row["submitted"], row["quota_status"]) == (0, "under")
            assert [row[count] for count in ("accepted", "cities", "parks")] == [None] * 3
            assert not [key for key in statistics_of(review, ["province"]) if key[0] == name]


def test_a_province_of_which_all_are_blocked_has_zero_and_not_null() -> None:
    row = province(reviewed({"沈阳市.xlsx": broken()}), "辽宁省")
    assert (row["submitted"], row["accepted"], row["cities"], row["parks"]) == (1, 0, 0, 0)
    assert row["quota_status"] == "under"


def test_a_province_without_a_quota_is_not_listed() -> None:
    review = round_of(("福建省", "温州市", lambda sample: replace(sample, pilot="厦门市")))
    row = province(review, "福建省")
    assert (row["quota"], row["submitted"], row["accepted"], row["quota_status"]) == (None, 1, 0, "not_listed")
    assert review.provinces["province"].to_list() == [*CONTRACTS.round.quotas, "福建省"]


def test_namesakes_in_two_provinces_are_two_pilots() -> None:
    """Parks often go by a plain name; neither replaces the other."""
    sent = [
        (name, "苏州工业园区", lambda sample: replace(sample, pilot="高新技术产业开发区"))
        for name in ("四川省", "福建省")
    ]
    review = round_of(*sent)
    assert {province(review, name)["submitted"] for name in ("四川省", "福建省")} == {1}
