"""Render the packages of provinces in worker processes, and the national summary beside them in this one."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flows.publication.manifest import RENDERED
from flows.publication.safe_files import naming
from flows.workers.processes import (
    WorkerDiedError,
    WorkerFailedError,
    WorkerTimeoutError,
    open_pool,
    result_of,
    schedule,
)
from transforms.decisions.ledger import Ledger
from transforms.failures import Failure, attempt, failure_of
from transforms.pipeline import Review
from transforms.reports.files.round_files import NATIONAL, REPORT
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.opinions.render_opinions import render_opinions
from transforms.reports.summary_report.report_document import render_report
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_without_failed_sheets

NATION = "全国"
SECONDS = 900.0


@dataclass(frozen=True)
class Package:
    """A rendered package.

    Attributes:
        files: rendered files by their path in the package; empty if none could be rendered.
        copies: submissions that the package also contains, by their path in the round's raw folder.
        failures: what could not be rendered.
    """

    files: dict[str, Path]
    copies: list[str]
    failures: tuple[Failure, ...] = ()


Render = Callable[[View, Path], Package]


@contextmanager
def rendering_folder(out: Path) -> Iterator[Path]:
    """Have an empty folder for rendered files in the round's folder; remove it at the end of the block."""
    folder = out / RENDERED
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def render_packages(
    review: Review,
    ledger: Ledger,
    provinces: Sequence[str],
    folder: Path,
    *,
    nation: bool,
    seconds: float = SECONDS,
    render: Render | None = None,
) -> dict[str, Package]:
    """Render a package for each province in worker processes, and the national summary in this process.

    A process that fails, ends or exceeds its time costs only its own package.

    Args:
        review: the reviewed round.
        ledger: the reviewers' decisions.
        provinces: to render.
        folder: files are written below it, into one folder for each province.
        nation: whether to render the national summary.
        seconds: time limit of one package.
        render: another function than `render_package`, only in tests.

    Returns:
        By province, or `NATION`.

    Raises:
        OSError: if a file cannot be written.
    """

    def render_province(name: str) -> Package:
        view = View(review, name, ledger).narrow()
        try:
            return result_of(schedule(pool, seconds, render or render_package, view, folder / name))
        except WorkerTimeoutError:
            return Package({}, [], (Failure(name, f"超过{seconds:g}秒，已停止", ""),))
        except (WorkerDiedError, WorkerFailedError) as error:
            return Package({}, [], (Failure(name, str(error), "".join(getattr(error, "__notes__", ()))),))

    workers = min(os.cpu_count() or 1, len(provinces)) or 1
    # One thread more than processes: the next view is ready when a process is free, and few are in memory at once.
    with open_pool(workers) as pool, ThreadPoolExecutor(workers + 1) as threads:
        packages = threads.map(render_province, provinces)
        # In this process, because its rows are those of the whole round, too many to send to another.
        national = {NATION: _render_nation(View(review, None, ledger), folder / NATION)} if nation else {}
        return national | dict(zip(provinces, packages, strict=True))


def render_package(view: View, folder: Path) -> Package:
    """Write workbook, report, notices and opinions of a province, or the national summary and report, into a folder."""
    failures: list[Failure] = []
    name = NATIONAL if view.province is None else f"{view.title}评审工作簿.xlsx"
    contents = {name: render_without_failed_sheets(view, failures)}
    if report := attempt(f"{view.title} {REPORT}", failures, lambda: render_report(view)):
        contents[f"{view.title}{REPORT}"] = report
    contents |= render_notices(view, failures) | render_opinions(view, failures) if view.province else {}
    files = {name: folder / name for name in contents}
    for name, path in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with naming(path):
            path.write_bytes(contents[name])
    return Package(files, view.copies, tuple(failures))


def _render_nation(view: View, folder: Path) -> Package:
    try:
        return render_package(view, folder)
    except OSError:
        raise
    except Exception as error:
        return Package({}, [], (failure_of(view.title, error),))
