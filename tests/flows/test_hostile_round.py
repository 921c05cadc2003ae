"""Two hundred hostile submissions in the sample round: each has its verdict, and no good pilot's package differs."""

import json
import random
import shutil
import unicodedata
from pathlib import Path

import pytest

from tests.support.command import peak_review, tree
from tests.support.odd_texts import ODD, PLACES, with_text
from tests.support.paths import SAMPLE
from tests.support.review_book import CITY, submitted
from transforms.safe_text import repair_surrogates

# Off the roster: no median of the round changes.
PROVINCE, PILOT = "贵州省", "遵义市"
COUNT = 200
NUMBERS = tuple(f"{column}{row}" for column in "EFG" for row in range(3, 29))
pytestmark = [pytest.mark.slow, pytest.mark.hostile]


def pieces(draw: random.Random) -> list[str]:
    """Some characters of every category, and all that are odd."""
    by_category: dict[str, list[str]] = {}
    for code in range(0x110000):
        by_category.setdefault(unicodedata.category(chr(code)), []).append(chr(code))
    return [ODD, *("".join(draw.choices(some, k=30)) for some in by_category.values())]


def hostile(number: int, text: str, good: bytes, draw: random.Random) -> bytes:
    """Text in every place, or a file that is cut off or changed somewhere."""
    match number % 4:
        case 0:
            return with_text(good, text)
        case 1:
            sheet = draw.choice(list(PLACES))
            return with_text(good, text * 20, {sheet: PLACES[sheet]})
        case 2:
            return good[: draw.randrange(len(good))]
    changed = bytearray(good)
    for _ in range(draw.randrange(1, 40)):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def name_of(number: int, text: str) -> str:
    """A hostile name that a file system takes."""
    safe = repair_surrogates(text).replace("/", "").replace("\0", "").encode()[:120].decode("utf-8", "ignore")
    return f"{number:03}{safe}{('.xlsx', '.csv', '.xls', '.docx')[number % 7 % 4]}"


def test_two_hundred_hostile_submissions_cost_nobody_else_a_byte(home: Path, tmp_path: Path) -> None:
    draw = random.Random("two hundred")
    # No number in it: what others are compared with stays as it is.
    good = with_text(submitted(CITY, {}), "见附件", {"表1": NUMBERS})
    good = with_text(with_text(good, PROVINCE, {"封面": ("B4",)}), PILOT, {"封面": ("B5",)})
    texts = pieces(draw)
    raw = tmp_path / "raw"
    shutil.copytree(SAMPLE / "first-batch", raw / "first-batch")
    before = peak_review(home, "run", "--round", "first-batch", "--raw", raw, "--out", tmp_path / "before")
    folder = raw / "first-batch" / "submissions" / PROVINCE / PILOT
    folder.mkdir(parents=True)
    for number in range(COUNT):
        text = texts[number % len(texts)]
        (folder / name_of(number, text)).write_bytes(hostile(number, text, good, draw))
    after = peak_review(home, "run", "--round", "first-batch", "--raw", raw, "--out", tmp_path / "after")
    assert (before.returncode, after.returncode) in {(0, 0), (0, 3)}, after.stderr
    record = json.loads((tmp_path / "after" / "first-batch" / "run.json").read_bytes())
    plans = [one for one in record["plans"] if PROVINCE in one["file"]]
    told = [one for one in (*record["inputs"], *plans) if one["file"].startswith(f"submissions/{PROVINCE}/")]
    ignored = [one for one in record["ignored"] if one["file"].startswith(f"submissions/{PROVINCE}/")]
    assert len({one["file"] for one in told}) + len(ignored) == COUNT
    assert all(one["standing"] for one in told)
    for package in sorted((tmp_path / "before" / "first-batch").glob("*/datapackage.json")):
        other = tmp_path / "after" / "first-batch" / package.parent.name
        assert tree(other) == tree(package.parent), package.parent.name
