"""Values and pilots that enter no figure are left out and named."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from tests.sample import CONTRACTS, change, clean_submission, layouts, put, repeat
from tests.support.sample_round import whole_round as sample_round
from tests.support.small_rounds import YEARS, Edit, Key, as_is, broken, province, reviewed, round_of, statistics_of
from transforms.aggregation.statistics import left_out
from transforms.pipeline import Review

NOBODY_ASKED = "温州市"  # not on the roster
COUNTABLE = {"exact", "at_least", "at_most", "about", "relative"}


def excluded(review: Review, by: list[str]) -> dict[Key, str]:
    keys = (*by, "kind", "indicator", "year")
    rows = left_out(review.judged, by, CONTRACTS).to_dicts()
    return {tuple(row[name] for name in keys): row["left_out"] for row in rows}


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
        # Unit slips of a whole row are reported once, at its first year, and keep the whole row out.
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


CITIES = [
    (province, pilot.name)
    for province, pilot in CONTRACTS.round.roster
    if pilot.kind == "city" and pilot.name not in {"沈阳市", "大连市"}
]


@cache
def round_of_unusable_values() -> Review:
    """大连市 with its value, and a city for each value that is not usable."""
    edits = [edit for edit, _ in UNUSABLE]
    sent = [(*city, edit) for city, edit in zip(CITIES, edits, strict=False)]
    assert len(sent) == len(UNUSABLE)
    return round_of(*sent, ("辽宁省", "大连市", as_is))


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(len(UNUSABLE)))
def test_an_unusable_value_stays_out_and_is_named(number: int) -> None:
    review, (province, pilot), reason = round_of_unusable_values(), CITIES[number], UNUSABLE[number][1]
    own = clean_submission("辽宁省", "大连市").row("C07").values[0]
    row = statistics_of(review, [])[("city", "C07", 2022, "%")]
    assert (row["n"], row["minimum"], row["maximum"]) == (1, own, own)
    assert f"{pilot}（{reason}）" in excluded(review, [])[("city", "C07", 2022)].split("、")
    assert f"{pilot}（{reason}）" in excluded(review, ["province"])[(province, "city", "C07", 2022)].split("、")


def test_a_province_has_the_figures_of_its_pilots_without_the_unusable_value() -> None:
    review = round_of(("辽宁省", "沈阳市", UNUSABLE[0][0]), ("辽宁省", "大连市", as_is))
    own = clean_submission("辽宁省", "大连市").row("C07").values[0]
    row = statistics_of(review, ["province"])[("辽宁省", "city", "C07", 2022, "%")]
    assert (row["n"], row["minimum"], row["maximum"]) == (1, own, own)
    assert excluded(review, ["province"])[("辽宁省", "city", "C07", 2022)] == f"沈阳市（{UNUSABLE[0][1]}）"


def test_who_is_in_is_not_named() -> None:
    assert excluded(round_of(("辽宁省", "沈阳市", as_is), ("辽宁省", "大连市", as_is)), []) == {}


def wrong_table() -> bytes:
    """沈阳市 fills in the table of parks."""
    park = clean_submission("江苏省", "苏州工业园区")
    return layouts.pasted_from_word(replace(park, pilot="沈阳市", province="辽宁省"))


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
