"""The gate before publishing: every expectation fails where one thing is broken, and on the good round none does."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from contracts.gate import FRAMES
from flows.gate import (
    FOLDER,
    PAGE,
    PUBLISHED,
    RESULTS,
    Gate,
    GateClosed,
    GateError,
    _ask,
    _describe,
    open_gate,
    pass_gate,
)
from flows.raw import list_raw
from flows.record import round_files
from tests.browser import browser, needs_chromium
from tests.sample import CONTRACTS
from tests.test_run import COMMAND, SAMPLE, peak_review, tree
from tests.test_sample import whole_round
from transforms.decisions.ledger import Ledger
from transforms.gate.changes import Figures, take_figures
from transforms.gate.frames import Publication, fill_in, lay_out
from transforms.gate.page import render_page
from transforms.gate.verdict import Answer, Verdict, decide
from transforms.render.book import render_book
from transforms.render.view import View

SUITE = CONTRACTS.gate
HEBEI, HUNAN = "河北省", "湖南省"
RENDERED = (HUNAN,)
Break = Callable[[Publication], Publication]


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    with open_gate() as gate:
        yield gate


@cache
def packages() -> dict[str, dict[str, bytes | Path]]:
    """The packages of the sample round; only some workbooks are rendered, which takes its time."""
    review, found = whole_round(), {}
    for province in review.provinces["province"]:
        view = View(review, province)
        book = render_book(view) if province in RENDERED else Path("not rendered")
        found[province] = {f"{province}评审工作簿.xlsx": book} | {file: Path(file) for file in view.files["file"]}
    return found


@cache
def files() -> dict[str, bytes]:
    return round_files(whole_round(), Ledger(), list_raw(SAMPLE / "first-batch")[0], [])


@cache
def good() -> Publication:
    """The sample round as it would be published again, with nothing changed."""
    received = list_raw(SAMPLE / "first-batch")[0]
    return _describe(whole_round(), received, packages(), files(), take_figures(whole_round()))


def ask(gate: Gate, publication: Publication, suite: tuple = SUITE) -> tuple[Verdict, dict[str, str]]:
    frames, parameters = lay_out(publication), fill_in(publication)
    columns = {name: frame.to_dict(as_series=False) for name, frame in frames.items()}
    keys = {name: key for name, (_, key) in FRAMES.items()}
    answers, sections = gate.ask(columns, [_ask(one, parameters) for one in suite], keys)
    return decide(suite, [Answer(**answer) for answer in answers], frames["changes"]["province"].to_list()), sections


# ---- one thing broken ------------------------------------------------------------------------------------------------


def provinces(publication: Publication, which: str, **changes: object) -> Publication:
    """Other figures in one row of the province summaries."""
    frame = publication.review.provinces
    new = [
        pl.when(pl.col("province") == which).then(pl.lit(value, frame.schema[name])).otherwise(name).alias(name)
        for name, value in changes.items()
    ]
    return replace(publication, review=replace(publication.review, provinces=frame.with_columns(new)))


def plus(publication: Publication, province: str, *columns: str) -> Publication:
    """One more in some columns of one province."""
    row = publication.review.provinces.row(by_predicate=pl.col("province") == province, named=True)
    return provinces(publication, province, **{name: row[name] + 1 for name in columns})


def batch_files(publication: Publication, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Publication:
    judged = publication.review.judged
    changed = replace(judged, batch=replace(judged.batch, files=change(judged.batch.files)))
    return replace(publication, review=replace(publication.review, judged=changed))


def standing(publication: Publication, file: str, value: str) -> Publication:
    new = pl.when(pl.col("file") == file).then(pl.lit(value)).otherwise("standing")
    return batch_files(publication, lambda frame: frame.with_columns(standing=new))


def observation(publication: Publication, which: pl.Expr, **changes: object) -> Publication:
    """The first observation of a kind, changed."""
    frame = publication.review.observations.with_row_index("at")
    at = frame.filter(which)["at"][0]
    new = [
        pl.when(pl.col("at") == at).then(pl.lit(value)).otherwise(name).alias(name) for name, value in changes.items()
    ]
    changed = replace(publication.review, observations=frame.with_columns(new).drop("at"))
    return replace(publication, review=changed)


def finding(publication: Publication, **changes: object) -> Publication:
    """The last info, which no workbook of the case shows and which keeps nothing out, changed."""
    frame = publication.review.findings.with_row_index("at")
    quiet = (pl.col("severity") == "info") & ~pl.col("province").is_in(RENDERED)
    at = frame.filter(quiet)["at"][-1]
    new = [
        pl.when(pl.col("at") == at).then(pl.lit(value)).otherwise(name).alias(name) for name, value in changes.items()
    ]
    changed = replace(publication.review, findings=frame.with_columns(new).drop("at"))
    return replace(publication, review=changed)


def counts(publication: Publication, **more: int) -> Publication:
    """What the record says, moved together with what is broken, so that one expectation fails and no other."""
    found = {name.replace("_parquet", ".parquet"): number for name, number in more.items()}
    moved = {name: publication.counts[name] + number for name, number in found.items()}
    return replace(publication, counts={**publication.counts, **moved})


def earlier(publication: Publication, province: str, **changes: object) -> Publication:
    figures = replace(publication.earlier[province], **changes)
    return replace(publication, earlier={**publication.earlier, province: figures})


def one_file(province: str, which: str = "counts") -> str:
    found = whole_round().judged.batch.files.filter((pl.col("province") == province) & (pl.col("standing") == which))
    return found["file"][0]


def province_twice(publication: Publication) -> Publication:
    frame = publication.review.provinces
    again = frame.filter(pl.col("province") == HEBEI).with_columns(quota=pl.lit(None, pl.Int64))
    changed = replace(publication, review=replace(publication.review, provinces=pl.concat([frame, again])))
    return counts(changed, accepted=again["accepted"][0], provinces_parquet=1)


def file_lost(publication: Publication) -> Publication:
    """Received by one and not by the other; a file that nothing is wrong with."""
    spoken_of = set(publication.review.findings["file"])
    lost = next(file for file in publication.received if file not in spoken_of)
    return counts(replace(publication, received=[one for one in publication.received if one != lost]), submissions=-1)


def file_twice(publication: Publication) -> Publication:
    file = one_file(HEBEI)
    again = pl.col("file") == file
    changed = batch_files(
        publication,
        lambda frame: pl.concat([frame, frame.filter(again).with_columns(standing=pl.lit("superseded"))]),
    )
    return counts(replace(changed, received=[*publication.received, file]), submissions=1)


def moved(publication: Publication, to: str | None) -> Publication:
    """A file left out of its package, or put into another's."""
    file = one_file(HEBEI)
    new = {name: [one for one in listed if one != file] for name, listed in publication.packages.items()}
    return replace(
        publication, packages={name: [*listed, file] if name == to else listed for name, listed in new.items()}
    )


