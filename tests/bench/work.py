"""What is measured, each as a process of its own: `python -m tests.bench.work NAME FOLDER [NUMBER]`."""

import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import ROUND

Answer = dict[str, float]


def intake(folder: Path, _: int) -> Answer:
    """Ours: bytes → validated observations, each file in a child process with limits."""
    from flows.workers.processes import preload_workers

    preload_workers()
    from contracts.load import load_contracts
    from contracts.schemas.submitted import submitted_tables
    from contracts.schemas.validation import split
    from flows.sources.raw_listing import list_raw
    from flows.workers.sandbox import read_submissions
    from transforms.batch import build_batch

    contracts = load_contracts(ROUND)
    received, _plans, _ignored = list_raw(folder / "raw" / ROUND)
    batch = build_batch(read_submissions(received, ROUND), contracts)
    valid, failed = split(batch.observations, submitted_tables(contracts))
    return {"observations": valid.height, "failed": failed.height}


def plain(folder: Path, _: int) -> Answer:
    """As people write it: pandas reads the sheets, and pandera validates row by row what has three numbers."""
    import pandas as pd
    import pandera.pandas as pa

    model = pa.DataFrameSchema(
        {
            "year": pa.Column(int, pa.Check.isin([2022, 2025, 2030])),
            "value": pa.Column(float, pa.Check.in_range(-1e12, 1e12)),
        },
        coerce=True,
    )
    count = 0
    for path in sorted((folder / "raw" / ROUND / "submissions").rglob("*.xlsx")):
        for table in pd.read_excel(path, sheet_name=None, header=None, engine="openpyxl").values():
            for _number, row in table.iterrows():
                numbers = [cell for cell in row if isinstance(cell, int | float) and not pd.isna(cell)][-3:]
                if len(numbers) == 3:
                    lines = pd.DataFrame({"year": [2022, 2025, 2030], "value": numbers})
                    count += len(model.validate(lines, lazy=True))
    return {"observations": count}


def floor(folder: Path, _: int) -> Answer:
    """The floor: calamine decodes every sheet, and the cells are thrown away."""
    from python_calamine import CalamineWorkbook

    cells = 0
    for path in sorted((folder / "raw" / ROUND / "submissions").rglob("*.xlsx")):
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        for name in book.sheet_names:
            cells += sum(map(len, book.get_sheet_by_name(name).to_python()))
    return {"cells": cells}


def reading(folder: Path, processes: int) -> Answer:
    """Reading alone, with so many processes."""
    from flows.sources.raw_listing import list_raw
    from flows.workers import sandbox as ours

    os.cpu_count = lambda: processes
    received, _plans, _ignored = list_raw(folder / "raw" / ROUND)
    ours.read_submissions(received[:40], ROUND)  # the fork server has loaded everything once
    started = time.perf_counter()
    ours.read_submissions(received, ROUND)
    return {"seconds": time.perf_counter() - started}


def judging(folder: Path, number: int) -> Answer:
    """Every rule over the whole batch at once; and, of the first 35, over one frame at a time."""
    from contracts.load import load_contracts
    from flows.sources.raw_listing import list_raw
    from flows.workers.sandbox import read_submissions
    from transforms.batch import build_batch
    from transforms.judging.apply_rules import apply_rules

    contracts = load_contracts(ROUND)
    received, _plans, _ignored = list_raw(folder / "raw" / ROUND)
    submissions = read_submissions(received[:number], ROUND)
    apply_rules(build_batch(submissions[:35], contracts), contracts)  # what is loaded late is loaded now
    started = time.perf_counter()
    apply_rules(build_batch(submissions, contracts), contracts)
    whole = time.perf_counter() - started
    started = time.perf_counter()
    for submission in submissions[:35]:
        apply_rules(build_batch([submission], contracts), contracts, alone=True)
    one = (time.perf_counter() - started) / 35
    return {"whole": whole, "each": whole / len(submissions), "one": one, "submissions": len(submissions)}


def rendering(folder: Path, number: int) -> Answer:
    """The workbook of the first province against a script that writes the same cells and styles with bare openpyxl."""
    from openpyxl import Workbook, load_workbook

    from contracts.load import load_contracts
    from flows.sources.raw_listing import list_raw
    from flows.workers.sandbox import read_submissions
    from transforms.pipeline import Provenance, review_round
    from transforms.reports.sheet_parts.styles import add_styles
    from transforms.reports.view import View
    from transforms.reports.workbook.review_workbook import render_review_workbook

    contracts = load_contracts(ROUND)
    received, _plans, _ignored = list_raw(folder / "raw" / ROUND)
    review = review_round(read_submissions(received[:number], ROUND), contracts, Provenance("0", "0"))
    province = contracts.round.provinces[0].name
    view = View(review, province)
    started = time.perf_counter()
    content = render_review_workbook(view)
    ours = time.perf_counter() - started
    shown = [
        (sheet.title, [(cell.row, cell.column, cell.value, cell.style) for row in sheet.iter_rows() for cell in row])
        for sheet in load_workbook(io.BytesIO(content)).worksheets
    ]
    started = time.perf_counter()
    book = Workbook()
    add_styles(book)
    for title, cells in shown:
        sheet = book.create_sheet(title)
        for row, column, value, style in cells:
            cell = sheet.cell(row, column, value)
            cell.style = style
    book.save(io.BytesIO())
    bare = time.perf_counter() - started
    return {"ours": ours, "bare": bare, "cells": sum(len(cells) for _, cells in shown)}


def empty(_folder: Path, _: int) -> Answer:
    """An empty Prefect flow."""
    from flows.cli.prefect_session import quiet_prefect

    quiet_prefect()
    from prefect import flow

    @flow(name="empty")
    def nothing() -> None:
        """Do nothing."""

    nothing()
    return {}


WORK: dict[str, Callable[[Path, int], Answer]] = {
    one.__name__: one for one in (intake, plain, floor, reading, judging, rendering, empty)
}

if __name__ == "__main__":
    answer = WORK[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
    sys.stdout.write(json.dumps(answer) + "\n")
