"""Damaged and hostile documents: each ends in one finding and in nothing else."""

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from contracts.load import load_contracts
from flows.sources.raw_files import Received, read_raw_file
from flows.workers.plans import read_plans
from tests.sample import clean_submission
from tests.sample.plan_layouts import LAYOUTS
from tests.sample.plans import draft_plan
from tests.support.containers import encrypted, packed, parts
from tests.support.hostile_files import BOMB, HOSTILE
from tests.support.paths import CORPUS, FILES
from transforms.intake.cells import UnreadableFileError
from transforms.pipeline import Provenance, review_round
from transforms.plans.read_plan import Plan
from transforms.plans.word.document import read_document

CONTRACTS = load_contracts("first-batch")
DOCUMENT = "word/document.xml"
_HEAD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
_TAIL = b"</w:body></w:document>"


@cache
def good(at: int) -> bytes:
    """A plan in one of the looks."""
    draft = draft_plan(clean_submission("辽宁省", "大连市"))
    return LAYOUTS[at % len(LAYOUTS)](draft)


def read_all(tmp_path: Path, files: dict[str, bytes]) -> list[Plan]:
    received: list[Received] = []
    for name, content in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        received.append(read_raw_file(path, f"submissions/{name}"))
    return read_plans(received, "first-batch")


def findings(plans: list[Plan]) -> dict[str, list[str]]:
    """Rules that speak of each file."""
    review = review_round([], CONTRACTS, Provenance("0", "0"), plans)
    assert review.complete
    told: dict[str, list[str]] = {plan.file: [] for plan in plans}
    for row in review.findings.iter_rows(named=True):
        if row["file"]:
            told[row["file"]].append(row["rule"])
    return told


# ---- mutations -------------------------------------------------------------------------------------------------------


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(1, len(content))]


def _flip(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randrange(20, 200)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _without_part(content: bytes, chance: random.Random) -> bytes:
    inside = parts(content)
    name = chance.choice([DOCUMENT, "[Content_Types].xml", "_rels/.rels"])
    return packed({key: data for key, data in inside.items() if key != name})


def _broken_part(content: bytes, chance: random.Random) -> bytes:
    inside = parts(content)
    data = inside[DOCUMENT]
    return packed(inside | {DOCUMENT: data[: chance.randrange(1, len(data) - 20)]})


def _garbled(content: bytes, chance: random.Random) -> bytes:
    inside = parts(content)
    data = bytearray(inside[DOCUMENT])
    for _ in range(20):
        data[chance.randrange(len(data))] = ord(chance.choice('<>&"'))
    return packed(inside | {DOCUMENT: bytes(data)})


def _noise(_: bytes, chance: random.Random) -> bytes:
    return b"PK\x03\x04" + chance.randbytes(chance.randrange(10, 5000))


KINDS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut,
    _flip,
    _without_part,
    _broken_part,
    _garbled,
    _noise,
)


def mutations(count: int) -> Iterator[tuple[str, bytes]]:
    for number in range(count):
        chance = random.Random(f"plan {number}")
        kind = KINDS[number % len(KINDS)]
        yield f"{number}{kind.__name__}.docx", kind(good(number), chance)


@pytest.mark.hostile
@pytest.mark.parametrize("count", [30, pytest.param(500, marks=pytest.mark.slow)])
def test_a_damaged_document_ends_in_one_finding(tmp_path: Path, count: int) -> None:
    plans = read_all(tmp_path, dict(mutations(count)))
    told = findings(plans)
    assert len(told) == count
    assert {file: rules for file, rules in told.items() if rules != ["PLAN-UNREADABLE"]} == {}
    assert not [plan.detail for plan in plans if "停止" in str(plan.detail) or "异常终止" in str(plan.detail)]


# ---- made to harm ----------------------------------------------------------------------------------------------------


def with_document(data: bytes) -> bytes:
    return packed(parts(good(0)) | {DOCUMENT: data})


def body(inner: bytes) -> bytes:
    return with_document(_HEAD + inner + _TAIL)


def entity() -> bytes:
    data = parts(good(0))[DOCUMENT]
    at = data.index(b"?>") + 2
    return with_document(data[:at] + BOMB + b"]>" + data[at:])


def twice() -> bytes:
    buffer = io.BytesIO(good(0))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(zipfile.ZipInfo(DOCUMENT.upper()), b"<x/>")
    return buffer.getvalue()


