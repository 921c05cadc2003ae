"""Chapters and parts of the guide in a plan: the same in every look; each part missed, copied or thin by itself."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.sample.plan_layouts import LAYOUTS, run_in, word_headings
from tests.sample.plans import PlanDraft, edit_part
from tests.support.one_in import one_in
from tests.support.plan_drafts import CONTRACTS, PILOTS, draft, found, plan_messages, plan_of

GUIDE = CONTRACTS.guide
EVERY_PART = [(kind, part.id) for kind in PILOTS for _, part in GUIDE.parts_of(kind)]


def peak_unstated(part_id: str) -> set[str]:
    """Only the part with the targets says when the peak is reached."""
    return {"PLAN-PEAK-UNSTATED"} if part_id == "2" else set()


def gist(kind: str, content: bytes) -> object:
    """What the rules ask about, without its place."""
    plan = plan_of(kind, content)
    assert plan.table is not None
    return (
        [(one.part, one.state, one.shown, one.missing) for one in plan.chapters[kind]],
        [(one.year, one.key, one.value, one.unit, one.qualifier) for one in plan.targets],
        [(row["indicator"], row["year"], row["raw_value"], row["value"]) for row in plan.table.observations],
        [(one.name, one.first, one.last, one.lacks) for one in plan.projects],
    )


def name_of(case: object) -> str:
    return getattr(case, "__name__", str(case))


# One look for each part and one kind for each look; the other one is slow.
LOOKS = (word_headings, run_in)
EVERY_PART_IN_A_LOOK = [
    (look, kind, part_id)
    for number, (kind, part_id) in enumerate(EVERY_PART)
    for look in (LOOKS if number % 2 == 0 else LOOKS[::-1])
]
EVERY_LOOK_OF_A_KIND = [
    (layout, kind)
    for number, layout in enumerate(LAYOUTS)
    for kind in (list(PILOTS) if number % 2 == 0 else [*PILOTS][::-1])
]


@pytest.mark.thorough
@pytest.mark.parametrize(("layout", "kind"), one_in(2, EVERY_LOOK_OF_A_KIND), ids=name_of)
def test_every_look_gives_the_same_and_nothing_to_correct(layout: Callable[[PlanDraft], bytes], kind: str) -> None:
    content = layout(draft(kind))
    assert gist(kind, content) == gist(kind, word_headings(draft(kind)))
    assert plan_messages(kind, plan_of(kind, content)) == []
    assert layout(draft(kind)) == content


def test_cells_of_a_split_table_keep_their_row() -> None:
    split, whole = (plan_of("city", layout(draft("city"))).table for layout in (LAYOUTS[5], word_headings))
    assert split is not None
    assert whole is not None
    rows = [{row["indicator"]: row["cell"] for row in table.observations} for table in (split, whole)]
    assert rows[0]["C01"] == rows[1]["C01"] == "G2"
    assert (rows[0]["C26"], rows[1]["C26"]) == ("G28", "G27")  # the header is repeated there


@pytest.mark.thorough
@pytest.mark.parametrize(("layout", "kind", "part_id"), one_in(2, EVERY_PART_IN_A_LOOK), ids=name_of)
def test_a_part_taken_away_is_told_and_nothing_else(
    kind: str, part_id: str, layout: Callable[[PlanDraft], bytes]
) -> None:
    chapter, part = GUIDE.of(part_id)
    plan = plan_of(kind, layout(edit_part(draft(kind), part_id, lambda _: None)))
    rule, found = "PLAN-CHAPTER-ABSENT" if chapter.whole else "PLAN-PART-ABSENT", dict(plan_messages(kind, plan))
    assert found.keys() == {rule} | peak_unstated(part_id)
    assert (chapter.name if chapter.whole else f"{chapter.name}·{part.title}") in found[rule]


@pytest.mark.parametrize("number", ["一", "三"])
def test_a_chapter_taken_away_is_told_once(number: str) -> None:
    chapter = next(one for one in GUIDE.chapters if one.number == number)
    whole = draft("city")
    without = tuple(one for one in whole.chapters if one.heading != chapter.title)
    ((rule, message),) = plan_messages("city", plan_of("city", word_headings(replace(whole, chapters=without))))
    assert (rule, chapter.name in message) == ("PLAN-CHAPTER-ABSENT", True)


@pytest.mark.thorough
@pytest.mark.parametrize(("kind", "part_id"), one_in(2, EVERY_PART))
def test_the_guides_own_words_are_no_content(kind: str, part_id: str) -> None:
    chapter, part = GUIDE.of(part_id)
    copied = edit_part(draft(kind), part_id, lambda one: replace(one, text=part.sentence))
    # The tables of 二 and 五 are content: without them.
    copied = replace(copied, rows=() if part_id == "2" else copied.rows, projects=())
    found = dict(plan_messages(kind, plan_of(kind, word_headings(copied))))
    assert found.keys() == {"PLAN-PART-COPIED"} | peak_unstated(part_id)
    assert (chapter.name if chapter.whole else part.title) in found["PLAN-PART-COPIED"]


def test_a_sentence_of_the_guide_with_more_behind_it_is_content() -> None:
    whole = draft("city")
    more = edit_part(whole, "8", lambda one: replace(one, text=GUIDE.of("8")[1].sentence + one.text))
    assert plan_messages("city", plan_of("city", word_headings(more))) == []


@pytest.mark.parametrize(
    ("kind", "part_id"), one_in(2, [one for one in EVERY_PART if one[1] not in {"2", "5"}], first=1)
)
def test_a_few_words_are_thin(kind: str, part_id: str) -> None:
    _, part = GUIDE.of(part_id)
    thin = edit_part(draft(kind), part_id, lambda one: replace(one, text="已完成相关工作。"))
    ((rule, message),) = plan_messages(kind, plan_of(kind, word_headings(thin)))
    assert rule == "PLAN-PART-THIN"
    assert "8字" in message
    assert all(one.what in message for one in part.stated(kind))


def test_long_and_beside_the_point_is_thin_too() -> None:
    about = edit_part(draft("city"), "6", lambda one: replace(one, text="本市将统筹谋划各项工作，扎实有序推进。" * 8))
    one = found("city", word_headings(about))["6"]
    assert (one.state, one.length > 100, one.shown) == ("thin", True, ())
