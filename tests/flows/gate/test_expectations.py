"""The gate before publishing: every expectation fails where one thing is broken, and on the good round none does."""

from collections.abc import Iterator
from dataclasses import replace

import polars as pl
import pytest

from flows.gate.gate_process import Gate, GateError, open_gate
from tests.sample import CONTRACTS
from tests.support.gate.breaking import earlier
from tests.support.gate.cases import CASES
from tests.support.gate.good import HEBEI, SUITE, ask, ask_of_changes, good
from transforms.gate.changes import ProvinceFigures
from transforms.gate.frames import build_gate_frames
from transforms.gate.page import render_page


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    with open_gate() as gate:
        yield gate


def test_every_expectation_has_a_case() -> None:
    assert list(CASES) == [one.id for one in SUITE]


def test_the_good_round_passes(gate: Gate) -> None:
    verdict = ask(gate, good())
    assert [one.id for one, answer in verdict.outcomes if not answer.success] == []
    assert (verdict.closed, verdict.held) == ((), {})


@pytest.mark.parametrize("one", SUITE, ids=lambda one: one.id)
def test_one_thing_broken_fails_one_expectation(gate: Gate, one) -> None:
    verdict = ask_of_changes(gate, CASES[one.id](good()))
    assert {two.id: answer.rows for two, answer in verdict.outcomes if not answer.success and two is not one} == {}
    assert one.id in {two.id for two, answer in verdict.outcomes if not answer.success}
    if one.fault == "internal":
        assert [two.id for two in verdict.closed] == [one.id]
        assert verdict.held == {}
    else:
        assert verdict.closed == ()
        assert list(verdict.held) == [HEBEI]
        assert verdict.held[HEBEI][0].startswith(f"{one.id}: {one.title}（{one.given['column']} = ")


def test_an_expectation_that_cannot_be_checked_closes_the_gate(gate: Gate) -> None:
    broken = replace(SUITE[-1], given={"column": "no such column", "max_value": 1})
    verdict = ask(gate, good(), (broken,))
    ((_, answer),) = verdict.outcomes
    assert "no such column" in (answer.error or "")
    assert (verdict.closed, verdict.held) == ((broken,), {})
    assert verdict.reason.startswith(f"{broken.id} of gate.yaml could not be checked: ")


@pytest.mark.parametrize(
    "change", [{"expect": "ExpectNothing"}, {"given": {"column": "findings", "max_value": "many"}}]
)
def test_an_expectation_that_the_library_does_not_know_is_named(gate: Gate, change) -> None:
    broken = replace(SUITE[-1], **change)
    verdict = ask(gate, good(), (SUITE[0], broken))
    assert [one.id for one, answer in verdict.outcomes if not answer.success] == [broken.id]
    assert verdict.reason.startswith(f"{broken.id} of gate.yaml could not be checked: {broken.expect}: ")


def test_an_exception_in_the_process_is_reported_with_its_traceback(gate: Gate) -> None:
    request = {
        "id": "a",
        "frame": "provinces",
        "expect": SUITE[0].expect,
        "given": {"column": "a"},
    }
    with pytest.raises(GateError, match="same length") as raised:
        gate.run_suite({"provinces": {"a": [1], "b": [1, 2]}}, [request], {"provinces": "a"})
    assert "Traceback" in raised.value.__notes__[0]
    assert ask(gate, good()).closed == ()  # and it goes on


def test_a_small_change_leaves_results_and_page_unchanged(gate: Gate) -> None:
    fewer = earlier(good(), HEBEI, accepted=(*good().earlier[HEBEI].accepted, "甲"), findings=5)
    assert build_gate_frames(fewer)["changes"].row(0, named=True)["accepted_lost"] == 1
    verdict, unchanged = ask(gate, fewer), ask(gate, good())
    assert verdict.held == {}
    assert verdict.record("r") == unchanged.record("r")
    assert render_page(CONTRACTS.round, verdict) == render_page(CONTRACTS.round, unchanged)


def test_findings_of_pilots_that_were_not_accepted_before_are_no_change() -> None:
    before = good().earlier[HEBEI]
    fewer = earlier(good(), HEBEI, accepted=before.accepted[:1], findings=0)
    found = good().review.findings.filter((pl.col("province") == HEBEI) & (pl.col("severity") != "info"))
    of_one = found.filter(~pl.col("pilot").is_in(before.accepted[1:]))
    assert 0 < of_one.height < found.height
    assert build_gate_frames(fewer)["changes"].row(0, named=True)["findings_more"] == of_one.height


def test_nothing_published_is_nothing_changed() -> None:
    nothing = build_gate_frames(replace(good(), earlier={}))["changes"]
    assert nothing.equals(build_gate_frames(good())["changes"])


def test_a_removed_province_is_compared_too(gate: Gate) -> None:
    gone = replace(good(), earlier={**good().earlier, "某省": ProvinceFigures(("甲", "乙"), 0, {})})
    verdict = ask(gate, gone)
    assert list(verdict.held) == ["某省"]
