"""Simulated plans (实施方案) as plain data, agreeing with a simulated submission: writers turn them into documents."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from contracts.guide import Chapter, Part
from tests.sample import CONTRACTS, SIMULATED, YEARS, Submission, Value
from tests.sample.plan_texts import CITY, PARK

GUIDE = CONTRACTS.guide
TEXTS = {"city": CITY, "park": PARK}
# The indicators that the prose repeats.
TOLD = {"city": ("C07", "C16", "C18", "C24"), "park": ("P04", "P08", "P12", "P13")}
PROJECT_HEADER = ("项目名称", "领域", "建设内容", "建设起止年限", "总投资（万元）", "预期效果", "支撑指标")


@dataclass(frozen=True)
class PartDraft:
    """One part of a plan: its id in the guide, the heading and the text."""

    id: str
    heading: str
    text: str


@dataclass(frozen=True)
class ChapterDraft:
    """A chapter of a plan; one without parts of its own has a single part with its own heading."""

    heading: str
    parts: tuple[PartDraft, ...]
    whole: bool


@dataclass(frozen=True)
class PlanDraft:
    """What a plan says. `header` and `rows`: its indicator table; `projects`: lines of the table in 五, below
    `project_header`.
    """

    title: str
    note: str
    chapters: tuple[ChapterDraft, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    projects: tuple[tuple[Value, ...], ...]
    project_header: tuple[str, ...] = PROJECT_HEADER


def draft_plan(submission: Submission) -> PlanDraft:
    """A complete plan that agrees with its workbook."""
    texts = TEXTS[submission.kind]
    said = {"pilot": submission.pilot, "targets": _targets(submission)}

    def part(one: Part) -> PartDraft:
        return PartDraft(one.id, one.title, texts[one.id].format_map(said))

    def chapter(one: Chapter) -> ChapterDraft:
        parts = tuple(part(each) for each in one.parts if submission.kind in each.kinds)
        return ChapterDraft(one.title, parts, one.whole)

    return PlanDraft(
        title=f"国家碳达峰试点（{submission.pilot}）实施方案",
        note=SIMULATED,
        chapters=tuple(chapter(one) for one in GUIDE.chapters),
        header=("序号", "类别", "具体指标", "单位", *(f"{year}年" for year in YEARS)),
        rows=tuple(
            (str(number), row.category, row.label, row.unit, *map(_written, row.values))
            for number, row in enumerate(submission.rows, 1)
        ),
        projects=tuple(submission.projects()),
    )


def _written(value: Value) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:.10g}"


def _targets(submission: Submission) -> str:
    clauses = {
        year: "，".join(
            f"{row.label}达到{_written(row.values[YEARS.index(year)])}{row.unit}"
            for code in TOLD[submission.kind]
            for row in [submission.row(code)]
        )
        for year in YEARS[1:]
    }
    return "".join(f"到{year}年，{text}。" for year, text in clauses.items())


def edit_part(draft: PlanDraft, part_id: str, change: Callable[[PartDraft], PartDraft | None]) -> PlanDraft:
    """Change a part, or take it away; a chapter without any part is gone too."""
    chapters = []
    for chapter in draft.chapters:
        parts = [change(part) if part.id == part_id else part for part in chapter.parts]
        kept = tuple(part for part in parts if part)
        if kept:
            chapters.append(replace(chapter, parts=kept))
    return replace(draft, chapters=tuple(chapters))


def put_cell(draft: PlanDraft, code: str, year: int, value: Value) -> PlanDraft:
    """Put another value into the indicator table of the plan."""
    at, column = int(code[1:]) - 1, 4 + YEARS.index(year)
    row = (*draft.rows[at][:column], value, *draft.rows[at][column + 1 :])
    return replace(draft, rows=(*draft.rows[:at], row, *draft.rows[at + 1 :]))
