"""Measures how fast it is, as ratios taken in one run; `python -m tests.bench --help` tells the options."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import ROOT, ROUND
from tests.bench.inputs import make_round
from tests.bench.measure import Run, compare, run
from tests.bench.report import Line, Point, plot, table

MAIN = ("-c", "from flows.cli import main; main()", "run")
WORK = ("-m", "tests.bench.work")


class Bench:
    """Where the rounds lie, and how often each thing is measured."""

    def __init__(self, folder: Path, times: int) -> None:
        self.folder = folder
        self.times = times

    def round(self, number: int) -> tuple[Path, Path]:
        """Folder and source tree of a round of so many submissions; made when it is first asked for."""
        folder = self.folder / str(number)
        return folder, folder / "tree" if folder.is_dir() else make_round(folder, number)

    def work(self, name: str, size: int, argument: int = 0) -> Run:
        """One piece of work of `tests.bench.work`."""
        folder, tree = self.round(size)
        return run([*WORK, name, str(folder), str(argument)], tree)

    def main_job(self, size: int, *, keep: bool = False) -> Run:
        """The main job over a round of so many, 35 being the sample; `keep` what an earlier one left."""
        folder, tree = (ROOT / "data", ROOT) if size == 35 else self.round(size)
        place = self.folder / f"out-{size}"
        if not keep:
            shutil.rmtree(place, ignore_errors=True)
        name = "first-batch" if size == 35 else ROUND
        where = ["--round", name, "--raw", str(folder / "raw"), "--out", str(place / "out")]
        return run([*MAIN, *where], tree, PEAK_REVIEW_STATE=str(place / "state"))


def intake(bench: Bench, size: int) -> Iterator[Line]:
    """1,000 workbooks: ours, as people write it, and the floor."""
    found = compare(
        bench.times,
        ours=lambda: bench.work("intake", size),
        plain=lambda: bench.work("plain", size),
        floor=lambda: bench.work("floor", size),
    )
    ours = found["ours"].seconds
    yield Line(
        f"intake of {size} workbooks", "pandas and pandera row by row", found["plain"].seconds / ours, "≥ 10", "×"
    )
    yield Line("the same", "calamine, cells thrown away", ours / found["floor"].seconds, "≤ 5", "× the floor")
    two = compare(bench.times, one=lambda: bench.work("reading", size, 1), two=lambda: bench.work("reading", size, 2))
    faster = two["one"].answer["seconds"] / two["two"].answer["seconds"]
    yield Line("reading with two processes", "one process", faster, "≥ 1.7", "×")


def judging(bench: Bench, size: int) -> Iterator[Line]:
    """Time per submission, at 35, at a tenth and at the whole size."""
    sizes = [35, size // 10, size]
    found = {n: bench.work("judging", size, n).answer for n in sizes}
    yield Line(
        "judging 35, whole batch", "one frame at a time", found[35]["one"] / found[35]["each"], "> 1", "× faster"
    )
    yield Line(
        f"judging {size}, per submission",
        f"at {size // 10}",
        found[size]["each"] / found[size // 10]["each"],
        "≤ 1",
        "×",
    )


def rendering(bench: Bench, size: int) -> Iterator[Line]:
    """One province's workbook."""
    found = compare(bench.times, one=lambda: bench.work("rendering", size, size))["one"].answer
    yield Line("one province's workbook", "bare openpyxl", found["ours"] / found["bare"], "≤ 1.3", "×")


def main_job(bench: Bench, _: int) -> Iterator[Line]:
    """The 35 of the sample."""
    found = compare(
        bench.times,
        empty=lambda: run([*WORK, "empty", "."]),
        cold=lambda: bench.main_job(35),
        again=lambda: bench.main_job(35, keep=True),
    )
    empty = found["empty"].seconds
    yield Line("main job, 35 pilots, cold", "an empty Prefect flow", found["cold"].seconds / empty, "≤ 1.6", "×")
    yield Line("main job, nothing changed", "an empty Prefect flow", found["again"].seconds / empty, "≤ 1.05", "×")


def scale(bench: Bench, size: int) -> Iterator[Line]:
    """Time and memory of the main job: the sample, a tenth of the largest round, and that round."""
    points: list[Point] = []
    for number in (35, size // 10, size):
        cold = compare(bench.times if number < size else 1, cold=lambda: bench.main_job(number))["cold"]  # noqa: B023
        points.append(Point(number, cold.seconds, cold.memory))
    plot(points, Path(__file__).parent / "scale.svg")
    small, middle, large = points
    yield Line(f"main job, {middle.number} pilots", "35", middle.seconds / small.seconds, "≤ 1.5", "×")
    yield Line(f"main job, {large.number} pilots", "35", large.seconds / small.seconds, "≤ 5", "×")
    yield Line(f"peak memory at {large.number}", "of any process", large.memory, "< 1229", "MiB")


PARTS: dict[str, tuple[Callable[[Bench, int], Iterator[Line]], int]] = {
    "intake": (intake, 1_000),
    "judging": (judging, 3_000),
    "rendering": (rendering, 300),
    "main": (main_job, 35),
    "scale": (scale, 3_000),
}


def main() -> int:
    """Measure and print; with `--write` keep the table too."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help=f"of {', '.join(PARTS)}; all")
    parser.add_argument("--n", type=int, help="another number of workbooks than each part's own")
    parser.add_argument("--times", type=int, default=3, help="runs of each thing (3); medians count")
    parser.add_argument("--folder", type=Path, help="where the rounds are made and left; default: thrown away")
    parser.add_argument("--write", action="store_true", help="write tests/bench/RESULTS.md")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        bench = Bench(chosen.folder or Path(place), chosen.times)
        lines = []
        for name in chosen.parts or PARTS:
            part, size = PARTS[name]
            for line in part(bench, chosen.n or size):
                sys.stdout.write(f"{line.text()}\n")
                sys.stdout.flush()
                lines.append(line)
    if chosen.write:
        (Path(__file__).parent / "RESULTS.md").write_text(table(lines), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
