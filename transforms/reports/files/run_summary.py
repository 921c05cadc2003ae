"""Summary of a run for messages and for Prefect's page: state of the round, changes, what needs attention."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transforms.aggregation.finding_changes import Change

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|~&-])")
_LINES = 20


@dataclass(frozen=True)
class RunSummary:
    """Figures of a finished run; `changes` is None on the first publication, memory the peak of the main process.

    `unread_reviews`: review workbooks that could not be used, with reasons.
    """

    round: str
    complete: bool
    written: Sequence[str]
    unchanged: int
    held_back: Sequence[str]
    submissions: int
    accepted: int
    quota: int | None
    changes: "Sequence[Change] | None"
    attention: Sequence[str]
    seconds: float
    memory_mib: int
    unread_reviews: Sequence[str] = ()


def summary_title(facts: RunSummary) -> str:
    """Return one line: the subject of a message."""
    state = "" if facts.complete else "（不完整：有检查或文件未能完成）"
    changed = f"更新{len(facts.written)}个评审包" if facts.written else "评审包无变化"
    return f"{facts.round}：{changed}，有效{facts.accepted} / 名额{_quota(facts.quota)}{state}"


def summary_text(facts: RunSummary) -> str:
    """Return the figures for a message, below 2 kB: the limit of chat programs."""
    lines = [f"收到报送{facts.submissions}份，需关注{len(facts.attention)}项，详见运行页面"]
    lines += [
        f"{change.province}：新增{len(change.new)}，消除{len(change.gone)}，变化{change.altered}"
        for change in (facts.changes or ())[:12]
    ]
    return "\n".join(lines)


def summary_markdown(facts: RunSummary) -> str:
    """Return the whole summary as Markdown; text from a submission is escaped."""
    parts = [
        f"# {_plain(summary_title(facts))}",
        _list(
            [
                f"收到报送{facts.submissions}份，有效试点{facts.accepted}个，名额{_quota(facts.quota, '个')}",
                f"更新评审包{len(facts.written)}个：{'、'.join(facts.written) or '无'}；未变{facts.unchanged}个",
                f"未发布（保留原评审包）：{'、'.join(facts.held_back) or '无'}",
                f"用时{facts.seconds:.1f}秒，主进程内存峰值{facts.memory_mib} MiB",
            ]
        ),
        "## 与上次发布相比",
        *_changes(facts.changes),
    ]
    if facts.attention:
        parts += ["## 需关注", _list(facts.attention)]
    return "\n\n".join(parts) + "\n"


def _quota(quota: int | None, unit: str = "") -> str:
    return "未公布" if quota is None else f"{quota}{unit}"


def _changes(changes: "Sequence[Change] | None") -> list[str]:
    if changes is None:
        return ["首次发布，无可比较。"]
    if not changes:
        return ["问题没有变化。"]
    rows = [f"| {_plain(one.province)} | {len(one.new)} | {len(one.gone)} | {one.altered} |" for one in changes]
    parts = ["\n".join(["| 省份 | 新增 | 消除 | 内容变化 |", "| --- | --- | --- | --- |", *rows])]
    for one in changes:
        for title, lines in (("新增", one.new), ("消除", one.gone)):
            if lines:
                parts += [f"**{_plain(one.province)} · {title}**", _list(lines)]
    return parts


def _list(lines: Sequence[str]) -> str:
    shown = [f"- {_plain(line)}" for line in lines[:_LINES]]
    return "\n".join(shown + [f"- …… 共{len(lines)}项"] * (len(lines) > _LINES))


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
