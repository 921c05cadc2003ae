"""Health of a round: what an operator must know of the last night, and the command that deals with it.

`peak-review status` prints it in English, the morning message in Chinese.
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path

from flows.reporting.run_log import COMPLETE, INTERRUPTED, REFUSED, Run
from flows.sources.as_of import CHINA


class Level(IntEnum):
    """How a round is, as the exit code of `peak-review status`."""

    FINE = 0
    FAILED = 1
    ATTENTION = 3


# Kinds of points, with their text in English and Chinese; {about} names provinces, sources or blocks.
_FAILURES = {
    "failed": ("failed: {about}", "运行失败：{about}"),
    "refused": ("refused: {about}", "未运行，请求或设置有误：{about}"),
    "interrupted": ("interrupted: {about}", "运行中断：{about}"),
    "killed": ("a run was killed, the next one repairs: {about}", "运行被强行终止，下次运行自动修复：{about}"),
    "overdue": ("no run of the whole round {about}", "整批运行未按时进行：{about}"),
}
_ATTENTION = {
    "incomplete": ("published, but incomplete: {about}", "已发布，但不完整：{about}"),
    "interrupted after publishing": ("interrupted: {about}", "发布后中断：{about}"),
    "unfinished": ("a publication is unfinished; the next run finishes it", "发布未完成，下次运行自动完成"),
    "unread file": ("could not be read: {about}", "文件未能读取：{about}"),
    "review workbook": (
        "review workbook not taken over: {about}; open it, and enter what it says into the workbook of its province",
        "评审工作簿未能采用：{about}；请打开修复或联系填写人，将其中意见重新填入该省最新的评审工作簿",
    ),
    "held": ("held back, its earlier package stays: {about}", "暂缓发布（保留原评审包）：{about}"),
    "locked": ("not published, its folder may not be read or written: {about}", "未发布，文件夹无读写权限：{about}"),
    "source": ("source failed: {about}", "来源读取失败，仅评审已收到的报送：{about}"),
    "message": ("message not sent through: {about}", "通知未能发送：{about}"),
}
_NOTES = {
    "never": ("no run is recorded in {about}", "没有运行记录（{about}）"),
    "unread": ("cannot be read by this account: {about}", "当前账户无权读取：{about}"),
    "complete": ("complete: {about}", "运行完成：{about}"),
    "published": ("published: {about}", "已更新：{about}"),
    "unchanged": ("unchanged packages: {about}", "未变的评审包：{about}个"),
    "running": ("running now: {about}", "正在运行：{about}"),
    "taken back": ("taken back by a person: {about}", "由人工退回上一版：{about}"),
    "open": ("open in another program: {about}", "正被打开：{about}"),
    "beside": ("open in another program, the new one is beside it: {about}", "正被打开，新版放在旁边：{about}"),
}
# Reasons of a run or pull that found no submissions: a disk may not be mounted.
_NO_DISK = (
    "no folder ", "the raw folder is not there", "no submission is there", "though packages were made of it"
)  # fmt: skip
_TEXTS = _FAILURES | _ATTENTION | _NOTES


@dataclass(frozen=True)
class Point:
    """One thing to know: its kind, what it is about, and the command to copy where something is to be done."""

    kind: str
    about: str = ""
    command: str = ""
    chinese: str = ""  # `about` in Chinese, where it is more than a name or a reason

    @property
    def level(self) -> Level:
        """How bad it is."""
        return Level.FAILED if self.kind in _FAILURES else Level.ATTENTION if self.kind in _ATTENTION else Level.FINE

    def text(self, *, chinese: bool = False) -> str:
        """Return it in one line, without the command."""
        return _TEXTS[self.kind][chinese].format(about=" ".join(((chinese and self.chinese) or self.about).split()))


@dataclass(frozen=True)
class Places:
    """The round and its folders, for the commands; the usual folders are left out there."""

    round: str
    raw: Path = Path("data/raw")
    out: Path = Path("data/out")

    def command(self, name: str, *options: str) -> str:
        """Return a command of `peak-review` for this round."""
        folders = [("--raw", self.raw)] if name != "status" else []
        folders += [("--out", self.out)] if name != "pull" else []
        usual = {"--raw": Path("data/raw"), "--out": Path("data/out")}
        given = [part for option, path in folders if path != usual[option] for part in (option, str(path))]
        return shlex.join(["peak-review", name, "--round", self.round, *given, *options])


def points_of_runs(places: Places, runs: Sequence[Run], pull: Run | None, message: Run | None) -> Iterator[Point]:
    """Yield what the last run of the whole round, the last pull and the last message say.

    Args:
        places: the round and its folders.
        runs: reviews, newest first.
        pull: the last pull.
        message: the last message.
    """
    if last := last_whole(runs):
        yield from _ending(places, last)
        for file in last.unread:
            yield Point("unread file", file, shlex.join(["namei", "-l", str(places.raw / places.round / file)]))
        yield from (Point("review workbook", str(places.raw / places.round / line)) for line in last.unread_reviews)
        yield from _not_published(places, last, runs[: runs.index(last)])
    if pull and pull.outcome != COMPLETE:
        again = places.command("pull", *(part for url in pull.sources for part in ("--source", url)))
        for line in pull.reason.splitlines() or [pull.outcome]:
            yield Point("source", line, _remedy(places, line, again))
    if message and message.outcome != COMPLETE and (last is None or message.started >= last.started):
        for block in message.reason.split():
            yield Point("message", block, shlex.join(["prefect", "block", "inspect", block]))


def _ending(places: Places, last: Run) -> Iterator[Point]:
    again = places.command("run")
    if last.outcome == COMPLETE:
        at, taken = china_time(last.started), f"{last.seconds:g}"
        yield Point("complete", f"{at} (UTC+8), {taken} s", chinese=f"{at}（北京时间），用时{taken}秒")
    elif last.outcome == INTERRUPTED and last.is_published:
        yield Point("interrupted after publishing", last.reason, again)
    elif last.outcome in {"failed", INTERRUPTED, REFUSED}:
        usual = "peak-review settings" if last.outcome == REFUSED else again
        yield Point(last.outcome, brief(last.reason), _remedy(places, last.reason, usual))
    else:
        yield Point("incomplete", last.reason, again)
    if last.written:
        yield Point("published", "、".join(last.written))
    if last.unchanged:
        yield Point("unchanged", str(last.unchanged))


def _remedy(places: Places, reason: str, usual: str) -> str:
    """Return the command that deals with a reason; `usual` for one of no known kind."""
    if "No space left on device" in reason or "Disk quota exceeded" in reason:
        return shlex.join(["df", "-h", str(places.raw), str(places.out)])
    if "contracts are faulty" in reason:
        return shlex.join(["peak-review", "rules", "--round", places.round])
    if any(text in reason for text in _NO_DISK):
        return "findmnt"
    return usual


def brief(reason: str) -> str:
    """Return the first fault of several, and how many more there are; `peak-review rules` lists all."""
    first, *faults = reason.splitlines() or [""]
    return f"{first} {faults[0]} (and {len(faults) - 1} more)" if len(faults) > 1 else reason


def _not_published(places: Places, last: Run, later: Sequence[Run]) -> Iterator[Point]:
    """Yield the provinces that were not published, and were not by a later run for some provinces either."""
    since = {name for run in later for name in run.written}
    held = [province for province in last.held if province not in since]
    # A package without a file that could not be read is nothing to accept.
    changed = [province for province in held if not any(file in last.held[province] for file in last.unread)]
    accept = [part for province in changed for part in ("--accept-change", province)]
    for province in held:
        command = places.command("run", *accept) if province in changed else ""
        yield Point("held", f"{province}: {last.held[province]}", command)
    for province in last.locked:
        if province not in since:
            command = shlex.join(["namei", "-l", str(places.out / places.round / province)])
            yield Point("locked", province, command)


def overdue(runs: Sequence[Run], hours: float | None, now: datetime, command: str) -> Iterator[Point]:
    """Yield a point if no run of the whole round began within the last hours."""
    last = last_whole(runs)
    if hours is None:
        return
    age = (now - datetime.fromisoformat(last.started)).total_seconds() / 3600 if last else None
    if age is None:
        yield Point("overdue", "is recorded", command, "没有运行记录")
    elif age > hours:
        yield Point("overdue", f"since {age:.0f} h", command, f"已有{age:.0f}小时")


def last_whole(runs: Sequence[Run]) -> Run | None:
    """Return the last run of the whole round of today; None if there is none."""
    return next((run for run in runs if not (run.is_partial or run.as_of)), None)


def worst(points: Sequence[Point]) -> Level:
    """Return the exit code for points: FAILED, then ATTENTION, then FINE."""
    levels = {point.level for point in points}
    return next((level for level in (Level.FAILED, Level.ATTENTION) if level in levels), Level.FINE)


def china_time(moment: str) -> str:
    """Format an ISO 8601 time as China's time, to the minute."""
    at = datetime.fromisoformat(moment)
    return f"{(at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(CHINA):%Y-%m-%d %H:%M}"
