"""Comments on cells: findings in full, and the clause of a national target."""

from collections.abc import Sequence
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment

from contracts.benchmarks import Benchmark
from contracts.review_form import COMMENT_AUTHOR
from contracts.rules import SEVERITY_TITLES
from transforms.reports.sheet_parts.styles import height_for
from transforms.reports.view import View
from transforms.safe_text import replace_forbidden

_LONGEST = 1500  # characters that fit the box


def comment_national_targets(cell: Cell, national: Sequence[Benchmark]) -> None:
    """Add a comment with the clauses of national targets."""
    if national:
        _comment(cell, "\n".join(f"{one.where}：{one.quote}" for one in national))


def national_target(one: Benchmark) -> str:
    """Return a national target in short: a level in the unit of the indicator, or a yearly rate."""
    return f"{one.value:g}" if one.value is not None else f"年均{(one.yearly or 0) * 100:+.1f}%"


def comment_findings(cell: Cell, findings: list[dict[str, Any]], view: View) -> None:
    """Add a comment with the findings about a cell."""
    if findings:
        said = (
            f"【{SEVERITY_TITLES[finding['severity']]}】{view.contracts.rules[finding['rule']].title}\n"
            f"{finding['message']}\n建议：{finding['advice']}"
            for finding in findings
        )
        _comment(cell, "\n".join(said))


def _comment(cell: Cell, text: str) -> None:
    text = replace_forbidden(text[:_LONGEST])
    height = int(height_for([(text, 46)]) * 1.4) + 10
    cell.comment = Comment(text, COMMENT_AUTHOR, height=height, width=340)