def in_doubt(publication: Publication) -> Publication:
    excluding = [rule.id for rule in CONTRACTS.rules.values() if rule.excludes and rule.at == "value"]
    doubt = publication.review.findings.filter(pl.col("rule").is_in(excluding)).row(0, named=True)
    which = pl.all_horizontal(pl.col(name) == doubt[name] for name in ("file", "indicator", "year"))
    return counts(observation(publication, which & ~pl.col("usable"), usable=True), usable=1)


def not_counted(publication: Publication) -> Publication:
    """A file that an earlier step set aside, but whose values stayed in."""
    changed = standing(publication, one_file(HEBEI), "superseded")
    return counts(provinces(changed, HEBEI, accepted=2, cities=2), accepted=-1)


def no_number(publication: Publication) -> Publication:
    which = pl.col("qualifier") == "qualitative"
    frame = publication.review.observations.with_row_index("at")
    at = frame.filter(which)["at"][0]
    fewer = replace(publication.review, observations=frame.filter(pl.col("at") != at).drop("at"))
    return counts(replace(publication, review=fewer), observations=-1, observations_parquet=-1)


def renamed(publication: Publication) -> Publication:
    """A province of the quota that went under another name, nothing of which was published before."""
    nothing = {"accepted": None, "cities": None, "parks": None, "blockers": 0, "errors": 0, "warnings": 0}
    changed = provinces(publication, "黑龙江省", province="某省", submitted=0, **nothing)
    known = {name: figures for name, figures in publication.earlier.items() if name != "黑龙江省"}
    return counts(replace(changed, earlier=known), accepted=-2)


