"""A package is made from what is in sight alone, and is taken as it was where that shows the same."""

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from flows.manifest import write_manifest
from flows.rendered import RENDERED, identity, keep_rendered, recall_rendered
from flows.rendering import RenderError, _open_studio, make
from tests.review_book import CITY, PROVINCE, key_of, review
from tests.test_sample import whole_round
from transforms.decisions.ledger import Entry, Gone, Ledger, Verdict
from transforms.render.book import render_book
from transforms.render.notices import render_notices
from transforms.render.view import View
from transforms.review import Review

PROVINCES = whole_round().provinces["province"].to_list()
OTHER = "河北省"
OPEN = Entry().state


@pytest.mark.parametrize("province", PROVINCES)
def test_a_package_is_made_from_what_is_in_sight_alone(province: str) -> None:
    view = View(whole_round(), province)
    alone = view.alone()
    assert set(alone.review.observations["province"]) <= {province}
    assert render_book(alone) == render_book(view)
    assert render_notices(alone) == render_notices(view)


def _ledger() -> Ledger:
    row = {
        "pilot": CITY,
        "finding_key": "gone",
        "message": "曾有",
        "rule": "VALUE-BOUNDS",
        "raw_value": "1",
        "value": 1.0,
    }
    row |= {"indicator": "C01", "year": 2025, "file": "a.xlsx"}
    return Ledger(
        entries={key_of((CITY, "C09", 2025)): Entry(OPEN, {"opinion": "已电话核实"})},
        verdicts={(PROVINCE, CITY): Verdict({"opinion": "同意"}), (OTHER, "唐山市"): Verdict({"opinion": "别省"})},
        gone=(Gone(PROVINCE, row, OPEN, {"opinion": "曾写"}), Gone(OTHER, row, OPEN, {"opinion": "别省"})),
    )


def test_what_people_decided_elsewhere_is_not_in_sight() -> None:
    view = View(review(), PROVINCE, _ledger())
    assert "别省" not in repr(view.alone().ledger)
    assert render_book(view.alone()) == render_book(view)
    assert render_book(view.alone()) != render_book(View(review(), PROVINCE))


def _with(name: str, **columns: object) -> Callable[[Review], Review]:
    return lambda now: replace(now, **{name: getattr(now, name).with_columns(**columns)})


def _in_batch(name: str, **columns: object) -> Callable[[Review], Review]:
    def change(now: Review) -> Review:
        batch = now.judged.batch
        changed = replace(batch, **{name: getattr(batch, name).with_columns(**columns)})
        return replace(now, judged=replace(now.judged, batch=changed))

    return change


