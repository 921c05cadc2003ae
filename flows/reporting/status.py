"""The status of a round: its last runs, what needs attention, earlier versions. Reads only."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.publication.history import provinces_with_history, rolled_back_version, versions
from flows.publication.lock import lock_holder
from flows.publication.manifest import HISTORY, packages_in
from flows.publication.open_workbooks import beside_name, open_files
from flows.publication.swap import is_begun
from flows.reporting.health import Level, Places, Point, brief, china_time, overdue, points_of_runs, worst
from flows.reporting.run_log import MESSAGE, Run, last_pull, last_runs, log_file

_MESSAGE = 2000  # bytes
_RECENT = 100  # runs that are looked through for the last one of the whole round


@dataclass(frozen=True)
class RoundStatus:
    """The status of a round.

    Attributes:
        places: the round and its folders.
        points: what an operator must know, the worst first.
        runs: the last ones, newest first.
        pull: the last pull.
        earlier: by province, the earlier versions and when they were replaced (UTC+8).
    """

    places: Places
    points: tuple[Point, ...]
    runs: tuple[Run, ...]
    pull: Run | None = None
    earlier: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        """The exit code."""
        return worst(self.points)


def round_status(places: Places, count: int, hours: float | None = None) -> RoundStatus:
    """Read the status of a round.

    Args:
        places: the round and its folders.
        count: how many runs to list.
        hours: report an error if no run of the whole round began since.

    Raises:
        OSError: if something cannot be read.
    """
    runs = last_runs(places.round, places.out, _RECENT)
    message = next(iter(last_runs(places.round, places.out, 1, [MESSAGE])), None)
    pull, unread = None, []
    try:
        pull = last_pull(places.round, places.raw)
    except PermissionError as error:  # submissions have contact details: not every engineer may see them
        unread.append(Point("unread", str(error.filename)))
    points = [
        *unread,
        *points_of_runs(places, runs, pull, message),
        *overdue(runs, hours, datetime.now(UTC), places.command("run")),
        *_points_on_disk(places),
    ]
    if not runs:
        points.append(Point("never", str(log_file(places.round, places.out))))
    folder = places.out / places.round
    earlier = {name: _when(folder, name) for name in provinces_with_history(folder)}
    return RoundStatus(places, by_level(points), tuple(runs[:count]), pull, earlier)


def status_of_run(places: Places, run: Run, pull: Run | None) -> RoundStatus:
    """Return the status after a run that has just ended, for the morning message; what cannot be read is left out."""
    points = list(points_of_runs(places, [run], pull, None))
    try:
        points += _points_on_disk(places)
    except OSError as error:
        points.append(Point("failed", str(error)))
    return RoundStatus(places, by_level(points), (run,), pull)


def by_level(points: Sequence[Point]) -> tuple[Point, ...]:
    """Sort points: failures, what needs attention, and the rest."""
    order = (Level.FAILED, Level.ATTENTION, Level.FINE)
    return tuple(sorted(points, key=lambda point: order.index(point.level)))


def _points_on_disk(places: Places) -> list[Point]:
    folder, again = places.out / places.round, places.command("run")
    who, alive = lock_holder(places.out, places.round)
    points = [Point("running", who)] if who and alive else [Point("killed", who, again)] if who else []
    if is_begun(folder) and not alive:
        points.append(Point("unfinished", command=again))
    taken = [name for name in provinces_with_history(folder) if rolled_back_version(folder, name)]
    points += [Point("taken back", name, places.command("run", "--province", name, "--force")) for name in taken]
    opened = [(name, file) for name in packages_in(folder) for file in open_files(folder / name)]
    return points + [
        Point("beside" if (folder / name / beside_name(file)).exists() else "open", f"{name}/{file}")
        for name, file in opened
    ]


def as_json(status: RoundStatus) -> dict[str, Any]:
    """Return a status for a program."""
    return {
        "round": status.places.round,
        "exit_code": int(status.level),
        "level": status.level.name.lower(),
        "points": [
            asdict(point) | {"level": point.level.name.lower(), "text": point.text()} for point in status.points
        ],
        "runs": [asdict(run) for run in status.runs],
        "pull": asdict(status.pull) if status.pull else None,
        "earlier": status.earlier,
    }


def as_text(status: RoundStatus, *, with_versions: bool = False) -> str:
    """Format a status for a terminal; times are China's."""
    lines = [f"{status.places.round}: {status.level.name.lower()}", *_point_lines(status.points)]
    lines.append("last runs (UTC+8)")
    lines += [f"  {_run_line(run)}" for run in status.runs] or ["  none recorded"]
    if status.pull:
        lines += ["last pull (UTC+8)", f"  {_pull_line(status.pull)}"]
    if status.earlier and not with_versions:
        lines.append(f"earlier versions of {len(status.earlier)} packages: peak-review status --versions")
    elif status.earlier:
        lines.append("earlier versions (replaced at, UTC+8), for `peak-review rollback --to`")
        for name, kept in status.earlier.items():
            lines.append(f"  {name}: " + ", ".join(f"{version} ({when})" for version, when in kept.items()))
    return "\n".join(lines)


def message_text(status: RoundStatus, figures: str) -> str:
    """Return the text of the morning message: the points and the figures, within the limit of chat programs."""
    text = "\n".join(filter(None, [*_point_lines(status.points, chinese=True), figures])).encode(errors="replace")
    more = f"\n……（{status.places.command('status')}）".encode(errors="replace")
    return (text if len(text) <= _MESSAGE else text[: _MESSAGE - len(more)] + more).decode(errors="ignore")


def _point_lines(points: Sequence[Point], *, chinese: bool = False) -> list[str]:
    """Return the lines of points, each command once, below the last point that it deals with."""
    lines: list[str] = []
    for at, point in enumerate(points):
        lines.append(f"{'' if chinese else '  '}{point.text(chinese=chinese)}")
        if point.command and point.command not in {one.command for one in points[at + 1 :]}:
            lines.append(f"    {point.command}")
    return lines


def _run_line(run: Run) -> str:
    parts = [china_time(run.started), run.outcome, f"{run.seconds:g} s", f"{run.memory_mib} MiB"]
    if run.is_published:
        parts.append(f"{len(run.written)} written {' '.join(run.written)}".rstrip() + f", {run.unchanged} unchanged")
    parts += ["some provinces"] if run.is_partial else []
    parts += [f"as of {run.as_of}"] if run.as_of else []
    parts += [f"held back {' '.join(run.held)}"] if run.held else []
    parts += [" ".join(brief(run.reason).split())] if run.reason else []
    parts += [f"by {run.user}"] if run.user else []
    return " | ".join(parts)


def _pull_line(run: Run) -> str:
    counts = ", ".join(f"{count} {kind}" for kind, count in run.files.items())
    return " | ".join(
        filter(None, [china_time(run.started), run.outcome, counts, f"by {run.user}" if run.user else ""])
    )


def _when(out: Path, province: str) -> dict[str, str]:
    found = {}
    for version in versions(out, province):
        replaced = (out / HISTORY / province / version).stat().st_mtime
        found[version] = china_time(datetime.fromtimestamp(replaced, UTC).isoformat())
    return found
