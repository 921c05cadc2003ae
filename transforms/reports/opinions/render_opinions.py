"""The file with the opinion about each pilot of a province."""

from transforms.failures import Failure, attempt
from transforms.reports.files.pilot_files import opinion_paths
from transforms.reports.opinions.opinion_facts import OpinionFacts
from transforms.reports.opinions.opinion_page import render_opinion
from transforms.reports.rows.pilot_status import pilot_statuses
from transforms.reports.view import View


def render_opinions(view: View, failures: list[Failure] | None = None) -> dict[str, bytes]:
    """Return the files by path in the package: `opinions/<pilot>评审意见.docx`, for each row of the sheet 审核意见.

    Args:
        view: of a province.
        failures: gets the files that fail; without it, the error is raised.
    """
    facts, statuses = OpinionFacts(view), pilot_statuses(view)
    paths = opinion_paths(statuses)
    files: dict[str, bytes] = {}
    for row in statuses:
        if path := paths.get((row["province"], row["pilot"])):
            what = f"{view.title}/{path}"
            content = attempt(what, failures, lambda row=row: render_opinion(facts.opinion(row), view.contracts))  # type: ignore[misc]
            files |= {path: content} if content else {}
    return files
