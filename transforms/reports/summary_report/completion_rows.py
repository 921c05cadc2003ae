"""Completion of due targets in the report on a progress round: in words, and by province."""

from collections.abc import Iterator

import polars as pl

from transforms.progress.completion import Tally, completion, tallies
from transforms.reports.summary_report.report_facts import ReportFacts
from transforms.reports.view import View

COMPLETED = (
    ("序号", 12),
    ("省份", 44),
    ("到期目标", 20),
    ("已完成", 20),
    ("未完成", 20),
    ("已说明", 20),
    ("无法判断", 20),
)


def completion_lines(view: View) -> Iterator[str]:
    """Yield in a progress round how many due targets were met, and the indicators that most pilots missed."""
    achieved = view.visible(view.review.achievement)
    n = tallies(achieved).get((), Tally())
    due = "、".join(map(str, view.contracts.round.due))
    yield (
        f"{due}年到期目标{n.total}项，可判断{n.judged}项，其中已完成{n.met}项，"
        f"未完成{n.missed}项（已说明原因{n.explained}项）；无法判断{n.unjudged}项。"
    )
    missed_at_all = completion(achieved, view.contracts).filter(pl.col("missed") > 0)
    behind = missed_at_all.sort("missed", descending=True, maintain_order=True).head(5)
    names = view.contracts.indicators
    rows = behind.select("indicator", "missed", "judged").iter_rows()
    shown = "、".join(f"{names[code].name}（{missed}/{of}）" for code, missed, of in rows)
    if shown:
        yield f"未完成较多的指标（未完成试点数/可判断试点数）：{shown}。"


def completed_rows(facts: ReportFacts) -> list[tuple[str, ...]]:
    """Return for each province of a progress round how many due targets are in each state."""
    found = tallies(facts.view.review.achievement, "province")
    done = [(row["province"], found.get((row["province"],), Tally())) for row in facts.provinces]
    return [
        (str(at), name, *map(str, (n.total, n.met, n.missed, n.explained, n.unjudged)))
        for at, (name, n) in enumerate(done, 1)
    ]
