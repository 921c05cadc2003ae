"""An earlier submission for prefilling the template: texts as submitted, nothing converted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from contracts.load import Contracts
from contracts.naming import name_key
from transforms.intake.cells import Cell, Sheet
from transforms.intake.sender.roster import match_name
from transforms.intake.sender.version import parse_version
from transforms.intake.submission import Submission
from transforms.intake.tables.notes import parse_notes

PROJECT_TITLES = ("项目名称", "领域", "建设内容", "建设起止年限", "总投资（万元）", "预期效果", "支撑指标")
PROGRESS_SHEET = "重点工程进展"
PROGRESS_TITLES = ("项目名称", "建设状态", "完成投资（万元）", "实际效果", "偏差原因")
NOTE_TITLES = ("指标", "情况", "说明")
# Cells without a content of their own.
_NO_CONTENT = {"blank", "formula", "merged"}


@dataclass(frozen=True)
class Given:
    """The content of one submitted cell."""

    text: str
    held: str = "text"
    number_format: str = "General"


@dataclass(frozen=True)
class Line:
    """One row of the table, its values by year and role; `unit` is None if none was submitted."""

    label: str
    unit: str | None
    values: Mapping[tuple[int, str], Given]
    remark: str | None


@dataclass(frozen=True)
class Earlier:
    """An earlier submission; `version` is the number of the next one, `projects` and `notes` go by column title.

    `footnotes` are the notes below the table that explain a mark or brackets of a value.
    """

    office: str | None = None
    contact: str | None = None
    version: int = 1
    rows: Mapping[str, Line] = field(default_factory=dict)
    added: Sequence[Line] = ()
    projects: Sequence[dict[str, Given]] = ()
    progress: Sequence[dict[str, Given]] = ()
    notes: Sequence[dict[str, Given]] = ()
    basic_data: Sequence[dict[str, Given]] = ()
    footnotes: Sequence[str] = ()


def reason_unusable(submission: Submission, kind: str, pilot: str, contracts: Contracts) -> str | None:
    """Return in Chinese why a submission cannot prefill the template of this pilot, or None if it can."""
    who = submission.identity
    if submission.fault:
        return submission.detail or submission.fault
    if submission.table_kind != kind:
        return f"其中填写的是{contracts.tables[submission.table_kind or ''].sheet}"
    match = match_name(pilot, kind, contracts)
    names = {name_key(pilot), name_key(match.pilot.name) if match else None}
    submitted = {name_key(name) for name in (who.pilot, who.named) if name}
    if submitted and not submitted & names:
        return f"其报送单位是{who.named or who.pilot}"
    return None


def read_earlier(submission: Submission) -> Earlier:
    """Collect from a readable submission what the template can show again."""
    rows: dict[str, Line] = {}
    added: list[Line] = []
    lines: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for row in submission.observations:
        lines.setdefault((row["indicator"], row["label_cell"]), []).append(row)
    for (code, _), cells in lines.items():
        line = _line(cells)
        # The second row of the same indicator is shown as an added one, so that the pilot can decide between them.
        if code.startswith("X-") or code in rows:
            added.append(line)
        else:
            rows[code] = line
    sheets = {sheet.name: sheet for sheet in submission.shown[1:]}
    who = submission.identity
    version = parse_version(who.version or "")
    return Earlier(
        office=who.office,
        contact="　".join(who.contacts) or None,
        version=(version.numbers[0] if version and version.numbers else 1) + 1,
        rows=rows,
        added=added,
        projects=_form(sheets.get("重点工程"), PROJECT_TITLES),
        progress=_form(sheets.get(PROGRESS_SHEET), PROGRESS_TITLES),
        notes=_form(sheets.get("说明"), NOTE_TITLES),
        basic_data=_form(sheets.get("基础数据"), ("项目", "单位", *(f"{year}年" for year in submission.years))),
        footnotes=_footnotes(submission.observations),
    )


def from_plan(submission: Submission) -> Earlier:
    """Take base values, targets and projects of a pilot's submission to the round of plans."""
    earlier = read_earlier(submission)
    names = [{"项目名称": line["项目名称"]} for line in earlier.projects if "项目名称" in line]
    return replace(earlier, version=1, added=(), projects=(), notes=(), basic_data=(), progress=names)


def from_accepted(plans: pl.DataFrame, projects: Sequence[str]) -> Earlier:
    """Take the accepted base values and targets of one pilot, columns `ACCEPTED_PLANS`, without doubtful ones."""
    kept = plans.filter(pl.col("usable") | pl.col("qualifier").is_in(["qualitative", "relative"]))
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in kept.to_dicts():
        rows.setdefault(row["indicator"], []).append(row)
    names = [{"项目名称": Given(name)} for name in projects]
    return Earlier(rows={code: _line(cells) for code, cells in rows.items()}, progress=names)


def _line(cells: list[dict[str, Any]]) -> Line:
    first = cells[0]
    own = ("cell", "cell_unknown")  # the unit is part of the text of the cell
    unit = next((cell["raw_unit"] for cell in cells if cell["raw_unit"] and cell["unit_from"] not in own), None)
    values = {
        (cell["year"], cell["role"]): Given(cell["raw_value"], cell["held"], cell["number_format"] or "General")
        for cell in cells
        if cell["raw_value"] is not None and cell["held"] not in _NO_CONTENT
    }
    return Line(first["label"] or first["name"] or "", unit, values, first["remark"])


def _footnotes(observations: Iterable[dict[str, Any]]) -> list[str]:
    """Return the notes of marks and brackets once each, as `meaning_of` words them; they are read like that, too."""
    beside = (text for row in observations for text in (row["cell_remark"] or "").split("；"))
    return [text for text in dict.fromkeys(beside) if "：" in text and parse_notes([text])]


def _form(sheet: Sheet | None, titles: tuple[str, ...]) -> list[dict[str, Given]]:
    """Read the rows below the first row with at least two of the titles."""
    if sheet is None:
        return []
    keys = {name_key(title).split("(")[0]: title for title in titles}
    columns: dict[int, str] = {}
    found = []
    for cells in sheet.rows().values():
        known = {cell.column: title for cell in cells if (title := keys.get(name_key(cell.text).split("(")[0]))}
        if not columns and len(known) > 1:
            columns = known
        elif columns and (line := _by_title(cells, columns)):
            found.append(line)
    return found


def _by_title(cells: Iterable[Cell], columns: Mapping[int, str]) -> dict[str, Given]:
    return {
        columns[cell.column]: Given(cell.text, cell.held, cell.number_format)
        for cell in cells
        if cell.column in columns and cell.held not in _NO_CONTENT
    }