def outside() -> bytes:
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        b'Target="../../../etc/passwd"/></Relationships>'
    )
    return packed(parts(good(0)) | {"_rels/.rels": rels})


_CELL = b"<w:tc><w:p/></w:tc>"
_ROW = b"<w:tr>" + _CELL * 60 + b"</w:tr>"
# What is said of each; None where it can be read, and nothing is in it.
HARMFUL: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "nothing": (lambda: b"", "空的"),
    "zeros": (lambda: bytes(1000), "空的"),
    "text": ("国家碳达峰试点实施方案".encode, "不是 .docx"),
    "pdf": (lambda: b"%PDF-1.7\n", "不是 .docx"),
    "encrypted": (lambda: encrypted(good(0), "1"), "打开密码"),
    "an entity bomb": (entity, "DTD"),
    "an entity from outside": (
        lambda: with_document(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + _HEAD + _TAIL),
        "DTD",
    ),
    "a part twice": (twice, "出现2次"),
    "a bomb": (lambda: packed(parts(good(0)) | {"word/media/a.bmp": bytes(96 * 1024**2)}), "压缩比异常"),
    "a path out of it": (lambda: packed(parts(good(0)) | {"../../x": b"x"}), "指向包外"),
    "relations out of it": (outside, "损坏"),
    "elements in elements": (lambda: body(b"<w:p>" * 100_000 + b"</w:p>" * 100_000), "损坏"),
    "tables in tables": (
        lambda: body(b"<w:tbl><w:tr><w:tc>" * 80 + b"<w:p/>" + b"</w:tc></w:tr></w:tbl>" * 80),
        None,
    ),
    "a million paragraphs": (lambda: body(b"<w:p><w:r><w:t>1</w:t></w:r></w:p>" * 120_000), "段"),
    "a wide table": (lambda: body(b"<w:tbl><w:tr>" + _CELL * 5000 + b"</w:tr></w:tbl>"), "列"),
    "a long table": (lambda: body(b"<w:tbl>" + _ROW * 4000 + b"</w:tbl>"), "压缩比异常"),
    "a span without end": (
        lambda: body(
            b'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999"/></w:tcPr><w:p/></w:tc>' + _CELL + b"</w:tr></w:tbl>"
        ),
        "列",
    ),
    "a workbook": ((FILES / "dalian.xlsx").read_bytes, "不是 Word 文档"),
    "not a document inside": (lambda: with_document(b"<a/>"), "损坏"),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_document_is_refused_with_its_reason(name: str) -> None:
    make, says = HARMFUL[name]
    if says is None:
        assert len(read_document(make()).paragraphs) <= 1
        return
    with pytest.raises(UnreadableFileError) as refused:
        read_document(make())
    assert says in str(refused.value)


def test_they_end_in_one_finding_each(tmp_path: Path) -> None:
    files = {f"{number}.docx": make() for number, (make, _) in enumerate(HARMFUL.values())}
    files |= {f"w{number}.docx": one.make() for number, one in enumerate(HOSTILE[:8])}
    plans = read_all(tmp_path, files)
    told = findings(plans)
    assert len(told) == len(files)
    rules = {rule for found in told.values() for rule in found}
    assert rules <= {"PLAN-UNREADABLE", "PLAN-OTHER"}
    assert {file: found for file, found in told.items() if len(found) != 1} == {}


def test_text_that_goes_on_and_on_is_read_in_time(tmp_path: Path) -> None:
    """Sentences made to send a search for figures astray."""
    line = "到2025年" + "达到达到分别不低于" * 4000 + "21%"
    numbers = "1,111" * 4000 + "。" + "非化石能源消费占比" * 3000 + "一" * 20_000
    text = "".join(
        f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in (line, numbers, "（" * 50_000, "2025年" * 20_000)
    )
    (plan,) = read_all(tmp_path, {"a.docx": body(text.encode())})
    assert "停止" not in str(plan.detail)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus lies beside the repository, in ../shared/corpus")
@pytest.mark.corpus
@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.slow)])
def test_documents_that_are_none_end_in_one_finding(tmp_path: Path, every: int) -> None:
    """Files of other projects under the name of a document."""
    some = sorted(path for path in CORPUS.iterdir() if path.name != "MANIFEST.csv")[::every]
    plans = read_all(tmp_path, {f"{number}.docx": path.read_bytes() for number, path in enumerate(some)})
    assert {tuple(rules) for rules in findings(plans).values()} == {("PLAN-UNREADABLE",)}
