"""Renders packages into a folder: those of a small round here, those of a large one in processes beside this one."""

import multiprocessing
import os
import shutil
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from flows.record import NATIONAL
from transforms.decisions.ledger import Ledger
from transforms.failures import Failure, failure_of
from transforms.render.book import render_what_can_be
from transforms.render.notices import render_notices
from transforms.render.view import View
from transforms.review import Review

NATION = "全国"
RENDERED_INTO = ".rendered"  # in the round's folder: on the disk that has to hold it anyway
# So many submissions are worth a process of its own, whose imports take a second or two.
_WORTH = 150


class RenderError(Exception):
    """A process that renders failed. Its note is the traceback."""


@dataclass(frozen=True)
class Package:
    """What was rendered: files by their path in the package, what of raw belongs beside them.

    `failures` are what could not be made; without files it is all of it.
    """

    files: dict[str, Path]
    copies: list[str]
    failures: tuple[Failure, ...] = ()


@contextmanager
def set_aside(folder: Path) -> Iterator[Path]:
    """A folder for what is rendered and not yet published; what a killed run left there is thrown away."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def render_all(
    result: Review, ledger: Ledger, provinces: Sequence[str], folder: Path, *, nation: bool
) -> dict[str, Package]:
    """Render the packages of provinces, and the national summary, each as a task.

    Args:
        result: the round, reviewed.
        ledger: what people decided.
        provinces: to render.
        folder: what is rendered goes below it.
        nation: whether the national summary is wanted; it is the largest, and comes first.

    Returns:
        By province, or `NATION`.

    Raises:
        OSError: if something cannot be written.
    """
    names = [*([NATION] if nation else []), *provinces]
    workers = min(os.cpu_count() or 1, len(names), result.judged.batch.files.height // _WORTH)
    runner: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=workers + 1 if workers > 1 else 1)
    with _open_studio(workers) as studio, runner:
        given = {"studio": studio, "result": result, "ledger": ledger, "folder": folder}
        wanted = {
            name: runner.submit(render, {key: quote(value) for key, value in given.items()} | {"name": name})
            for name in names
        }
        return {name: future.result() for name, future in wanted.items()}


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="render-{name}")
def render(studio: "_Studio", result: Review, ledger: Ledger, folder: Path, name: str) -> Package:
    """The files of one package that are ours: review workbook and notices."""
    view = View(result, None if name == NATION else name, ledger).alone()
    try:
        files, failures = studio.make(view, folder / name)
    except OSError:
        raise
    except Exception as error:
        return Package({}, [], (failure_of(view.title, error),))
    return Package(files, view.copies, tuple(failures))


def make(view: View, folder: Path) -> tuple[list[str], list[Failure]]:
    """Render one view into a folder and tell the files, and what could not be made."""
    failures: list[Failure] = []
    book = render_what_can_be(view, failures)
    files = {NATIONAL if view.province is None else f"{view.province}评审工作簿.xlsx": book}
    files |= render_notices(view, failures) if view.province else {}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return list(files), failures


@dataclass(frozen=True)
class _Studio:
    """Where it is done: by processes that wait for work, here where there are none."""

    waiting: SimpleQueue[Connection] | None

    def make(self, view: View, folder: Path) -> tuple[dict[str, Path], list[Failure]]:
        # The nation's is made here while the others are made there: it would take long to hand over.
        if self.waiting is None or view.province is None:
            names, failures = make(view, folder)
        else:
            pipe = self.waiting.get()
            try:
                pipe.send((view, folder))
                answer = pipe.recv()
            except EOFError:
                raise RenderError("a process that renders has ended") from None
            finally:
                self.waiting.put(pipe)
            if isinstance(answer, OSError):
                raise answer
            if isinstance(answer, str):
                failure = RenderError(answer.strip().splitlines()[-1])
                failure.add_note(answer)
                raise failure
            names, failures = answer
        return {name: folder / name for name in names}, failures


@contextmanager
def _open_studio(workers: int) -> Iterator[_Studio]:
    if workers < 2:
        yield _Studio(None)
        return
    context = multiprocessing.get_context("spawn")
    waiting: SimpleQueue[Connection] = SimpleQueue()
    processes = []
    try:
        for _ in range(workers):
            pipe, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            processes.append(process)
            waiting.put(pipe)
        yield _Studio(waiting)
    finally:
        for process in processes:
            process.kill()
            process.join()


def _serve(pipe: Connection) -> None:
    """Render what comes, until whoever sends it is gone."""
    while True:
        try:
            view, folder = pipe.recv()
        except EOFError:
            return
        answer: tuple[list[str], list[Failure]] | OSError | str
        try:
            answer = make(view, folder)
        except OSError as error:
            answer = error
        except Exception:
            answer = traceback.format_exc()
        del view
        pipe.send(answer)
