"""The round trip as people make it: the command, a workbook that another program saved, and the command again."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl.comments import Comment

from contracts.load import OWN
from contracts.review_form import PILOTS
from flows.sources.raw_listing import list_raw
from flows.workers.sandbox import read_review_copies
from tests.support.command import SERVICE, peak_review, tree
from tests.support.few_provinces import few_provinces
from tests.support.hostile_files import HOSTILE
from tests.support.review_book import (
    CITY,
    FAULTS,
    FULL,
    HUGE,
    NEGATIVE,
    PARK,
    PART,
    PROVINCE,
    WORDS,
    edited,
    fill_in,
    key_of,
    merged,
    publish,
    review,
    shown,
    submitted,
    take_back,
    texts,
)
from transforms.decisions.ledger import ReviewFile
from transforms.decisions.sheet_grid import squeeze

SIGNED = {"审核意见": "可行", "初审人": "张三", "初审日期": "2024-05-02", "复核人": "李四", "结论": "通过"}
OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="soffice is not here: install the package libreoffice-calc")


def resaved(content: bytes, folder: Path, form: str = "xlsx") -> bytes:
    """The workbook as LibreOffice saves it."""
    source, target = folder / "in" / "book.xlsx", folder / "out"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    call = [str(OFFICE), profile, "--headless", "--convert-to", form, "--outdir", str(target), str(source)]
    subprocess.run(call, check=True, capture_output=True, timeout=180)
    return (target / f"book.{form}").read_bytes()


def decisions_of(copy: ReviewFile) -> list[dict[str, object]]:
    """Its decisions, without what another program may change: white space in a very long text, and the place."""
    return [
        {name: squeeze(value) if name == "opinion" and value else value for name, value in row.items()}
        | {"file_sha256": None}
        for row in copy.decisions
    ]


@pytest.mark.slow
@pytest.mark.office
@needs_office
@pytest.mark.parametrize("form", ["ods", "xlsx", "xls"])
def test_decisions_survive_another_office_program(tmp_path: Path, form: str) -> None:
    long = "意" * 20_000
    written = {key_of(WORDS): FULL, key_of(PART): {"处理状态": "要求更正", "审核意见": f"第一行\n第二行{long}"}}
    # One as long is in the workbook already: that it comes back is no edit.
    before = fill_in(publish(review()), {key_of(HUGE): FULL | {"审核意见": long}})
    book = publish(review(), merged([before]))
    filled = edited(
        fill_in(book, written, {CITY: SIGNED}),
        lambda book: setattr(book[PILOTS.sheet]["C2"], "comment", Comment("批注里的意见", "吴九")),
    )
    original, resaved_copy = take_back(filled), take_back(resaved(filled, tmp_path, form))
    assert decisions_of(resaved_copy) == decisions_of(original)
    # The comments of the system come back without their author, and are no entries of a reviewer.
    assert [remark.text for remark in resaved_copy.remarks] == [
        "该格式的批注不能读取，意见请写在原有的栏内。"
        if form == "ods"
        else "批注“批注里的意见”，未采用；意见请写在原有的栏内。"
    ]
    assert len(resaved_copy.decisions) == 3
    assert (resaved_copy.fault, resaved_copy.contains, resaved_copy.present) == (
        None,
        original.contains,
        original.present,
    )


# ---- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, service: str) -> Path:
    """A folder with `raw`, `out` and the round's definition after the first night."""
    place = tmp_path_factory.mktemp("published")
    few_provinces(place / "contracts", PROVINCE)
    submit(place / "raw", FAULTS)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(SERVICE, service)
        run(place / "raw")
    return place


@pytest.fixture
def raw(tmp_path: Path, published: Path) -> Path:
    """What was submitted, beside what was published of it."""
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    return tmp_path / "raw"


def submit(raw: Path, faults: Mapping[tuple[str, str, int], object]) -> None:
    folder = raw / "first-batch" / "submissions" / PROVINCE
    folder.mkdir(parents=True, exist_ok=True)
    for pilot in (CITY, PARK):
        (folder / f"{pilot}.xlsx").write_bytes(submitted(pilot, faults))  # type: ignore[arg-type]


def run(raw: Path) -> tuple[Path, str]:
    """Run the main job; where the published workbook is, and what the run said."""
    out = raw.parent / "out"
    settings = {OWN: str(raw.parent / "contracts")}
    result = peak_review(raw.parent, "run", "--round", "first-batch", "--raw", raw, "--out", out, **settings)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    return book_beside(raw), result.stdout


def book_beside(raw: Path) -> Path:
    return raw.parent / "out" / "first-batch" / PROVINCE / f"{PROVINCE}评审工作簿.xlsx"


