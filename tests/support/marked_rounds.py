"""Random rounds in which every text and figure of a submission says whose it is: a leak can be searched for."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from tests.sample import CONTRACTS, Submission, Value, add, change, clean_submission, layouts
from tests.sample.plan_layouts import word_headings
from tests.sample.plans import draft_plan
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.plans.read_plan import read_plan

CITIES = [(province, pilot.name) for province, pilot in CONTRACTS.round.roster if pilot.kind == "city"]
SAME_NAME = "中央高新区"  # of pilots off the roster, in several provinces


@dataclass(frozen=True)
class Marked(Submission):
    """A submission with its mark on the cover, in 说明 and in the key projects."""

    mark: str = ""

    def cover(self) -> dict[str, Value]:
        """Return the entries of the cover by label."""
        return super().cover() | {"填报单位": f"{self.mark}办公室", "联系人": f"{self.mark}先生　000-00000000"}

    def projects(self) -> list[tuple[Value, ...]]:
        """Lines of the sheet 重点工程."""
        return [(f"{self.mark}工程", *rest) for _, *rest in super().projects()]


@dataclass(frozen=True)
class Sent:
    """A file of a round: path, bytes, the marks and the figures in it."""

    file: str
    content: bytes
    marks: frozenset[str]
    values: frozenset[float]


@dataclass(frozen=True)
class MarkedRound:
    """A round as reviewed, its files and the provinces to look at."""

    review: Review
    sent: tuple[Sent, ...]
    provinces: tuple[str, ...]


def marked_round(seed: int) -> MarkedRound:
    """Draw a round: seven or twelve cities, and files that are misfiled, copied, in conflict, unidentified, unread."""
    draw = random.Random(seed)
    marks = (f"QZ{seed}N{number}X" for number in range(1, 999))
    chosen = draw.sample(CITIES, draw.choice((7, 12)))
    made = [marked(province, pilot, next(marks), draw) for province, pilot in chosen]
    provinces = tuple(dict.fromkeys(province for province, _ in chosen))[:3]
    first, second = draw.sample(made, 2)
    made.append(marked(first.province, SAME_NAME, next(marks), draw, like=first.pilot))
    made.append(marked(second.province, SAME_NAME, next(marks), draw, like=second.pilot))
    made.append(replace(marked(first.province, first.pilot, next(marks), draw), version=first.version))  # a conflict
    made = [copied(one, draw.choice(made)) if draw.random() < 0.3 else one for one in made]
    sent = [workbook(one, f"submissions/{one.province}/{one.mark}表.xlsx") for one in made]
    misfiled = marked(*draw.choice(CITIES), next(marks), draw)
    sent.append(workbook(misfiled, f"submissions/{second.province}/{second.pilot}{misfiled.mark}.xlsx"))
    lost = workbook(marked(*first_of(made), next(marks), draw), "submissions/x.xlsx", cover=False)
    sent.append(replace(lost, file=f"submissions/{min(lost.marks)}.xlsx"))
    shared = workbook(marked(*draw.choice(CITIES), next(marks), draw), "", cover=False)
    sent += [
        replace(shared, file=f"submissions/{one.province}/{one.pilot}/{min(shared.marks)}.xlsx") for one in made[:2]
    ]
    again = draw.choice(sent)
    sent.append(replace(again, file=f"submissions/{again.file.split('/')[1]}/再报.xlsx"))
    plan_marks = [next(marks), next(marks)]
    plans = [
        plan(first, f"submissions/{first.province}/{plan_marks[0]}方案.docx", plan_marks[0]),
        plan(second, f"submissions/{first.province}/{plan_marks[1]}方案.docx", plan_marks[1]),
    ]
    unread = [(f"submissions/{second.province}/{second.pilot}{next(marks)}.rar", "是压缩包，没有解压", False)]
    review = review_round(
        [read_submission(one.content, one.file, CONTRACTS) for one in sent],
        CONTRACTS,
        Provenance("0", "0"),
        [read_plan(one.content, one.file, CONTRACTS) for one in plans],
        unread,
    )
    return MarkedRound(review, (*sent, *plans), provinces)


def marked(province: str, pilot: str, mark: str, draw: random.Random, like: str = "") -> Marked:
    """A clean submission with figures of four decimals that no other has, some faults and a mark in all texts."""
    base = clean(province, like or pilot)
    made = Marked(province, pilot, base.kind, base.rows, mark=mark)
    for row in made.rows:
        own = tuple(
            round(value + draw.randrange(1, 999) / 1e5, 5) if isinstance(value, float) and value else value
            for value in row.values
        )
        fault = draw.random()
        own = ("见附件", *own[1:]) if fault < 0.05 else (own[0] * 1000, *own[1:]) if fault < 0.1 else own
        own = (None, *own[1:]) if 0.1 < fault < 0.15 else own
        made = change(made, row.code, values=own, remark=f"{row.remark}{mark}口径")
    return add(made, f"{mark}年产量", "吨", (1, 2, 3), mark)


@cache
def clean(province: str, pilot: str) -> Submission:
    return clean_submission(province, pilot)


def first_of(made: list[Marked]) -> tuple[str, str]:
    return made[0].province, made[0].pilot


def copied(one: Marked, donor: Marked) -> Marked:
    """The submission with eight rows of another pilot."""
    for row in donor.rows[5:13]:
        one = change(one, row.code, values=row.values)
    return one


def workbook(one: Marked, file: str, *, cover: bool = True) -> Sent:
    content = layouts.official(one) if cover else layouts.pasted_from_word(replace(one, pilot=""))
    return Sent(file, content, frozenset({one.mark}), figures_of(one))


def figures_of(one: Marked) -> frozenset[float]:
    """The figures with more decimals than others have by chance, and the same as they are shown, with six digits."""
    values = [value for row in one.rows for value in row.values if isinstance(value, float)]
    return as_shown(value for value in values if value != round(value, 2))


def as_shown(values: Iterable[float]) -> frozenset[float]:
    return frozenset(shown for value in values for shown in (value, float(f"{value:.6g}")))


def plan(one: Marked, file: str, mark: str) -> Sent:
    draft = draft_plan(one)
    first = draft.chapters[0]
    parts = (replace(first.parts[0], text=f"{first.parts[0].text}{mark}"), *first.parts[1:])
    content = word_headings(replace(draft, chapters=(replace(first, parts=parts), *draft.chapters[1:])))
    return Sent(file, content, frozenset({one.mark, mark}), figures_of(one))
