"""`peak-review pull` as a person starts it: settings, summary, exit codes, and no password anywhere."""

import json
import os
from pathlib import Path
from time import monotonic

import pytest
from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.blocks.system import Secret
from prefect.logging.handlers import APILogWorker
from prefect.settings import (
    PREFECT_API_REQUEST_TIMEOUT,
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_LOGGING_TO_API_ENABLED,
    PREFECT_UI_URL,
    temporary_settings,
)

from flows.pull import pull, run_pull
from flows.reporting.notifications import notify
from flows.reporting.prefect_page import is_watched, leaving_artifacts
from flows.settings import source_setting
from flows.sources.ingest import SourceResult, ingest
from flows.workers.prefect_task import step
from tests.sample import clean_submission
from tests.sample.layouts import official
from tests.support.command import peak_review, peak_review_process
from tests.support.few_provinces import few_provinces
from tests.support.relay import relay
from tests.support.source_servers import SECRET, free_port, start


@pytest.mark.usefixtures("served")
def test_a_mistyped_folder_is_refused_and_is_not_the_last_pull(home: Path, tmp_path: Path) -> None:
    result = peak_review(
        home, "pull", "--round", "first-batch", "--source", tmp_path / "typo", "--raw", tmp_path / "raw"
    )
    assert (result.returncode, result.stderr.splitlines()[-1]) == (
        2,
        f"peak-review: no folder {tmp_path / 'typo'}: nothing is pulled",
    )
    assert not (tmp_path / "raw" / "first-batch" / "pulls.jsonl").exists()


