"""A real server and a real worker run the deployed `nightly` on its schedule, twice. `make server`: some minutes."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.server import DINGTALK
from tests.support.prefect_server import BIN, POSTGRES, ROOT, Server, postgres, server, started, wait_for
from tests.support.webhook import webhook

pytestmark = [pytest.mark.slow, pytest.mark.server]
SAMPLE = ROOT / "data" / "raw" / "first-batch" / "submissions"

DECLARE = """
import json, sys
from prefect.blocks.notifications import CustomWebhookNotificationBlock
CustomWebhookNotificationBlock(name="people", url=sys.argv[1], json_data=json.loads(sys.argv[2])).save("people")
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Path, list[dict[str, Any]]]]:
    """A server with the deployments and the block, and a worker."""
    if request.param == "postgresql" and not POSTGRES:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql-15)")
    shutil.copytree(SAMPLE / "山西省", tmp_path / "raw" / "first-batch" / "submissions" / "山西省")
    with ExitStack() as stack:
        settings = {"PEAK_REVIEW_NOTIFY": "custom-webhook/people", "PEAK_REVIEW_STATE": str(tmp_path / "state")}
        if request.param == "postgresql":
            settings["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = stack.enter_context(postgres())
        url, messages = stack.enter_context(webhook())
        it = stack.enter_context(server(tmp_path, **settings))
        subprocess.run([sys.executable, "-c", DECLARE, url, json.dumps(DINGTALK)], env=it.env, check=True, timeout=120)
        deploy(it, tmp_path)
        worker = [BIN / "prefect", "worker", "start", "--pool", "reviews", "--name", "one"]
        stack.enter_context(started(worker, it.env, tmp_path / "worker.log"))
        yield it, tmp_path, messages


def deploy(it: Server, place: Path, *options: object) -> None:
    folders = ["--raw", place / "raw", "--out", place / "out"]
    command = [BIN / "peak-review", "deploy", "--round", "first-batch", *folders, *options]
    subprocess.run(list(map(str, command)), env=it.env, check=True, timeout=120)


def runs(it: Server) -> list[dict[str, Any]]:
    """Scheduled runs of the flow that are over, the first one first; what was cancelled did not run."""
    body = {"flows": {"name": {"any_": ["nightly"]}}, "sort": "EXPECTED_START_TIME_ASC"}
    over = {"COMPLETED", "FAILED", "CRASHED"}
    return [run for run in it.post("flow_runs/filter", body) if run["state_type"] in over]


def artifacts(it: Server) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in it.post("artifacts/filter", {"sort": "ID_DESC", "limit": 200}):
        found.setdefault(one["key"], []).append(one)
    return {key: sorted(them, key=lambda one: one["created"]) for key, them in found.items()}


def test_two_nights(running: tuple[Server, Path, list[dict[str, Any]]]) -> None:
    it, place, messages = running
    # As deployed, but for the time: the next full minute, and the one after.
    deploy(it, place, "--cron", "* * * * *")
    wait_for(lambda: len(runs(it)) >= 1, 240)
    shutil.copytree(SAMPLE / "河北省", place / "raw" / "first-batch" / "submissions" / "河北省")
    # The run that was at it when the files came may have seen some of them.
    wait_for(lambda: any("河北省" in message["text"]["content"] for message in messages[1:]), 300)
    wait_for(lambda: len(runs(it)) >= 2, 60)
    done = runs(it)
    assert {(run["state_type"], run["state_name"]) for run in done} == {("COMPLETED", "Completed")}
    assert all(run["auto_scheduled"] for run in done)

    left = artifacts(it)
    assert {"progress-first-batch", "provinces-first-batch", "summary-first-batch", "packages-first-batch"} <= set(left)
    assert {float(one["data"]) for one in left["progress-first-batch"][:2]} == {100.0}
    provinces = json.loads(left["provinces-first-batch"][0]["data"])
    assert sum(row["quota"] for row in provinces) == 35
    summaries = [one["data"] for one in left["summary-first-batch"]]
    assert "首次发布，无可比较" in summaries[0]
    assert any("| 河北省 |" in text for text in summaries[1:])
    assert "主进程内存峰值" in summaries[0]
    packages = left["packages-first-batch"][0]["data"]
    assert f"- 山西省：`{place / 'out' / 'first-batch' / '山西省'}`" in packages.splitlines()
    assert f"- 发布前检查：`{place / 'out' / 'first-batch' / '.gate' / 'index.html'}`" in packages.splitlines()
    assert "发布前检查" in left["gate-first-batch"][0]["data"]
    costs = [json.loads(one["data"])[0] for one in left["cost-first-batch"]]
    assert len(costs) >= 2
    assert all(cost["合计（秒）"] >= cost["评审（秒）"] > 0 < cost["主进程内存峰值（MiB）"] for cost in costs)

    assert messages[0]["text"]["content"].startswith("first-batch：更新15个评审包，有效2 / 名额35")
    logs = it.post("logs/filter", {"limit": 200, "sort": "TIMESTAMP_ASC"})
    lines = [line["message"] for line in logs]
    assert any(line.startswith("publish  ") for line in lines)
    assert [line["message"] for line in logs if line["level"] >= 30] == []
    assert not [line for line in lines if "Traceback" in line]

    status = subprocess.run(
        [BIN / "peak-review", "status", "--round", "first-batch", "--out", place / "out", "--format", "json"],
        env=it.env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (state,) = json.loads(status.stdout)
    assert [run["outcome"] for run in state["runs"]][-2:] == ["complete", "complete"]
