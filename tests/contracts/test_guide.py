"""The chapters of the guide in YAML agree with the printed ones, sentence by sentence (`guide_chapters.txt`)."""

import re
from dataclasses import replace

import pytest

from contracts.guide import Chapter, Part
from contracts.load import load_contracts
from tests.support.paths import FILES

GUIDE = load_contracts("first-batch").guide
PRINTED = (FILES / "guide_chapters.txt").read_text(encoding="utf-8")
EVERY_PART = [(chapter, part) for chapter in GUIDE.chapters for part in chapter.parts]


def test_the_chapters_are_those_of_the_guide() -> None:
    printed = re.findall(r"^([一二三四五六七八])、(.+)$", PRINTED, re.MULTILINE)
    assert [(chapter.number, chapter.title) for chapter in GUIDE.chapters] == printed


def test_the_parts_are_those_of_the_guide() -> None:
    foundation = re.findall(r"^（[一二三四]）(.+?)。", PRINTED, re.MULTILINE)
    tasks = re.findall(r"^[1-5]\.(.+?)。", PRINTED, re.MULTILINE)
    assert [part.title for part in GUIDE.chapters[0].parts] == foundation
    assert [part.title for part in GUIDE.chapters[2].parts] == tasks
    assert len(tasks) == 10
    assert {kind: len(GUIDE.parts_of(kind)) for kind in ("city", "park")} == {"city": 15, "park": 15}


@pytest.mark.parametrize(("chapter", "part"), EVERY_PART, ids=[part.id for _, part in EVERY_PART])
def test_a_part_says_what_the_guide_says(chapter: Chapter, part: Part) -> None:
    lines = PRINTED.splitlines()
    start = next(at for at, line in enumerate(lines) if line == chapter.name)
    lead = f"{part.title}。" if not chapter.whole else ""
    assert any(line.endswith(lead + part.sentence) for line in lines[start:])
    for kind in part.kinds:
        assert 2 <= len(part.stated(kind)) <= 5
        # The guide's own sentence shows most of what it asks for: the words are its words.
        shown = [one for one in part.stated(kind) if any(word in part.sentence for word in one.words)]
        assert 2 * len(shown) >= len(part.stated(kind))


def test_faults_of_the_guide_are_told() -> None:
    first = GUIDE.chapters[0]
    same = replace(first.parts[1], aliases=("实施主体概况",))
    city = tuple(replace(part, kinds=("city",)) for part in first.parts)
    for chapter, words in (
        (replace(first, parts=(first.parts[0], same)), "means more than one part"),
        (GUIDE.chapters[1], "does not belong into chapter 1"),
        (replace(first, parts=city), "no part for a park"),
    ):
        faults = [text for _, text in replace(GUIDE, chapters=(chapter, *GUIDE.chapters[1:])).faults()]
        assert any(words in text for text in faults)