@pytest.mark.usefixtures("served")
def test_decisions_are_carried_over_to_a_changed_submission(raw: Path) -> None:
    book = book_beside(raw)
    keys = {fault: key_of(fault) for fault in FAULTS}
    one = fill_in(book.read_bytes(), {keys[WORDS]: FULL, keys[NEGATIVE]: FULL, keys[HUGE]: FULL}, {CITY: SIGNED})
    two = fill_in(book.read_bytes(), {keys[PART]: {"处理状态": "要求更正", "审核意见": "请补正"}})
    book.write_bytes(one)  # one reviewer works in the published workbook, the other sends a copy
    reviews = raw / "first-batch" / "reviews"
    reviews.mkdir()
    (reviews / "李四的副本.xlsx").write_bytes(two)
    before = tree(raw)
    submit(raw, {fault: value for fault, value in FAULTS.items() if fault != HUGE} | {NEGATIVE: "-2"})
    book, said = run(raw)
    assert {path: content for path, content in tree(raw).items() if "reviews" in path and path in before} == {
        path: content for path, content in before.items() if "reviews" in path
    }
    kept = [path for path in reviews.rglob("*.xlsx") if path.read_bytes() == one]
    assert [path.parent.name for path in kept] == [PROVINCE]
    assert kept[0].as_posix() in said
    content = book.read_bytes()
    assert {title: shown(content, keys[WORDS])[title] for title in FULL} == FULL
    assert shown(content, keys[PART])["审核意见"] == "请补正"
    changed = shown(content, keys[NEGATIVE])
    assert (changed["处理状态"], changed["审核意见"]) == ("需复核", FULL["审核意见"])
    assert "“-1”变为“-2”" in str(changed["复核提示"])
    assert [text for text in texts(content, "已销号问题") if FULL["审核意见"] in text]
    assert set(SIGNED.values()) <= set(texts(content, PILOTS.sheet))
    record = json.loads((book.parent.parent / "run.json").read_text(encoding="utf-8"))
    assert {item["sha256"]: item["decisions"] for item in record["reviews"]} == {
        hashlib.sha256(one).hexdigest(): 4,
        hashlib.sha256(two).hexdigest(): 1,
    }
    assert "张三" not in json.dumps(record, ensure_ascii=False)
    # The output is a function of what lies in raw: made anew in another place it is the same.
    again = tree(book.parent.parent)
    shutil.rmtree(book.parent.parent)
    run(raw)
    assert tree(book.parent.parent) == again


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_an_open_workbook_stays_and_the_new_one_is_published_beside_it(raw: Path) -> None:
    book = book_beside(raw)
    key = key_of(WORDS)
    lock = book.with_name(f".~lock.{book.name}#")
    lock.write_bytes(b"open")
    first = fill_in(book.read_bytes(), {key: {"处理状态": "要求更正", "审核意见": "第一稿"}})
    book.write_bytes(first)
    _, said = run(raw)
    new = book.with_name(f"{PROVINCE}评审工作簿（新）.xlsx")
    assert f"open in another program, so the new one is beside it: {new.as_posix()}" in said
    assert book.read_bytes() == first
    assert lock.read_bytes() == b"open"
    assert shown(new.read_bytes(), key)["审核意见"] == "第一稿"
    listed = {item["path"] for item in json.loads((book.parent / "datapackage.json").read_text("utf-8"))["resources"]}
    assert {book.name, new.name} <= listed
    # Saved once more over the same file, and closed: the later state counts, and the spare one is tidied up.
    second = fill_in(first, {key: {"处理状态": "误报", "审核意见": "第二稿"}})
    book.write_bytes(second)
    lock.unlink()
    _, said = run(raw)
    assert not new.exists()
    assert "open in another program" not in said
    assert (shown(book.read_bytes(), key)["处理状态"], shown(book.read_bytes(), key)["审核意见"]) == ("误报", "第二稿")


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_a_closed_workbook_is_replaced_by_the_new_one(raw: Path) -> None:
    book = book_beside(raw)
    lock = book.with_name(f".~lock.{book.name}#")
    lock.write_bytes(b"open")
    book.write_bytes(fill_in(book.read_bytes(), {key_of(WORDS): {"处理状态": "要求更正"}}))
    run(raw)
    new = book.with_name(f"{PROVINCE}评审工作簿（新）.xlsx")
    wanted = new.read_bytes()
    lock.unlink()
    run(raw)  # nothing else has changed
    assert not new.exists()
    assert book.read_bytes() == wanted


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_a_damaged_review_workbook_is_reported_and_the_run_goes_on(raw: Path) -> None:
    reviews = raw / "first-batch" / "reviews" / PROVINCE
    reviews.mkdir(parents=True)
    (reviews / "坏.xlsx").write_bytes(b"PK\x03\x04 and then nothing")
    (reviews / "记录.txt").write_bytes(b"notes")
    book, said = run(raw)
    assert f"review workbook not taken over: reviews/{PROVINCE}/坏.xlsx" in said
    assert [text for text in texts(book.read_bytes(), "审核留痕") if "文件未能读取" in text]
    record = json.loads((book.parent.parent / "run.json").read_text(encoding="utf-8"))
    assert [item["file"] for item in record["reviews"] if item["fault"]] == [f"reviews/{PROVINCE}/坏.xlsx"]
    assert {"file": f"reviews/{PROVINCE}/记录.txt", "reason": "not a workbook"} in record["ignored"]


def test_hostile_review_workbooks_are_reported_one_by_one(tmp_path: Path) -> None:
    folder = tmp_path / "reviews"
    folder.mkdir()
    some = HOSTILE[::3]
    for hostile in some:
        (folder / f"{hostile.name.replace('/', ' ')}.xlsx").write_bytes(hostile.make())
    os.truncate(folder / f"{some[0].name.replace('/', ' ')}.xlsx", 60 * 1024**2)
    copies = read_review_copies(list_raw(tmp_path, "reviews")[0], "first-batch")
    assert len(copies) == len(some)
    assert all(copy.fault and len(copy.remarks) == 1 for copy in copies)
