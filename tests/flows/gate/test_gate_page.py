"""The gate's page: opens without a network, takes no markup from anywhere, and is the same every time."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from flows.gate.gate_process import Gate, GateError, open_gate
from tests.sample import CONTRACTS
from tests.support.browser import browser, needs_chromium
from tests.support.crashes import Deadly
from tests.support.gate.breaking import batch_files, finding
from tests.support.gate.good import SUITE, ask, good
from transforms.gate.changes import ProvinceFigures
from transforms.gate.frames import PublishCandidate
from transforms.gate.page import render_page


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    with open_gate() as gate:
        yield gate


HOSTILE = ("<script>alert(1)</script>", '"><img src=http://x.example/a.png onerror=alert(1)>', "{{ 7*7 }} $column")


def hostile(publication: PublishCandidate) -> PublishCandidate:
    """Names that a submission could have, in rows of many expectations that fail."""
    for text in HOSTILE:
        publication = batch_files(
            publication,
            lambda frame, text=text: pl.concat(
                [frame, frame[:1].with_columns(file=pl.lit(text), standing=pl.lit(text), province=pl.lit(text))]
            ),
        )
    changed = finding(publication, rule=HOSTILE[0], severity=HOSTILE[1], status=HOSTILE[2])
    return replace(changed, earlier={**changed.earlier, HOSTILE[1]: ProvinceFigures(("甲", "乙"), 0, {})})


@pytest.mark.parametrize("which", [pytest.param("good", marks=pytest.mark.slow), "hostile"])
@needs_chromium
def test_the_page_requests_nothing_and_has_no_errors(gate: Gate, tmp_path: Path, which: str) -> None:
    verdict = ask(gate, good() if which == "good" else hostile(good()))
    file = tmp_path / "index.html"
    file.write_bytes(render_page(CONTRACTS.round, verdict))
    with browser(tmp_path / "profile") as page:
        page.open(file)
        assert page.requests == [file.as_uri()]
        assert page.complaints == []
        assert page.run("document.querySelectorAll('script, link, img, iframe, a, [style], [onerror]').length") == 0
        assert page.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        text = page.run("document.body.textContent")
    for one in SUITE:
        assert one.title in text
        assert one.means in text
    assert all((words in text) == (which == "hostile") for words in HOSTILE)
    assert ("已停止发布" in text) == (which == "hostile")
    english = re.sub("Great Expectations|" + "|".join(map(re.escape, HOSTILE)), "", text)
    assert not re.search("(?:[A-Za-z]{3,} ){2}", re.sub(r"[a-z]+(?:-[a-z]+)+|\w+＝.*", "", english)), (
        "Chinese throughout"
    )
    for trace in ("site-packages", "Traceback", sys.prefix):
        assert trace not in text


def test_the_page_is_the_same_every_time(gate: Gate) -> None:
    broken = hostile(good())
    one, two = (render_page(CONTRACTS.round, ask(gate, broken)) for _ in range(2))
    assert one == two


def test_a_killed_process_is_reported_with_its_signal() -> None:
    with open_gate() as gate, pytest.raises(GateError, match=r"its process has ended.*SIGKILL"):
        gate.run_suite(Deadly(), [], {})
