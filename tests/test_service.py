"""The systemd units of README, as systemd itself reads them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.paths import BIN, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
UNITS = dict(re.findall(r"^# /etc/systemd/system/(\S+)\n(.*?)(?=\n# /etc/|\n```)", README, re.MULTILINE | re.DOTALL))
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")


def analyze(*arguments: object) -> str:
    command = ["systemd-analyze", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_there_are_units_for_server_worker_status_and_backup() -> None:
    services = {name.removesuffix(".service") for name in UNITS if name.endswith(".service")}
    assert services == {f"peak-review-{what}" for what in ("server", "worker", "status", "backup")}
    assert {name.removesuffix(".timer") for name in UNITS if name.endswith(".timer")} <= services


@needs_systemd
def test_systemd_accepts_every_unit(tmp_path: Path) -> None:
    for name, text in UNITS.items():
        (tmp_path / name).write_text(text.replace("/opt/peak-review/.venv/bin", str(BIN)), encoding="utf-8")
    assert analyze("verify", *sorted(tmp_path.iterdir())) == ""


@needs_systemd
@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".timer")])
def test_timers_are_in_chinas_time(name: str) -> None:
    (when,) = re.findall(r"^OnCalendar=(.+)$", UNITS[name], re.MULTILINE)
    assert when.endswith(" Asia/Shanghai")
    assert "Next elapse" in analyze("calendar", when)


def test_no_service_keeps_data_in_the_repository() -> None:
    """A pull of git may replace what is in a tracked folder, and the sample has the names of the real pilots."""
    folders = {name: re.findall("^WorkingDirectory=(.+)$", text, re.MULTILINE) for name, text in UNITS.items()}
    (clone,) = re.findall(r"git clone \S+ (\S+)", README)
    assert all(
        folders[f"peak-review-{what}.service"] == ["/srv/peak-review"] for what in ("worker", "status", "backup")
    )
    assert clone == "/opt/peak-review"
