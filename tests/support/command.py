"""The command `peak-review` as a process, and what it leaves on disk."""

import os
import subprocess
from pathlib import Path

from flows.publication.input_fingerprint import LAST_RUN
from tests.support.paths import COMMAND

SERVICE = "TEST_PREFECT_API_URL"


def peak_review(home: Path, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command with an empty home and nothing configured, or with the server of the fixture `served`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    if SERVICE in kept:
        kept["PREFECT_API_URL"] = kept.pop(SERVICE)
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        env=kept | {"HOME": str(home)} | settings,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Every file but the earlier versions of packages and what a run remembers, which are of the runs before."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    kept = {name: path for name, path in files.items() if ".history" not in path.parts and not name.endswith(LAST_RUN)}
    return {name: path.read_bytes() for name, path in kept.items()}
