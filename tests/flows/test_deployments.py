"""`peak-review deploy`: a round on a Prefect server, without a file to copy."""

import json
import os
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import SERVICE, peak_review, peak_review_process
from tests.support.relay import relay

COMMAND = ("deploy", "--round", "first-batch")


def deployments(service: str) -> dict[str, dict[str, Any]]:
    body = json.dumps({"work_pools": {"name": {"any_": ["of-a-test"]}}}).encode()
    request = urllib.request.Request(f"{service}/deployments/filter", body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
        return {one["entrypoint"]: one for one in json.loads(answer.read())}


@pytest.mark.usefixtures("served")
def test_a_round_is_deployed_and_deployed_again(
    home: Path, tmp_path: Path, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("PEAK_REVIEW_CONTRACTS", str(tmp_path / "own"))
    where = ("--pool", "of-a-test", "--raw", tmp_path / "raw", "--out", tmp_path / "out")
    for cron in ("0 1 * * *", "30 2 * * *"):
        done = peak_review(home, *COMMAND, *where, "--cron", cron, "--source", tmp_path)
        assert (done.returncode, done.stdout.splitlines()[:2]) == (0, ["nightly/first-batch", "review/first-batch"])
    found = deployments(service)
    assert set(found) == {"flows.nightly.nightly", "flows.review.review"}
    nightly, review = found["flows.nightly.nightly"], found["flows.review.review"]
    (schedule,) = nightly["schedules"]
    assert (schedule["schedule"]["cron"], schedule["schedule"]["timezone"]) == ("30 2 * * *", "Asia/Shanghai")
    folders = {"round": "first-batch", "raw": str(tmp_path / "raw"), "out": str(tmp_path / "out")}
    assert (nightly["parameters"], review["parameters"]) == (folders | {"sources": [str(tmp_path)]}, folders)
    assert review["schedules"] == []
    assert nightly["global_concurrency_limit"]["limit"] == review["global_concurrency_limit"]["limit"] == 1
    for deployment in (nightly, review):
        assert deployment["description"]
        assert deployment["job_variables"]["env"]["PEAK_REVIEW_CONTRACTS"] == str(tmp_path / "own")
        for name, field in deployment["parameter_openapi_schema"]["properties"].items():
            assert field.get("description"), name


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--cron", "x y"), "--cron x y: Invalid cron string"),
        (("--pool", "a/b"), "--pool a/b: String should match pattern"),
        (("--source", "sftp://me:hush@h/x"), "--source: Prefect shows it"),
        (("--source", "ftp://h/x"), "source 1: it is none of a folder, file://, sftp://"),
        (("--round", "no-such"), "unknown round no-such"),
        (("--raw", os.fsdecode("张".encode("gbk"))), "--raw and --out: Prefect can store no path"),
    ],
)
def test_a_refused_deployment_is_one_line(home: Path, options: tuple[str, ...], says: str) -> None:
    done = peak_review(home, *COMMAND, *options)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(f"peak-review: {says}")
    assert "hush" not in done.stderr


def test_without_a_server_there_is_nothing_to_deploy_to(home: Path) -> None:
    done = peak_review_process(home, *COMMAND)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("peak-review: PREFECT_API_URL is not set")


def test_a_busy_server_is_asked_again_and_one_that_stays_so_is_one_line(
    home: Path, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("deploy", "--round", "second-batch", "--pool", "of-a-busy-server")
    with relay(service) as server:
        monkeypatch.setenv(SERVICE, server.url)
        for server.busy_at in (None, "/api/deployments/"):
            for server.page in (b"{}", b"<p>busy</p>"):  # the page is that of a reverse proxy
                server.busy = 1000
                done = peak_review(home, *command)
                assert (done.returncode, done.stderr.count("\n")) == (1, 1), (server.busy_at, server.page)
                assert done.stderr.startswith("peak-review: not deployed: ")
        server.busy, server.busy_at = 4, None
        assert peak_review(home, *command).returncode == 0