def many_findings(publication: Publication) -> Publication:
    review = publication.review
    row = review.findings.filter(pl.col("province") == HEBEI).head(1)
    more = pl.concat(
        [
            row.with_columns(
                finding_key=pl.lit(f"more-{n}"), severity=pl.lit("warning"), status=pl.lit("not_evaluated")
            )
            for n in range(30)
        ]
    )
    warnings = review.provinces.filter(pl.col("province") == HEBEI)["warnings"][0] + 30
    changed = replace(publication, review=replace(review, findings=pl.concat([review.findings, more])))
    changed = replace(changed, books={name: keys for name, keys in changed.books.items() if name != "全国"})
    return counts(provinces(changed, HEBEI, warnings=warnings), findings=30, findings_parquet=30)


def fewer_usable(publication: Publication) -> Publication:
    """As if every indicator had had its double."""
    values = publication.earlier[HEBEI].values
    doubles = tuple((pilot, kind, f"{code}+", *rest) for pilot, kind, code, *rest in values)
    return earlier(publication, HEBEI, values=values + doubles)


def in_another_unit(publication: Publication) -> Publication:
    """Half of the values ten times smaller; indicators that few have, so that no median moves."""
    review = publication.review
    frame = review.observations.with_row_index("at")
    mine = frame.filter((pl.col("province") == HEBEI) & pl.col("usable") & (pl.col("value") != 0))["at"][:100]
    unit = pl.when(pl.col("at").is_in(mine.to_list())).then(pl.lit("某单位")).otherwise("unit").alias("unit")
    now = replace(review, observations=frame.with_columns(unit).drop("at"))
    same = replace(publication, review=now, earlier=take_figures(now))
    values = tuple(
        (*rest, unit, value / 10 if unit == "某单位" else value) for *rest, unit, value in same.earlier[HEBEI].values
    )
    return earlier(same, HEBEI, values=values)


def one_median(publication: Publication) -> Publication:
    """Three of eight values a thousand times larger: too few to be rescaled, enough for a median."""
    review = publication.review
    frame = review.observations.with_row_index("at")
    which = (pl.col("indicator") == "C05") & (pl.col("year") == 2030) & pl.col("usable")
    mine = frame.filter(which & (pl.col("province") == HEBEI))["at"].to_list()
    others = frame.filter(which & (pl.col("province") != HEBEI))["at"][:5].to_list()
    new = dict(zip([*mine, *others], [100.0, 101.0, 102.0, 1.0, 2.0, 3.0, 4.0, 5.0], strict=True))
    here = pl.col("at").is_in(list(new))
    changed = frame.with_columns(
        unit=pl.when(here).then(pl.lit("某单位")).otherwise("unit"),
        value=pl.when(here).then(pl.col("at").replace_strict(new, default=None)).otherwise("value"),
    )
    now = replace(review, observations=changed.drop("at"))
    same = replace(publication, review=now, earlier=take_figures(now))
    values = tuple(
        (*rest, unit, value / 1000 if unit == "某单位" else value) for *rest, unit, value in same.earlier[HEBEI].values
    )
    return earlier(same, HEBEI, values=values)


