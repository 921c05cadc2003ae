"""Read a folder as a run does, with readers that fail: `python -m tests.support.read_on_cluster FOLDER`."""

import sys
from functools import partial
from pathlib import Path

from flows.cli.prefect_session import quiet_prefect

quiet_prefect()

from prefect import flow  # noqa: E402

from flows.sources.raw_listing import list_raw  # noqa: E402
from flows.workers.sandbox import read_submissions  # noqa: E402
from flows.workers.task_runner import chosen_runner, read_with  # noqa: E402
from tests.support.crashes import fail_as_told  # noqa: E402
from transforms.intake.submission import Submission  # noqa: E402


@flow
def reading(folder: Path) -> list[Submission]:
    received, _, _ = list_raw(folder)
    return read_with(
        chosen_runner(), partial(read_submissions, reader=fail_as_told, seconds=10), received, "first-batch"
    )


if __name__ == "__main__":
    for submission in reading(Path(sys.argv[1])):
        sys.stdout.write(f"{submission!r}\n")
