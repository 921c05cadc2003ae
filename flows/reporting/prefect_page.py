"""What a run shows on Prefect's page: progress, provinces, links and what changed. Nothing where there is no server."""

import logging
import re
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import (
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.settings import PREFECT_API_URL

from flows.publication.manifest import GATE, GATE_PAGE
from flows.reporting.run_log import peak_memory
from flows.workers.prefect_server import has_own_server
from transforms.reports.run_summary import Facts, headline, long_digest

# How far a run has come when it says that a step is over.
_STEPS = {"take": 5, "read": 40, "judge": 50, "decide": 60, "render": 95, "publish": 100}


def is_watched() -> bool:
    """Whether a server keeps what a run shows; one that is started for this run alone does not."""
    return bool(PREFECT_API_URL.value()) and not has_own_server()


@contextmanager
def leaving_artifacts() -> Iterator[None]:
    """Leave artifacts on Prefect's page; one that cannot be left is logged and decides nothing."""
    try:
        yield
    except Exception as error:  # whatever a server or its client raises
        get_run_logger().warning("artifact not left on Prefect's page: %s: %s", type(error).__name__, error)


class StepLog(logging.LoggerAdapter[Any]):
    """The run's log; the first word of a line moves the progress bar."""

    bar: UUID | None = None

    def process(self, msg: object, kwargs: MutableMapping[str, Any]) -> tuple[object, MutableMapping[str, Any]]:
        """Pass the line on as it is."""
        step = str(msg).partition(" ")[0]
        if (bar := self.bar) and step in _STEPS:
            self.bar = None  # a server that is gone is not asked again
            with leaving_artifacts():
                update_progress_artifact(bar, progress=float(_STEPS[step]))
                self.bar = bar
        return msg, kwargs


def follow(round_name: str) -> StepLog:
    """The log of this run, every line of it with the round, and a progress bar."""
    log = StepLog(get_run_logger(round=round_name))
    if is_watched():
        with leaving_artifacts():
            bar = create_progress_artifact(0.0, key=_key("progress", round_name), description=f"{round_name}：评审进度")
            log.bar = bar if isinstance(bar, UUID) else None
    return log


def show(facts: Facts, provinces: Sequence[dict[str, Any]], out: str) -> None:
    """Leave the result on Prefect's page.

    Args:
        facts: what the run did.
        provinces: the provinces' summary, row by row.
        out: the round's folder, for the links.
    """
    if not is_watched():
        return
    with leaving_artifacts():
        name = facts.round
        create_table_artifact(list(provinces), key=_key("provinces", name), description=headline(facts))
        create_markdown_artifact(
            long_digest(facts), key=_key("summary", name), description="与上次发布相比；用时和内存"
        )
        links = [f"- [{row['province']}]({_link(out, row['province'])})" for row in provinces]
        create_markdown_artifact("\n".join(links), key=_key("packages", name), description="评审包所在位置")
        create_link_artifact(_link(out, "index.html"), "全国一览", key=_key("overview", name))
        create_link_artifact(_link(out, f"{GATE}/{GATE_PAGE}"), "发布前检查（Data Docs）", key=_key("data-docs", name))


def show_cost(facts: Facts, pulled: float, whole: float) -> None:
    """Leave what a night took, a row under the same key every night, so that a trend can be seen.

    Args:
        facts: what the review did.
        pulled: seconds for taking in.
        whole: seconds for all of it, messages and all.
    """
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
        create_table_artifact([row], key=_key("cost", facts.round), description="每夜用时和内存")


def _link(out: str, name: str) -> str:
    return (Path(out) / name).resolve().as_uri()


def _key(what: str, round_name: str) -> str:
    """Prefect wants lower-case letters, digits and dashes."""
    return f"{what}-{re.sub('[^a-z0-9]+', '-', round_name.lower()).strip('-')}"