CASES: dict[str, Break] = {
    "quota-total": lambda p: plus(p, HEBEI, "quota"),
    "quota-provinces": renamed,
    "province-once": province_twice,
    "quota-status": lambda p: provinces(p, HEBEI, quota_status="hm"),
    "accepted-submitted": lambda p: provinces(p, HEBEI, submitted=1),
    "accepted-kinds": lambda p: plus(p, HEBEI, "parks"),
    "accepted-files": lambda p: counts(plus(p, HEBEI, "accepted", "cities", "submitted"), accepted=1),
    "blockers-counted": lambda p: plus(p, HEBEI, "blockers"),
    "errors-counted": lambda p: plus(p, HEBEI, "errors"),
    "warnings-counted": lambda p: plus(p, HEBEI, "warnings"),
    "files-received": file_lost,
    "file-once": file_twice,
    "file-standing": lambda p: standing(p, one_file(HUNAN, "faulty"), "lost"),
    "file-packages": lambda p: moved(p, None),
    "file-home": lambda p: moved(p, HUNAN),
    "file-recorded": lambda p: replace(p, recorded=[file for file in p.recorded or () if file != one_file(HEBEI)]),
    "values-complete": no_number,
    "usable-clear": in_doubt,
    "usable-counted": not_counted,
    "value-qualifier": lambda p: observation(p, pl.col("qualifier") == "missing", qualifier="hm"),
    "finding-key": lambda p: finding(p, finding_key=p.review.findings["finding_key"][1]),
    "finding-severity": lambda p: finding(p, severity="hm"),
    "finding-status": lambda p: finding(p, status="hm"),
    "finding-rule": lambda p: finding(p, rule="NO-SUCH"),
    "finding-place": lambda p: finding(p, file="submissions/nowhere.xlsx"),
    "book-findings": lambda p: replace(p, books={**p.books, HUNAN: [*p.books[HUNAN], p.books[HUNAN][0]]}),
    "book-keys": lambda p: replace(p, books={**p.books, HUNAN: ["of another", *p.books[HUNAN][1:]]}),
    "record-counts": lambda p: counts(p, usable=1),
    "accepted-drop": lambda p: earlier(p, HEBEI, accepted=(*p.earlier[HEBEI].accepted, "甲", "乙", "丙", "丁")),
    "usable-drop": fewer_usable,
    "values-rescaled": in_another_unit,
    "findings-multiply": many_findings,
    "median-jump": one_median,
}


def test_every_expectation_has_a_case() -> None:
    assert list(CASES) == [one.id for one in SUITE]


def test_the_good_round_passes_it_whole(gate: Gate) -> None:
    verdict, _ = ask(gate, good())
    assert [one.id for one, answer in verdict.outcomes if not answer.success] == []
    assert (verdict.closed, verdict.held) == ((), {})


@pytest.mark.parametrize("one", SUITE, ids=lambda one: one.id)
def test_one_thing_broken_fails_one_expectation(gate: Gate, one) -> None:
    verdict, _ = ask(gate, CASES[one.id](good()))
    assert {two.id: answer.rows for two, answer in verdict.outcomes if not answer.success and two is not one} == {}
    assert one.id in {two.id for two, answer in verdict.outcomes if not answer.success}
    if one.fault == "ours":
        assert [two.id for two in verdict.closed] == [one.id]
        assert verdict.held == {}
    else:
        assert verdict.closed == ()
        assert list(verdict.held) == [HEBEI]
        assert verdict.held[HEBEI][0].startswith(f"{one.id}: {one.title}（{one.given['column']} = ")


def test_what_could_not_be_checked_stops_everything(gate: Gate) -> None:
    broken = replace(SUITE[-1], given={"column": "no such column", "max_value": 1})
    verdict, _ = ask(gate, good(), (broken,))
    ((_, answer),) = verdict.outcomes
    assert "no such column" in (answer.error or "")
    assert (verdict.closed, verdict.held) == ((broken,), {})


def test_what_the_process_cannot_do_is_told_with_its_cause(gate: Gate) -> None:
    with pytest.raises(GateError, match="ExpectNothing") as raised:
        ask(gate, good(), (replace(SUITE[0], expect="ExpectNothing"),))
    assert "Traceback" in raised.value.__notes__[0]
    assert ask(gate, good())[0].closed == ()  # and it goes on


def test_a_small_change_holds_nothing_back_and_leaves_no_trace(gate: Gate) -> None:
    fewer = earlier(good(), HEBEI, accepted=(*good().earlier[HEBEI].accepted, "甲"), findings=5)
    assert lay_out(fewer)["changes"].row(0, named=True)["accepted_lost"] == 1
    (verdict, sections), (unchanged, same) = ask(gate, fewer), ask(gate, good())
    assert verdict.held == {}
    assert verdict.record("r") == unchanged.record("r")
    assert render_page(CONTRACTS.round, verdict, sections) == render_page(CONTRACTS.round, unchanged, same)


