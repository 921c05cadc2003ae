"""What is known of every round: years, roster and deadline from its contract, and counts from the folders."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contracts.load import ContractError, load_contracts


@dataclass(frozen=True)
class RoundLine:
    """One round.

    Attributes:
        state: `published`, `incomplete` (published without some checks), `received` (not yet published), `empty`, or
            `faulty` (its contract cannot be loaded; `fault` is the first reason).
        files: received, of any kind.
        submissions: workbooks of the last published run; `accepted` pilots of them.
        quota: None where it is not published.
    """

    round: str
    state: str
    fault: str | None = None
    title: str | None = None
    kind: str | None = None
    of: str | None = None
    base_year: int | None = None
    reported_years: tuple[int, ...] = ()
    target_years: tuple[int, ...] = ()
    due: tuple[int, ...] = ()
    pilots: int | None = None
    quota: int | None = None
    deadline: date | None = None
    files: int = 0
    submissions: int | None = None
    accepted: int | None = None


def describe_round(name: str, raw: Path, out: Path) -> RoundLine:
    """Describe a round by its contract and its folders.

    Raises:
        OSError: if a folder cannot be read.
    """
    folder = raw / name / "submissions"
    files = sum(path.is_file() and not path.name.startswith((".", "~$")) for path in folder.rglob("*"))
    try:
        round_ = load_contracts(name).round
    except ContractError as error:
        return RoundLine(name, "faulty", error.faults[0], files=files)
    record = out / name / "run.json"
    run = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else None
    counts = run["counts"] if run else {}
    state = ("published" if run["complete"] else "incomplete") if run else "received" if files else "empty"
    return RoundLine(
        name,
        state,
        title=round_.title,
        kind=round_.kind,
        of=round_.of,
        base_year=round_.base_year,
        reported_years=round_.reported_years,
        target_years=round_.target_years,
        due=round_.due,
        pilots=len(round_.roster) or None,
        quota=round_.quota_total,
        deadline=round_.deadline,
        files=files,
        submissions=counts.get("submissions"),
        accepted=counts.get("accepted"),
    )


def as_text(line: RoundLine) -> str:
    """Return a round as a few lines of text."""
    if line.fault:
        return f"{line.round}: {line.state}: {line.fault}"
    of = f" of {line.of}" if line.of else ""
    years = [f"base {line.base_year}", f"targets {_years(line.target_years)}"]
    if line.reported_years:
        years[1:] = [f"reported {_years(line.reported_years)}", f"due {_years(line.due)}", years[1]]
    places = "quota not published" if line.quota is None else f"quota {line.quota}"
    roster = "roster open" if line.pilots is None else f"{line.pilots} pilots on the roster"
    counts = f"{line.files} files received"
    if line.submissions is not None:
        counts += f", {line.submissions} submissions and {line.accepted} accepted pilots published"
    return "\n".join(
        (
            f"{line.round}: {line.state}  {line.title}",
            f"  {line.kind}{of}: {', '.join(years)}",
            f"  {roster}, {places}, deadline {line.deadline or 'not set'}",
            f"  {counts}",
        )
    )


def _years(years: tuple[int, ...]) -> str:
    return " ".join(map(str, years)) or "none"
