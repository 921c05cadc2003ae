"""Counts and quota status of provinces: all in the order of the annex, missing is not zero."""

from dataclasses import replace

from tests.sample import CONTRACTS
from tests.support.sample_round import whole_round as sample_round
from tests.support.small_rounds import as_is, broken, province, reviewed, round_of, statistics_of


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