def test_nothing_published_is_nothing_changed() -> None:
    nothing = lay_out(replace(good(), earlier={}))["changes"]
    assert nothing.equals(lay_out(good())["changes"])


def test_a_province_that_is_gone_is_looked_at_too(gate: Gate) -> None:
    gone = replace(good(), earlier={**good().earlier, "某省": Figures(("甲", "乙"), 0, ())})
    verdict, _ = ask(gate, gone)
    assert list(verdict.held) == ["某省"]


# ---- the page --------------------------------------------------------------------------------------------------------

HOSTILE = ("<script>alert(1)</script>", '"><img src=http://x.example/a.png onerror=alert(1)>', "{{ 7*7 }} $column")


def hostile(publication: Publication) -> Publication:
    """Names that a submission could have, in rows of many expectations that fail."""
    for text in HOSTILE:
        publication = batch_files(
            publication,
            lambda frame, text=text: pl.concat(
                [frame, frame[:1].with_columns(file=pl.lit(text), standing=pl.lit(text), province=pl.lit(text))]
            ),
        )
    changed = finding(publication, rule=HOSTILE[0], severity=HOSTILE[1], status=HOSTILE[2])
    return replace(changed, earlier={**changed.earlier, HOSTILE[1]: Figures(("甲", "乙"), 0, ())})


@pytest.mark.parametrize("which", ["good", "hostile"])
@needs_chromium
def test_the_page_asks_for_nothing_and_complains_about_nothing(gate: Gate, tmp_path: Path, which: str) -> None:
    verdict, sections = ask(gate, good() if which == "good" else hostile(good()))
    assert len(sections) == len(FRAMES)
    file = tmp_path / "index.html"
    file.write_bytes(render_page(CONTRACTS.round, verdict, sections))
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
    for trace in ("site-packages", "Traceback", sys.prefix):
        assert trace not in text


def test_the_page_is_the_same_every_time(gate: Gate) -> None:
    broken = hostile(good())
    one, two = (render_page(CONTRACTS.round, *ask(gate, broken)) for _ in range(2))
    assert one == two


# ---- as it is run ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """What two provinces submitted."""
    files = whole_round().judged.batch.files.filter(pl.col("province").is_in([HEBEI, "浙江省"]))["file"]
    for file in files:
        place = tmp_path / "raw" / "first-batch" / file
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / "first-batch" / file, place)
    return tmp_path / "raw"


def run(home: Path, raw: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return peak_review(home, "run", "--round", "first-batch", "--raw", raw, "--out", out, *more)


def test_a_province_that_changed_too_much_is_held_back_alone_until_a_person_accepts_it(
    home: Path, raw: Path, tmp_path: Path
) -> None:
    assert run(home, raw, tmp_path / "out").returncode == 0
    out = tmp_path / "out" / "first-batch"
    before = tree(out)
    assert json.loads(before["run.json"])["held"] == {}
    damaged = whole_round().judged.batch.files.filter(pl.col("province") == HEBEI)["file"].to_list()[:2]
    other = one_file("浙江省")
    for file in (*damaged, other):
        (raw / "first-batch" / file).write_bytes(b"PK\x03\x04 and then nothing")

    changed = run(home, raw, tmp_path / "out")
    assert changed.returncode == 0, changed.stderr
    assert f"{HEBEI}: held back, its earlier package stays" in changed.stdout
    held = tree(out)
    assert package(held, HEBEI) == package(before, HEBEI)
    assert package(held, "浙江省") != package(before, "浙江省")
    (reason,) = json.loads(held["run.json"])["held"][HEBEI]
    assert reason.startswith("accepted-drop: ")
    assert json.loads(held[f"{FOLDER}/{RESULTS}"])["held"] == {HEBEI: [reason]}
    known, kept = (json.loads(one[f"{FOLDER}/{PUBLISHED}"]) for one in (before, held))
    assert known[HEBEI] == kept[HEBEI]
    assert known["浙江省"] != kept["浙江省"]

    # The night after it is still held, and nothing at all moves.
    assert run(home, raw, tmp_path / "out").returncode == 0
    assert tree(out) == held
    refused = run(home, raw, tmp_path / "out", "--accept-change", "某省")
    assert (refused.returncode, "unknown province 某省" in refused.stderr) == (2, True)
    alone = run(home, raw, tmp_path / "out", "--province", HEBEI)
    assert (alone.returncode, tree(out)) == (0, held)

    accepted = run(home, raw, tmp_path / "out", "--accept-change", "河北")
    assert "1 packages written" in accepted.stdout
    assert "held back" not in accepted.stdout
    assert run(home, raw, tmp_path / "anew").returncode == 0
    assert tree(out) == tree(tmp_path / "anew" / "first-batch")


def package(files: dict[str, bytes], province: str) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name.startswith(f"{province}/")}


