"""Artifacts on Prefect's page: provinces, links, changes and cost of a run. None where a run has its own server."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from prefect import get_run_logger
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_table_artifact,
)
from prefect.settings import (
    PREFECT_API_REQUEST_TIMEOUT,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_UI_URL,
    temporary_settings,
)

from flows.publication.manifest import GATE, GATE_PAGE
from flows.reporting.run_log import peak_memory
from transforms.reports.run_summary import RunSummary, summary_markdown, summary_title

_SECONDS = 10.0  # for an artifact
_failed: set[str] = set()  # addresses of servers that left a request unanswered


def is_watched() -> bool:
    """Return whether artifacts are created: Prefect has a page (not the server of this command), and answers."""
    url = PREFECT_UI_URL.value()
    return bool(url) and url not in _failed


@contextmanager
def leaving_artifacts() -> Iterator[None]:
    """Create artifacts in the block, without retries; a failure is logged, and ends artifacts on this server."""
    try:
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0, PREFECT_API_REQUEST_TIMEOUT: _SECONDS}):
            yield
    except Exception as error:  # whatever a server or its client raises
        if isinstance(error, httpx.TransportError):
            _failed.add(PREFECT_UI_URL.value() or "")
        get_run_logger().warning("artifact not created on Prefect's page: %s: %s", type(error).__name__, error)


def show(facts: RunSummary, provinces: Sequence[dict[str, Any]], out: str) -> None:
    """Create the artifacts of a review."""
    if not is_watched():
        return
    with leaving_artifacts():
        name = facts.round
        create_table_artifact(list(provinces), key=artifact_key("provinces", name), description=summary_title(facts))
        create_markdown_artifact(
            summary_markdown(facts), key=artifact_key("summary", name), description="与上次发布相比；用时和内存"
        )
        links = [f"- [{row['province']}]({_link(out, row['province'])})" for row in provinces]
        create_markdown_artifact("\n".join(links), key=artifact_key("packages", name), description="评审包所在位置")
        create_link_artifact(_link(out, "index.html"), "全国一览", key=artifact_key("overview", name))
        gate_page = _link(out, f"{GATE}/{GATE_PAGE}")
        create_link_artifact(gate_page, "发布前检查（Data Docs）", key=artifact_key("data-docs", name))


def show_cost(facts: RunSummary, pulled: float, whole: float) -> None:
    """Create the artifact with what a night cost, under the same key every night, for a trend; in seconds."""
    if not is_watched():
        return
    row = {
        "取数（秒）": pulled,
        "评审（秒）": facts.seconds,
        "合计（秒）": whole,
        "主进程内存峰值（MiB）": peak_memory(),
        "报送（份）": facts.submissions,
    }
    with leaving_artifacts():
        create_table_artifact([row], key=artifact_key("cost", facts.round), description="每夜用时和内存")


def _link(out: str, name: str) -> str:
    return (Path(out) / name).resolve().as_uri()


def artifact_key(what: str, round_name: str) -> str:
    """Return the key of an artifact: lower-case letters, digits and dashes."""
    return f"{what}-{re.sub('[^a-z0-9]+', '-', round_name.lower()).strip('-')}"
