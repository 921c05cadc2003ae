"""A province sees only its own: every byte of its package is searched for the marks and figures of other provinces."""

import io
import json
import re
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest

from flows.workers.rendering import render_package
from tests.sample import CONTRACTS
from tests.support.marked_rounds import MarkedRound, as_shown, marked_round
from transforms.gate.changes import figures_to_json, province_figures
from transforms.judging.time_series import ENOUGH_PEERS
from transforms.pipeline import Provenance, review_round
from transforms.reports.overview.overview import render_overview
from transforms.reports.view import View

MARK, NUMBER = re.compile(r"QZ\d+N\d+X"), re.compile(r"\d+\.\d{3,}")


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_package_has_nothing_of_another_province(seed: int, tmp_path: Path) -> None:
    drawn = marked_round(seed)
    for province in drawn.provinces:
        text = package_text(drawn, province, tmp_path / province)
        assert leaks(drawn, province, text) == [], province


def test_the_nation_sees_no_contact(tmp_path: Path) -> None:
    review = marked_round(1).review
    nation = render_package(View(review), tmp_path)
    texts = [readable(path.read_bytes()) for path in nation.files.values()] + [render_overview(review).decode()]
    assert sum(bool(MARK.search(text)) for text in texts) >= 2
    assert [contact for text in texts for contact in re.findall(r"QZ\d+N\d+X先生|000-0000", text)] == []


def leaks(drawn: MarkedRound, province: str, text: str) -> list[str]:
    """Marks, figures and names of pilots in the text of a package that only other provinces sent."""
    batch = drawn.review.judged.batch
    home = dict(
        [*batch.files.select("file", "province").iter_rows(), *batch.plans.files.select("file", "province").iter_rows()]
    )
    own = [one for one in drawn.sent if home[one.file] == province]
    unread = {mark for file in batch.ignored.filter(province=province)["file"] for mark in MARK.findall(file)}
    marks = set(MARK.findall(text)) - unread - {mark for one in own for mark in one.marks}
    others = {value for one in drawn.sent for value in one.values} - {value for one in own for value in one.values}
    medians = drawn.review.round_context.medians.filter(pl.col("n") >= ENOUGH_PEERS)["median"]
    figures = ({float(number) for number in NUMBER.findall(text)} & others) - as_shown(medians)
    known = static_text(province) + "".join(one.file for one in own)
    names = [
        pilot.name
        for place, pilot in CONTRACTS.round.roster
        if place != province and pilot.name in text and pilot.name not in known
    ]
    return [*sorted(marks), *map(str, sorted(figures)), *names]


def package_text(drawn: MarkedRound, province: str, folder: Path) -> str:
    """Everything that is published in a package, unzipped, with the names of its files and its figures."""
    package = render_package(View(drawn.review, province).narrow(), folder)
    assert package.failures == ()
    files = {name: path.read_bytes() for name, path in package.files.items()}
    sent = {one.file: one.content for one in drawn.sent}
    files |= {name: sent[name] for name in package.copies}
    figures = json.dumps(figures_to_json(province_figures(drawn.review)[province]), ensure_ascii=False)
    return "\n".join([figures, *(f"{name}\n{readable(content)}" for name, content in files.items())])


def readable(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(f"{name}\n{archive.read(name).decode('utf-8', 'replace')}" for name in archive.namelist())


@cache
def static_text(province: str) -> str:
    """What a package says in a round without submissions."""
    empty = MarkedRound(review_round([], CONTRACTS, Provenance("0", "0")), (), ())
    with TemporaryDirectory() as folder:
        return package_text(empty, province, Path(folder))
