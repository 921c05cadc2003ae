"""What a run leaves on Prefect's page: links, what needs attention, and a state for automations."""

import logging
from pathlib import Path

import pytest
from prefect import Flow, engine, flow, flow_engine
from prefect.artifacts import Artifact
from prefect.exceptions import FailedRun
from prefect.settings import PREFECT_API_URL, PREFECT_UI_URL, temporary_settings

from flows.nightly import nightly
from flows.pipeline.exit_codes import INCOMPLETE
from flows.pipeline.outcome import Outcome, Summary
from flows.publication.publish import PublishResult
from flows.reporting.health import Places
from flows.reporting.prefect_page import show
from flows.reporting.status import round_status
from flows.reporting.step_log import shorten_engine_errors
from flows.review import review
from transforms.reports.files.run_summary import RunSummary

FACTS = RunSummary(
    round="of-a-page",
    complete=True,
    written=("山西省",),
    unchanged=0,
    held_back=(),
    submissions=2,
    accepted=2,
    quota=2,
    changes=None,
    attention=("山西省: quota 2, accepted 1 (under)",),
    seconds=1.0,
    memory_mib=1,
)


@pytest.mark.parametrize("url", ["", "https://files.example/peak-review/"])
def test_links_lead_where_a_browser_can_go_and_attention_is_in_the_log(
    service: str, tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PEAK_REVIEW_OUT_URL", url)

    @flow
    def page() -> str:
        show(FACTS, [{"province": "山西省", "quota": 2}], str(tmp_path / "of-a-page"))
        artifact = Artifact.get("packages-of-a-page")
        assert artifact
        return str(artifact.data)

    with (
        temporary_settings({PREFECT_API_URL: service, PREFECT_UI_URL: service}),
        caplog.at_level(logging.INFO, "prefect.flow_runs"),
    ):
        links = page()
    assert "file://" not in links
    if url:
        assert "- [山西省](https://files.example/peak-review/of-a-page/%E5%B1%B1%E8%A5%BF%E7%9C%81)" in links
        assert "/of-a-page/.gate/index.html)" in links
    else:
        assert f"- 山西省：`{tmp_path / 'of-a-page' / '山西省'}`" in links
    assert "attend   山西省: quota 2, accepted 1 (under)" in caplog.messages


def test_an_incomplete_review_is_a_state_of_that_name(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = PublishResult(written=("山西省",), unchanged=(), archived=())
    outcome = Outcome(INCOMPLETE, "a check could not run", nothing, Summary("out", nothing, FACTS, {}))
    monkeypatch.setattr("flows.review._run", lambda _: (outcome, None))
    state = review.fn("first-batch")
    assert (state.name, state.message) == ("Incomplete", "a check could not run")  # type: ignore[attr-defined]


@pytest.mark.parametrize("night", [review, nightly])
def test_a_wrong_setting_is_a_refused_run_of_the_status(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, night: Flow[..., object]
) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "many")
    with temporary_settings({PREFECT_API_URL: service}):
        state = night("first-batch", raw=tmp_path / "raw", out=tmp_path / "out", return_state=True)
    assert (state.name, state.message.split(":")[0]) == ("Refused", "PEAK_REVIEW_HISTORY")
    monkeypatch.delenv("PEAK_REVIEW_HISTORY")
    status = round_status(Places("first-batch", tmp_path / "raw", tmp_path / "out"), 5)
    assert (status.level, status.points[0].kind) == (1, "refused")


@pytest.mark.parametrize("name", ["prefect.engine", "prefect.flow_runs"])
def test_a_worker_reports_the_end_of_a_failed_night_in_one_line(name: str) -> None:
    ended = "exited with unexpected exception"
    for module in (engine, flow_engine):
        assert ended in Path(module.__file__).read_text(encoding="utf-8")
    shorten_engine_errors()
    error = FailedRun("nothing published:\nno space")
    record = logging.makeLogRecord({"msg": f"Engine execution {ended}", "exc_info": (FailedRun, error, None)})
    assert logging.getLogger(name).filter(record)
    assert record.exc_info is None
    assert record.getMessage() == f"Engine execution {ended}: FailedRun: nothing published: no space"
    ours = logging.makeLogRecord({"msg": "internal error", "exc_info": (FailedRun, error, None)})
    assert logging.getLogger(name).filter(ours)
    assert ours.exc_info
