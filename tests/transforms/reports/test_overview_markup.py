"""index.html takes no markup, script or style from a submission or a plan."""

from dataclasses import replace

from tests.sample import CONTRACTS, clean_submission, layouts
from tests.sample.plans import edit_part
from tests.support.overview_page import Outline, page, row_of
from tests.support.plan_cases import draft, files
from tests.support.plan_review import review
from tests.support.sample_round import reviewed
from transforms.intake.submission import Submission, read_submission

HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;b&gt;", "'; alert(1); '", "{{ 7*7 }}")


def test_words_of_a_plan_cannot_become_markup() -> None:
    words = " ".join(HOSTILE)
    plan = edit_part(draft(), "1.1", lambda part: replace(part, heading=part.heading + words, text=words + part.text))
    plan = edit_part(plan, "2", lambda part: replace(part, text=f"{words}到2025年，森林覆盖率达到1%。" + part.text))
    plan = replace(plan, projects=((words, "能源", words, "2031年" + words, words, words, words), *plan.projects))
    clean, outline = Outline(page(review(files()))), Outline(page(review(files(plan))))
    for tag in ("script", "style", "img", "b", "meta"):
        assert len(outline.all(tag)) == len(clean.all(tag))
    said = " ".join(cell for row in outline.rows for cell in row)
    for part in HOSTILE:
        assert said.count(" ".join(part.split())) >= 3, part


def named(name: str, number: int = 0) -> Submission:
    content = layouts.official(clean_submission("河北省", "唐山市"))
    read = read_submission(content, f"submissions/河北省/{number}.xlsx", CONTRACTS)
    who = replace(read.identity, pilot=name, named=f"甲{name}", listed=False, version=name, contacts=(name,))
    return replace(read, identity=who, observations=tuple(row | {"pilot": name} for row in read.observations))


def test_a_name_cannot_become_markup() -> None:
    clean, outline = Outline(page()), Outline(page(reviewed([named(name, at) for at, name in enumerate(HOSTILE)])))
    for name in HOSTILE:
        assert row_of(outline, "河北省", f"{name} 报送名称：甲{name}")
    for tag in ("script", "style", "img", "b", "meta"):
        assert len(outline.all(tag)) == len(clean.all(tag))
    assert not [name for _, attributes in outline.elements for name in attributes if name.startswith("on")]


def test_a_character_that_no_page_can_hold_is_replaced() -> None:
    shown = page(reviewed([named("a\x00\x08b", 1), named("c\ufffeb", 2)]))
    assert "a\ufffd" in shown
    assert "c\ufffd" in shown


def test_scripts_and_styles_are_those_of_the_policy_and_no_other() -> None:
    outline = Outline(page())
    policy = next(meta["content"] for meta in outline.all("meta") if "http-equiv" in meta)
    assert policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert not [attributes for _, attributes in outline.elements if "style" in attributes or "src" in attributes]
    assert len(outline.all("script")) == len(outline.all("style")) == 1
