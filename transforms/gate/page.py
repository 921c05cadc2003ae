"""Render the results of the gate as one offline HTML page in Chinese."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from contracts.gate import FAULT_TITLES, FRAMES, Expectation
from contracts.round import Round
from transforms.gate.decision import ExpectationResult, GateResult

_SHOWN = 50  # most rows listed of one expectation


def render_page(round_: Round, verdict: GateResult) -> bytes:
    """Render one HTML file."""
    environment = Environment(
        loader=PackageLoader("transforms.gate"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    style = environment.get_template("gate.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = environment.get_template("gate.html").render(
        title=round_.title,
        # No script, and no style but this one.
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        style=Markup(style),  # noqa: S704 - our own file
        closed=verdict.closed,
        held=verdict.held,
        rows=[_row(*outcome) for outcome in verdict.outcomes],
    )
    return page.encode("utf-8", "replace")


def as_markdown(verdict: GateResult) -> str:
    """Return a summary in Markdown for the page of the run."""
    failed = [one for one, answer in verdict.outcomes if not answer.success]
    lines = [f"发布前检查{len(verdict.outcomes)}项，未通过{len(failed)}项。", ""]
    lines += [f"- **停止发布**：{one.title}（`{one.id}`）" for one in verdict.closed]
    lines += [
        f"- **暂缓发布**：{_plain(province)}：{_plain(reason)}"
        for province, all_ in verdict.held.items()
        for reason in all_
    ]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Escape Markdown, because a province without a quota has the name given in a submission."""
    return "".join(f"\\{character}" if character in r"\`*_{}[]()<>#|!" else character for character in text)


def _row(one: Expectation, answer: ExpectationResult) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "means": one.means,
        "reason": one.reason,
        "fault": FAULT_TITLES[one.fault],
        "success": answer.success,
        "outcome": "通过" if answer.success else "未能检查" if answer.error else "未通过",
        "frame": FRAMES[one.frame][0],
        "details": [] if answer.success else list(_details(one, answer)),
    }


def _details(one: Expectation, answer: ExpectationResult) -> Iterator[str]:
    """Yield lines about an expectation that failed: the error, the observed value, and rows that violate it."""
    if answer.error:
        yield f"检查时出错：{answer.error}"
    if answer.observed is not None:
        yield f"实际为：{answer.observed}"
    key = FRAMES[one.frame][1]
    for row in answer.rows[:_SHOWN]:
        values = "，".join(f"{name}＝{value}" for name, value in row.items() if name != key)
        yield f"{row.get(key)}" + (f"：{values}" if values else "")
    if len(answer.rows) > _SHOWN:
        yield f"另有{len(answer.rows) - _SHOWN}行"
