"""A full or read-only disk leaves every published file as it was, and the next run repairs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

pytestmark = pytest.mark.kill
UNSHARE = shutil.which("unshare")


def may_mount(place: Path) -> bool:
    if UNSHARE is None:
        return False
    mount = f"mount -t tmpfs tmpfs {place}"
    return subprocess.run([UNSHARE, "-rm", "sh", "-c", mount], capture_output=True, check=False).returncode == 0


def test_a_full_disk_and_a_read_only_one(tmp_path: Path, tries: int | None) -> None:
    count = max(12, tries or 0)
    if not may_mount(tmp_path):
        pytest.skip("no user namespaces here: a small disk cannot be mounted")
    done = subprocess.run(
        [str(UNSHARE), "-rm", sys.executable, "-m", "tests.kill.fill_disk", tmp_path, str(count)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120 + 8 * count,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("full ")