# One broken part in the real command: every workbook shows the findings of the nation.
SABOTAGE = """
import sys
from flows.cli import _quiet_prefect, main
from transforms.render.view import View
if __name__ == "__main__":  # the gate's process imports this file too
    _quiet_prefect()
    import flows.review as review
    good = review.render_book
    def all_findings(view):
        broken = View(view.review, view.province, view.ledger)
        broken.__dict__["findings"] = view.review.findings
        return good(broken)
    review.render_book = all_findings
    main()
"""


def test_a_broken_promise_stops_everything_and_names_itself(home: Path, raw: Path, tmp_path: Path) -> None:
    assert run(home, raw, tmp_path / "out").returncode == 0
    out = tmp_path / "out" / "first-batch"
    before = tree(out)
    arguments = ["run", "--round", "first-batch", "--raw", str(raw), "--out", str(tmp_path / "out")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    (tmp_path / "sabotage.py").write_text(SABOTAGE, encoding="utf-8")
    result = subprocess.run(
        [sys.executable, tmp_path / "sabotage.py", *arguments],
        env=kept | {"HOME": str(home), "PYTHONPATH": str(COMMAND.parent)},
        cwd=home, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    last = result.stderr.strip().splitlines()[-1]
    assert result.returncode == 1
    assert last.startswith("peak-review: nothing published: book-findings: ")
    assert "book-keys: " in last
    assert "Traceback" not in result.stderr
    after = tree(out)
    assert {name for name in after if after[name] != before[name]} == {f"{FOLDER}/{RESULTS}", f"{FOLDER}/{PAGE}"}
    assert json.loads(after[f"{FOLDER}/{RESULTS}"])["closed"] == ["book-findings", "book-keys"]


@pytest.mark.parametrize("damage", ["", "[]", '{"河北省": 3}', '{"河北省": {"values": [1]}}', '{"河北省": {}}'])
def test_a_damaged_record_of_what_is_published_is_no_record(gate: Gate, tmp_path: Path, damage: str) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / PUBLISHED).write_text(damage, encoding="utf-8")
    received = list_raw(SAMPLE / "first-batch")[0]
    verdict = pass_gate(gate, whole_round(), received, packages(), files(), tmp_path)
    assert (verdict.closed, verdict.held) == ((), {})


def test_a_closed_gate_raises_with_every_expectation(gate: Gate, tmp_path: Path) -> None:
    received = list_raw(SAMPLE / "first-batch")[0][1:]
    with pytest.raises(GateClosed, match=r"files-received: .*; record-counts: "):
        pass_gate(gate, whole_round(), received, packages(), files(), tmp_path)
    assert (tmp_path / FOLDER / PAGE).exists()


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["check", "FILE"], ["rules"]])
def test_only_the_gate_loads_great_expectations(arguments: list[str]) -> None:
    file = SAMPLE / "first-batch" / one_file("辽宁省")
    asked = [str(file) if word == "FILE" else word for word in arguments]
    script = f"""
import sys
from flows.cli import app
try:
    app({asked!r})
except SystemExit:
    pass
print(sorted({{"great_expectations", "pandas", "scipy", "altair"}} & set(sys.modules)), file=sys.stderr)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stderr.strip().splitlines()[-1] == "[]"
