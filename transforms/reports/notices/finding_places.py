"""Where a submitter finds what a finding is about: all cells concerned, and positions in a plan by its headings."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl
from openpyxl.utils.cell import coordinate_to_tuple

from transforms.reports.sheet_parts.links import submitted_path
from transforms.reports.view import View
from transforms.safe_text import single_line

_YEAR = re.compile(r"(20\d\d)年")
_QUOTED = re.compile("“([^”]+)”")
_PARAGRAPH = re.compile(r"第(\d+)段")
_CELL = re.compile(r"工作簿 ?([^!，。；（）“”]+)!([A-Z]{1,3}\d+)")
_PLAN_CELL = re.compile(r"方案 ?(方案表\d*)!([A-Z]{1,3}\d+)")
_TWICE = re.compile(r"“([^”]+)”（“\1”一节）")
_PATH = re.compile(r"“([^”]*/[^”]+\.[A-Za-z][A-Za-z0-9]{1,4})”")  # with an ending: no unit and no fraction
_SHOWN = 4
_BLOCKS = {
    "COLUMN-SHIFTED",
    "VALUE-DRAGGED",
}  # of several rows, only the first is reported


@dataclass(frozen=True)
class FindingPlaces:
    """Positions of the findings of a province."""

    view: View

    @cached_property
    def _rows(self) -> dict[str, list[dict[str, Any]]]:
        """Observations by file."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        names = ("file", "indicator", "name", "year", "cell", "label_cell", "usable", "value", "twice")
        for row in self.view.review.judged.batch.observations.select(names).iter_rows(named=True):
            found[row["file"]].append(row)
        return found

    @cached_property
    def _headings(self) -> dict[str, list[tuple[int, str]]]:
        """Headings of each plan with the number of a paragraph below them, in the order of the plan."""
        plans = self.view.review.judged.batch.plans
        found: dict[str, set[tuple[int, str]]] = defaultdict(set)
        for frame in (plans.parts, plans.claims):
            known = frame.filter(pl.col("heading").is_not_null() & pl.col("place").is_not_null())
            for file, heading, place in known.select("file", "heading", "place").iter_rows():
                if match := _PARAGRAPH.fullmatch(place):
                    found[file].add((int(match[1]), heading))
        return {file: sorted(listed) for file, listed in found.items()}

    def cells(self, finding: dict[str, Any]) -> tuple[str, ...]:
        """Return all cells of the submitted table that a finding is about, the one that it is reported at first."""
        if not finding["cell"]:
            return ()
        if finding["rule"] == "PROGRESS-TARGET":  # the other cell of that year has the actual value
            return (finding["cell"],)
        rule = self.view.contracts.rules[finding["rule"]]
        rows = self._rows[finding["file"]]
        quoted = set(_QUOTED.findall(finding["message"]))
        years = {finding["year"], *map(int, _YEAR.findall(_QUOTED.sub("", finding["message"])))}
        cells = {
            row["cell"]
            for row in rows
            if row["cell"]
            and (
                ((row["indicator"] == finding["indicator"] or row["name"] in quoted) and row["year"] in years)
                or (
                    rule.excludes
                    and not row["usable"]
                    and row["value"] is not None
                    and (row["indicator"] == finding["indicator"] if rule.id not in _BLOCKS else row["year"] in years)
                    and rule.id in {*_BLOCKS, "UNIT-SIZE", "RELATION-CARBON", "TABLE-ROW-TWICE"}
                )
            )
        }
        if rule.at == "label":
            twice = rule.id == "TABLE-ROW-TWICE"
            cells |= {row["label_cell"] for row in rows if twice and row["indicator"] == finding["indicator"]}
        others = sorted(cells - {finding["cell"], None}, key=coordinate_to_tuple)
        return (finding["cell"], *others)

    def in_words(self, finding: dict[str, Any], *, about_plan: bool) -> str:
        """Return the position in words."""
        if about_plan:
            if finding["indicator"] and finding["cell"]:
                return str(finding["message"]).split("：", 1)[-1].split("为“")[0]
            return self.without_numbers(finding["file"], finding["sheet"] or "") or "—"
        if not finding["sheet"]:
            return "整个文件"
        cells = sorted(self.cells(finding), key=coordinate_to_tuple)
        if len(cells) > _SHOWN:  # of several rows, the cell of each in the column of the finding
            column = finding["cell"].rstrip("0123456789")
            cells = [cell for cell in cells if cell.rstrip("0123456789") == column]
        shown = "、".join(cells[:_SHOWN]) + ("等" if len(cells) > _SHOWN else "")
        return f"工作表“{finding['sheet']}”{shown}"

    def without_folders(self, text: str) -> str:
        """Replace the paths of files, which have folders of `data/raw`, by their names."""
        for file in self._files:
            text = text.replace(file, file_name(file)).replace(submitted_path(file), file_name(file))
        return _PATH.sub(lambda match: f"“{file_name(match[1])}”", text)  # of what could not be read

    @cached_property
    def _files(self) -> list[str]:
        """Paths of all files, the longest first: one may be part of another."""
        return sorted(self.view.copies, key=len, reverse=True)

    def without_numbers(self, file: str, text: str) -> str:
        """Replace the numbers of paragraphs, which Word does not show, by headings, and addresses by words."""

        def heading(match: re.Match[str]) -> str:
            before = [title for number, title in self._headings.get(file, ()) if number <= int(match[1])]
            return f"“{before[-1]}”一节" if before else "正文"

        text = _PLAN_CELL.sub(lambda match: f"{match[1]}第{coordinate_to_tuple(match[2])[0]}行", text)
        text = _CELL.sub(lambda match: f"工作表“{match[1]}”{match[2]}单元格", text)
        return _TWICE.sub(r"“\1”", _PARAGRAPH.sub(heading, text))


def file_name(file: str) -> str:
    """Return the name of a file without its folders, to be shown in a document."""
    return single_line(file.rsplit("/", 1)[-1], 80)