CHANGES: dict[str, Callable[[Review], Review]] = {
    "a finding": _with("findings", message=pl.lit("别的说法")),
    "the order of findings": lambda now: replace(now, findings=now.findings.reverse()),
    "a count": _with("provinces", warnings=pl.col("warnings") + 1),
    "a published value": _with("observations", value=pl.col("value") + 1),
    "what may be used": _in_batch("observations", usable=~pl.col("usable")),
    "a file": _in_batch("files", file_sha256=pl.lit("other")),
    "a contact": _in_batch("files", contacts=pl.lit(["某人"])),
    "a median": lambda now: replace(
        now, whole=replace(now.whole, medians=now.whole.medians.with_columns(n=pl.col("n") + 1))
    ),
    "a check that failed": lambda now: replace(now, judged=replace(now.judged, crashed=("VALUE-BOUNDS: it failed",))),
    "what is blocked": lambda now: replace(
        now, judged=replace(now.judged, blocked=frozenset(now.judged.batch.files["file"]))
    ),
    "who made it": lambda now: replace(now, provenance=replace(now.provenance, code="1")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whatever_is_seen_is_part_of_the_identity(change: Callable[[Review], Review]) -> None:
    assert identity(View(change(review()), PROVINCE).alone()) != identity(View(review(), PROVINCE).alone())


def test_decisions_are_part_of_the_identity_and_those_of_others_are_not() -> None:
    ledger = _ledger()
    plain = identity(View(review(), PROVINCE).alone())
    mine = [Ledger(entries=ledger.entries), Ledger(verdicts=ledger.verdicts), Ledger(gone=ledger.gone)]
    theirs = Ledger(verdicts={(OTHER, "唐山市"): Verdict({"opinion": "别省"})}, gone=ledger.gone[1:])
    assert len({plain, *(identity(View(review(), PROVINCE, one).alone()) for one in mine)}) == 4
    assert identity(View(review(), PROVINCE, theirs).alone()) == plain


def _published(out: Path) -> tuple[View, str]:
    view = View(review(), PROVINCE).alone()
    make(view, out / PROVINCE)
    (out / PROVINCE / "submissions").mkdir()
    for file in view.copies:
        (out / PROVINCE / file).parent.mkdir(parents=True, exist_ok=True)
        (out / PROVINCE / file).write_bytes(b"as it was sent")
    write_manifest(out / PROVINCE)
    keep_rendered(recall_rendered(out, "code"), {PROVINCE: identity(view)})
    return view, identity(view)


def test_a_package_that_shows_the_same_is_taken_as_it_was(tmp_path: Path) -> None:
    view, shown = _published(tmp_path)
    files = recall_rendered(tmp_path, "code").recall(view, shown)
    assert files is not None
    assert {name: path.read_bytes() for name, path in files.items()} == {
        f"{PROVINCE}评审工作簿.xlsx": render_book(view),
        **render_notices(view),
    }


BOOK = f"{PROVINCE}评审工作簿.xlsx"
DAMAGES: dict[str, Callable[[Path], object]] = {
    "a workbook that somebody saved": lambda out: (out / PROVINCE / BOOK).write_bytes(b"edited"),
    "a notice taken away": lambda out: next((out / PROVINCE / "notices").iterdir()).unlink(),
    "a manifest of others": lambda out: (out / PROVINCE / "datapackage.json").write_text("{}"),
    "no package": lambda out: shutil.rmtree(out / PROVINCE),
    "no memory": lambda out: (out / RENDERED).unlink(),
    "damaged memory": lambda out: (out / RENDERED).write_bytes((out / RENDERED).read_bytes()[:-9]),
    "memory of another form": lambda out: (out / RENDERED).write_text('{"code": "code", "packages": {"a": 1}}'),
    "another hash": lambda out: (out / RENDERED).write_text(
        json.dumps({"code": "code", "packages": {PROVINCE: ["other", "other"]}})
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_whatever_is_not_as_it_was_is_rendered_anew(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    view, shown = _published(tmp_path)
    damage(tmp_path)
    assert recall_rendered(tmp_path, "code").recall(view, shown) is None


def test_other_code_and_force_render_anew(tmp_path: Path) -> None:
    view, shown = _published(tmp_path)
    assert recall_rendered(tmp_path, "other code").recall(view, shown) is None
    assert recall_rendered(tmp_path, "code", force=True).recall(view, shown) is None
    assert recall_rendered(tmp_path, "code").recall(view, "another identity") is None


def test_other_processes_render_the_same_and_tell_what_went_wrong(tmp_path: Path) -> None:
    view = View(review(), PROVINCE).alone()
    (tmp_path / "file").write_bytes(b"")
    with _open_studio(2) as studio:
        made = studio.make(view, tmp_path / "there")
        with pytest.raises(FileExistsError):
            studio.make(view, tmp_path / "file")
        with pytest.raises(RenderError, match="ColumnNotFoundError"):
            studio.make(replace(view, review=replace(view.review, findings=pl.DataFrame())), tmp_path / "broken")
    make(view, tmp_path / "here")
    assert {name: path.read_bytes() for name, path in made.items()} == {
        name: (tmp_path / "here" / name).read_bytes() for name in made
    }
    assert next(iter(made)) == BOOK


def test_of_many_pilots_the_nation_lists_warnings_and_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    now = whole_round()
    whole = _sheets(render_book(View(now)))
    monkeypatch.setattr("transforms.render.view.ALL_LISTED", now.judged.batch.files.height - 1)
    part = _sheets(render_book(View(now)))
    loud = [row for row in whole["问题清单"] if row[1] != "提示"]
    assert [row[1:] for row in part["问题清单"][1:]] == [row[1:] for row in loud[1:]]
    assert 1 < len(loud) < len(whole["问题清单"])
    for name in ("指标对照（城市）", "指标对照（园区）"):
        told = [row for row in part[name][2:] if row[0]]
        assert 0 < len(told) < len(whole[name])
        assert all("【" in row[-3] for row in told)
    assert part["试点总览"] == whole["试点总览"]
    assert any("提示见各省评审工作簿" in str(value) for row in part["封面"] for value in row)
    assert not any("各省评审工作簿" in str(value) for row in whole["封面"] for value in row)


def test_a_province_lists_everything_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    book = render_book(View(review(), PROVINCE))
    monkeypatch.setattr("transforms.render.view.ALL_LISTED", 0)
    assert render_book(View(review(), PROVINCE)) == book


def _sheets(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    return {sheet.title: list(sheet.values) for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets}
