"""Compare two published lists of findings. The result is shown in run reports, never inside packages."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from contracts.rules import Rule

_NOWHERE = "（未识别省份）"


@dataclass(frozen=True)
class Change:
    """Changes of a province: lines for new and gone findings, and the number with another message."""

    province: str
    new: tuple[str, ...]
    gone: tuple[str, ...]
    altered: int


def compare_findings(before: pl.DataFrame, now: pl.DataFrame, rules: Mapping[str, Rule]) -> list[Change]:
    """Compare findings by key.

    Args:
        before: findings as published last; at least `finding_key`, `message` and what a line shows.
        now: findings of this run.
        rules: the catalogue; rules of earlier findings may be missing.

    Returns:
        One entry for each province with changes, ordered by name.
    """
    new, gone = (one.join(other, on="finding_key", how="anti") for one, other in ((now, before), (before, now)))
    both = now.join(before.select("finding_key", was="message"), on="finding_key", how="inner", validate="1:1")
    altered = both.filter(pl.col("message").ne_missing(pl.col("was")))
    came, went, differ = (_by_province(frame, rules) for frame in (new, gone, altered))
    return [
        Change(name, tuple(came.get(name, ())), tuple(went.get(name, ())), len(differ.get(name, ())))
        for name in sorted(came.keys() | went.keys() | differ.keys())
    ]


def _by_province(findings: pl.DataFrame, rules: Mapping[str, Rule]) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = {}
    for row in findings.iter_rows(named=True):
        where = " ".join(str(row[name]) for name in ("pilot", "indicator", "year") if row[name] is not None)
        title = rules[row["rule"]].title if row["rule"] in rules else ""
        line = f"{title}（{row['rule']}）{where}"
        lines.setdefault(row["province"] or _NOWHERE, []).append(line)
    return lines
