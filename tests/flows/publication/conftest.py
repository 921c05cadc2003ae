"""A round with two published packages, and a folder for a user other than root."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.publication.publish import publish
from tests.support.package_folder import PACKAGES, record, run_publication


@pytest.fixture
def out(tmp_path: Path) -> Path:
    publish(tmp_path / "out", tmp_path / "archive", PACKAGES, record(b"nation"))
    return tmp_path / "out"


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder as a user sees it whom permissions concern: root may do everything."""
    place = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    if root:
        os.chown(place, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield place
    finally:
        if root:
            os.seteuid(0)
        for folder, folders, _ in os.walk(place):
            for name in folders:
                Path(folder, name).chmod(0o700)
        shutil.rmtree(place)


NOBODY = 65534


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A round with one published package, the round's own files and the file of the last run."""
    run_publication(tmp_path / "out")
    return tmp_path / "out"
