"""What changed between two published lists of findings. Told to people beside the packages, never inside them."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from contracts.rules import Rule

_NOWHERE = "（未识别省份）"


@dataclass(frozen=True)
class Change:
    """A province's findings since the last time: lines for those that are new and gone, and how many read otherwise."""

    province: str
    new: tuple[str, ...]
    gone: tuple[str, ...]
    altered: int


def compare_findings(before: pl.DataFrame, now: pl.DataFrame, rules: Mapping[str, Rule]) -> list[Change]:
    """Compare by key.

    Args:
        before: findings as published last; at least `finding_key`, `message` and what a line shows.
        now: findings of this run.
        rules: the catalogue; a rule may have gone from it.

    Returns:
        One entry for each province where something changed, in the order of their names.
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