@pytest.mark.usefixtures("served")
def test_one_source_fails_and_the_other_is_taken_in_and_no_password_is_anywhere(
    home: Path, tmp_path: Path, session_folder: Path
) -> None:
    gone = f"sftp://keeper:{SECRET}@127.0.0.1:{free_port()}/in"
    with start("webdav", tmp_path) as server:
        server.put("河北省/a.xlsx", b"one")
        server.put("b.xlsx.part", b"half")
        login = server.url.replace("://", f"://keeper:{SECRET}@")
        arguments = ("--round", "first-batch", "--source", gone, "--source", login, "--wait", "0.1")
        more = ("--raw", tmp_path / "raw")
        result = peak_review_process(home, "pull", *arguments, *more, PEAK_REVIEW_PULL_PAUSES="0.1")
    assert result.returncode == 1
    assert f"{tmp_path}/raw/first-batch: 1 new, 0 already known, 1 waiting, 0 refused\n" in result.stdout
    assert f"waiting: {server.url}: b.xlsx.part: its name says that it is not complete" in result.stdout
    status = peak_review(home, "status", "--raw", tmp_path / "raw", "--out", tmp_path / "out")
    assert status.returncode == 3
    assert f"source failed: {gone.replace(f'keeper:{SECRET}@', '')}: failed: " in status.stdout
    given = [source.replace(f"keeper:{SECRET}@", "") for source in (gone, login)]
    command = f"peak-review pull --round first-batch --raw {tmp_path / 'raw'} --source {given[0]} --source {given[1]}"
    assert f"    {command}\n" in status.stdout
    last = result.stderr.splitlines()[-1]
    assert last.startswith(f"peak-review: {gone.replace(f'keeper:{SECRET}@', '')}: failed: ")
    assert "Traceback" not in result.stderr + result.stdout
    (line,) = (tmp_path / "raw/first-batch/receipts.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["source"] == server.url
    # Nor where Prefect keeps what it knows of the run.
    places = (home, tmp_path / "raw", session_folder / "prefect")
    kept = [path for folder in places for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "prefect.db" for path in kept)
    assert not [path for path in kept if SECRET.encode() in path.read_bytes()]
    assert SECRET not in result.stdout + result.stderr


@pytest.mark.usefixtures("served")
def test_settings_name_the_sources_and_a_good_pull_is_quiet(home: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.xlsx").write_text(name)
    sources = f"{tmp_path}/one\n\n  file://{tmp_path}/two\n"
    arguments = ("--round", "first-batch", "--wait", 0, "--raw", tmp_path / "raw")
    result = peak_review(home, "pull", *arguments, PEAK_REVIEW_SOURCES=sources)
    assert result.returncode == 0, result.stderr
    assert "2 new, 0 already known, 0 waiting, 0 refused" in result.stdout
    for noise in ("Traceback", "Warning", "WARNING", "ERROR", "Error"):
        assert noise not in result.stderr + result.stdout


@pytest.mark.usefixtures("served")
def test_raw_may_have_a_name_that_is_not_utf8(home: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "大连市.xlsx").write_bytes(official(clean_submission("辽宁省", "大连市")))
    raw = tmp_path / os.fsdecode("张".encode("gbk"))
    settings = few_provinces(tmp_path / "contracts", "辽宁省")
    for arguments in (
        ("pull", "--source", tmp_path / "in", "--wait", 0),
        ("run", "--out", raw.with_name(f"{raw.name}的评审")),
    ):
        result = peak_review(home, *arguments, "--round", "first-batch", "--raw", raw, **settings)
        assert result.returncode == 0, result.stderr
        for noise in ("Traceback", "Error", "not recorded"):
            assert noise not in result.stderr
    assert "1 packages written" in result.stdout


@pytest.mark.parametrize("mode", ["refuse", "hang"])
def test_what_was_stored_is_reported_where_the_server_is_lost(
    service: str, tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.xlsx").write_text("a")
    with relay(service) as server:
        settings = {PREFECT_API_URL: server.url, PREFECT_CLIENT_MAX_RETRIES: 0, PREFECT_API_REQUEST_TIMEOUT: 5.0}
        settings |= {PREFECT_LOGGING_TO_API_ENABLED: False}

        def lose_server(*arguments: object) -> SourceResult:
            result: SourceResult = ingest(*arguments)  # type: ignore[arg-type]
            server.mode = mode
            return result

        monkeypatch.setattr("flows.pull.ingest_source", step("ingest source")(lose_server))
        with temporary_settings(settings):
            outcome = run_pull("first-batch", [str(tmp_path)], tmp_path / "raw", 0)
    assert outcome.pulled
    assert (outcome.code, outcome.pulled.count("new"), outcome.is_recorded) == (0, 1, False)


def test_a_server_that_hangs_is_given_one_artifact(service: str) -> None:
    with relay(service) as server:

        @flow
        def hanging() -> list[bool]:
            server.mode = "hang"
            before = is_watched()
            with leaving_artifacts():
                create_markdown_artifact("text", key="text")
            after = is_watched()
            server.mode = "relay"
            return [before, after]

        with temporary_settings({PREFECT_API_URL: server.url, PREFECT_UI_URL: server.url}):
            assert hanging() == [True, False]
        APILogWorker.drain_all(timeout=20)


def test_a_server_that_hangs_is_asked_for_one_block(service: str) -> None:
    with relay(service) as server:

        @flow
        def hanging() -> tuple[str | None, list[str], float]:
            server.mode = "hang"
            began = monotonic()
            found = source_setting("SFTP_PASSWORD", "first-batch")
            failed = notify(["custom-webhook/a", "custom-webhook/b"], "subject", "body")
            took = monotonic() - began
            server.mode = "relay"
            return found, failed, took

        with temporary_settings({PREFECT_API_URL: server.url, PREFECT_LOGGING_TO_API_ENABLED: False}):
            found, failed, took = hanging()
    assert (found, failed) == (None, ["custom-webhook/a", "custom-webhook/b"])
    assert took < 15  # one request, of 10 s


@pytest.mark.usefixtures("served")
def test_the_block_of_a_round_wins_over_that_of_all_rounds(service: str) -> None:
    with temporary_settings({PREFECT_API_URL: service}):

        @flow
        def asked() -> list[str | None]:
            Secret(value="all").save("peak-review-webdav-password", overwrite=True)
            Secret(value="one").save("peak-review-second-webdav-password", overwrite=True)
            return [source_setting("WEBDAV_PASSWORD", name) for name in ("second", "first-batch")]

        assert asked() == ["one", "all"]
        Secret.delete("peak-review-webdav-password")
        Secret.delete("peak-review-second-webdav-password")


@pytest.mark.usefixtures("served")
def test_wrong_use_is_told(home: Path, tmp_path: Path) -> None:
    result = peak_review(home, "pull", "--round", "nowhere", "--source", tmp_path)
    assert (result.returncode, "unknown round nowhere" in result.stderr) == (2, True)
    source = f"ftp://u:{SECRET}@h/x"
    result = peak_review(home, "pull", "--round", "first-batch", "--source", source, "--raw", tmp_path / "raw")
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith("peak-review: source 1: it is none of a folder, file://")
    assert SECRET not in result.stderr
    assert not (tmp_path / "raw").exists()


@pytest.mark.usefixtures("served")
def test_an_interrupted_pull_is_in_the_status(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "raw" / "first-batch").mkdir(parents=True)
    monkeypatch.setattr("flows.pull._pull", interrupt)
    with pytest.raises(KeyboardInterrupt):
        pull.fn("first-batch", [str(tmp_path)], tmp_path / "raw")
    status = peak_review(home, "status", "--raw", tmp_path / "raw", "--out", tmp_path / "out")
    assert status.returncode == 3
    assert "source failed: interrupted by KeyboardInterrupt" in status.stdout
