"""The status of a round: its last runs, unfinished work, open workbooks, earlier versions. Reads only."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.publication.history import provinces_with_history, rolled_back_version, versions
from flows.publication.lock import lock_holder
from flows.publication.manifest import HISTORY, packages_in
from flows.publication.open_workbooks import open_files
from flows.publication.swap import is_begun
from flows.reporting.run_log import Run, last_runs


@dataclass(frozen=True)
class RoundStatus:
    """The status of a round.

    Attributes:
        round: its name.
        runs: the last ones, newest first.
        held_by: the running process.
        killed: the process that was killed while it held the round.
        unfinished: whether a publication is unfinished.
        open_workbooks: published workbooks that are open in another program.
        taken_back: by province, the version that a person took back.
        earlier: by province, the earlier versions and when they were replaced.
    """

    round: str
    runs: tuple[Run, ...]
    held_by: str | None
    killed: str | None
    unfinished: bool
    open_workbooks: tuple[str, ...]
    taken_back: dict[str, str]
    earlier: dict[str, dict[str, str]]


def round_status(out: Path, round_name: str, count: int) -> RoundStatus:
    """Read the status of a round.

    Raises:
        OSError: if something cannot be read.
    """
    folder = out / round_name
    who, alive = lock_holder(out, round_name)
    provinces = provinces_with_history(folder)
    return RoundStatus(
        round=round_name,
        runs=tuple(last_runs(round_name, out, count)),
        held_by=who if alive else None,
        killed=None if alive else who,
        unfinished=is_begun(folder),
        open_workbooks=tuple(f"{name}/{file}" for name in packages_in(folder) for file in open_files(folder / name)),
        taken_back={name: version for name in provinces if (version := rolled_back_version(folder, name))},
        earlier={name: _when(folder, name) for name in provinces},
    )


def as_text(status: RoundStatus) -> str:
    """Format a status for a terminal."""
    lines = [f"{status.round}: last runs"]
    lines += [f"  {_run_line(run)}" for run in status.runs] or ["  none recorded"]
    if status.held_by:
        lines.append(f"running now: {status.held_by}")
    if status.killed:
        lines.append(f"a run was killed ({status.killed}); the next one repairs")
    if status.unfinished and not status.held_by:
        lines.append("a publication is unfinished; the next run finishes it")
    lines += [f"open in another program: {path}" for path in status.open_workbooks]
    lines += [f"taken back: {name} {version}" for name, version in status.taken_back.items()]
    if status.earlier:
        lines.append("earlier versions (replaced at), for `peak-review rollback --to`")
        for name, kept in status.earlier.items():
            lines.append(f"  {name}: " + ", ".join(f"{version} ({when})" for version, when in kept.items()))
    return "\n".join(lines)


def _run_line(run: Run) -> str:
    parts = [run.started, run.outcome, f"{run.seconds:g} s", f"{run.memory_mib} MiB"]
    if run.outcome != "failed":
        parts.append(f"{len(run.written)} written {' '.join(run.written)}".rstrip() + f", {run.unchanged} unchanged")
    parts += [f"as of {run.as_of}"] if run.as_of else []
    parts += [f"held back {' '.join(run.held_back)}"] if run.held_back else []
    parts += [run.reason] if run.reason else []
    return " | ".join(parts)


def _when(out: Path, province: str) -> dict[str, str]:
    found = {}
    for version in versions(out, province):
        replaced = (out / HISTORY / province / version).stat().st_mtime
        found[version] = datetime.fromtimestamp(replaced, UTC).isoformat(timespec="seconds")
    return found
