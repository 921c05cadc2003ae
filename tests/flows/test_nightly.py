"""The nightly flow without a server of its own: what it ends in, and what people are told."""

import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.support.few_provinces import few_provinces
from tests.support.paths import ROOT
from tests.support.webhook import webhook

pytestmark = [pytest.mark.slow, pytest.mark.server]
SAMPLE = ROOT / "data" / "raw" / "first-batch" / "submissions" / "山西省"

Nights = tuple[dict[str, str], dict[str, str], list[str]]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """How each night ended, its log, and the messages of all of them."""
    place = tmp_path_factory.mktemp("nights")
    shutil.copytree(SAMPLE, place / "raw" / "first-batch" / "submissions" / "山西省")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PEAK"))}
    kept |= few_provinces(place / "contracts", "河北省", "山西省")
    with webhook() as (url, messages), webhook(500) as (dead, _):
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.nightly_runs", place / "raw", place / "out", url, dead],
            env=kept | {"HOME": str(place)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    ends = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    parts = [part.partition("\n") for part in done.stderr.split("== ")[1:]]
    return ends, {title: log for title, _, log in parts}, [_text(message) for message in messages]


def _text(message: dict[str, Any]) -> str:
    assert message["msgtype"] == "text"
    return str(message["text"]["content"])


def test_a_good_night_is_quiet_and_told_in_the_morning(nights: Nights) -> None:
    ends, logs, messages = nights
    assert ends["good"] == "COMPLETED Completed: first-batch：更新2个评审包，有效2 / 名额5"
    for noise in ("Traceback", "WARNING", "ERROR", "Error"):
        assert noise not in logs["good"]
    assert messages[0].splitlines()[0] == "first-batch：更新2个评审包，有效2 / 名额5"
    assert "已更新：河北省、山西省" in messages[0]


def test_a_disk_that_is_not_mounted_fails_the_night_and_nothing_is_published(nights: Nights) -> None:
    ends, logs, messages = nights
    cause = "nothing published: the raw folder is not there"
    assert ends["vanished"].startswith(f"FAILED Failed: {cause}")
    assert any(cause in line for line in logs["vanished"].splitlines()[-2:])
    assert "Traceback" not in logs["vanished"]
    assert messages[1].splitlines()[0] == "first-batch：评审失败"
    assert messages[1].splitlines()[1].startswith(f"运行失败：{cause}")


def test_nothing_is_pulled_into_a_disk_that_is_not_mounted(nights: Nights) -> None:
    """It would be filled from the sources anew, without what reviewers wrote, and be published."""
    ends, _, messages = nights
    assert ends["not mounted"].startswith("FAILED Failed: nothing published: the raw folder is not there")
    assert "nothing pulled: " in messages[2]
    assert ends["emptied"].startswith("FAILED Failed: nothing published: no submission is there; 2 were when ")


def test_a_block_that_fails_costs_neither_the_night_nor_the_others(nights: Nights) -> None:
    ends, logs, messages = nights
    assert ends["unheard"].startswith("COMPLETED Completed: first-batch：评审包无变化")
    assert "not sent through custom-webhook/dead: HTTPStatusError" in logs["unheard"]
    assert "not sent through custom-webhook/none: " in logs["unheard"]
    assert "评审包无变化" in messages[4]
    assert "问题" not in messages[4]


def test_a_source_that_cannot_be_read_makes_the_night_incomplete(nights: Nights) -> None:
    ends, _, messages = nights
    assert ends["unpulled"].startswith("COMPLETED Incomplete: ")
    assert "pull" in ends["unpulled"]
    assert messages[5].splitlines()[1].startswith("来源读取失败，仅评审已收到的报送：file://")
    assert " --source " in messages[5].splitlines()[2]
    assert len(messages) == 7


def test_a_province_that_is_held_back_is_told_with_the_reason(nights: Nights) -> None:
    ends, logs, messages = nights
    assert ends["damaged"].startswith("COMPLETED Completed: ")
    assert "hold     山西省: accepted-drop: " in logs["damaged"]
    held, command = messages[6].splitlines()[1:3]
    assert held.startswith("暂缓发布（保留原评审包）：山西省: accepted-drop: 有效试点没有大幅减少")
    assert command.endswith(" --accept-change '山西省'")


def test_no_key_of_a_webhook_is_in_a_log(nights: Nights) -> None:
    _, logs, _ = nights
    assert "top-secret" not in "".join(logs.values())
