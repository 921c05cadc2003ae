"""Artifacts on Prefect's page: provinces, links, changes and cost of a run. None where a run has its own server."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.settings import PREFECT_UI_URL

from flows.publication.file_names import printable
from flows.publication.manifest import GATE, GATE_PAGE
from flows.reporting.run_log import peak_memory
from flows.settings import load_settings
from flows.workers.prefect_requests import brief_requests, is_answering
from transforms.reports.files.run_summary import RunSummary, summary_markdown, summary_title

_LINES = 50  # of what needs attention, in the log


def is_watched() -> bool:
    """Return whether artifacts are created: Prefect has a page (not the server of this command), and answers."""
    return bool(PREFECT_UI_URL.value()) and is_answering()


@contextmanager
def leaving_artifacts() -> Iterator[None]:
    """Create artifacts in the block; a failure is logged, and a server that does not answer gets no more requests."""
    try:
        with brief_requests():
            yield
    except Exception as error:  # whatever a server or its client raises
        get_run_logger().warning("artifact not created on Prefect's page: %s: %s", type(error).__name__, error)


def show(facts: RunSummary, provinces: Sequence[dict[str, Any]], out: str) -> None:
    """Create the artifacts of a review."""
    if not is_watched():
        return
    from transforms.reports.files.round_files import NATIONAL  # noqa: PLC0415 - takes most of a second

    log = get_run_logger()
    for line in facts.attention[:_LINES]:
        log.info("attend   %s", line)
    with leaving_artifacts():
        name = facts.round
        create_table_artifact(list(provinces), key=artifact_key("provinces", name), description=summary_title(facts))
        create_markdown_artifact(
            summary_markdown(facts), key=artifact_key("summary", name), description="与上次发布相比；用时和内存"
        )
        places = {"全国一览": "index.html", "全国汇总": NATIONAL, "发布前检查": f"{GATE}/{GATE_PAGE}"}
        places |= {row["province"]: row["province"] for row in provinces}
        links = [f"- {_link(label, Path(out), place)}" for label, place in places.items()]
        create_markdown_artifact("\n".join(links), key=artifact_key("packages", name), description="评审包所在位置")


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


def _link(label: str, out: Path, name: str) -> str:
    """Return a link that a browser follows; the path where no web server shows the packages (PEAK_REVIEW_OUT_URL)."""
    if url := load_settings().out_url:
        return f"[{label}]({url}/{quote(os.fsencode(f'{out.name}/{name}'))})"
    return f"{label}：`{printable(str(out.absolute() / name))}`"


def artifact_key(what: str, round_name: str) -> str:
    """Return the key of an artifact: lower-case letters, digits and dashes."""
    return f"{what}-{re.sub('[^a-z0-9]+', '-', round_name.lower()).strip('-')}"
