"""The table and the tally of a 中期评估意见: due targets of the key indicators, against the pilot's plan."""

import re
from collections.abc import Iterator
from unicodedata import normalize

from contracts.indicators import Indicator
from transforms.progress.assess import completion_text, rate_text
from transforms.progress.completion import Tally, tallies
from transforms.reports.rows.quantities import quantity_text
from transforms.reports.sheet_parts.tables import Row
from transforms.reports.view import View

_PLAIN = re.compile(r"[\d.,]+%?")


def progress_header(view: View) -> tuple[str, ...]:
    """Return the titles of the columns."""
    round_ = view.contracts.round
    due, last = round_.due[-1], round_.target_years[-1]
    base = f"{round_.base_year}年"
    return (
        "指标（单位）",
        base,
        f"{due}年\n目标",
        f"{due}年\n实际",
        "完成率",
        "是否完成",
        f"{last}年\n目标",
        "后续进度",
    )


def progress_rows(view: View, province: str, pilot: str, indicators: list[Indicator]) -> Iterator[tuple[str, ...]]:
    """Yield one row for each indicator, if the pilot was assessed."""
    words, due = view.contracts.progress, view.contracts.round.due[-1]
    mine = view.review.achievement.filter(province=province, pilot=pilot, year=due)
    found = {row["indicator"]: row for row in mine.to_dicts()}
    for indicator in indicators if found else ():
        row = found[indicator.code]
        yield (
            f"{indicator.name}（{row['unit'] or indicator.unit}）",
            _figure(view, row, "base"),
            _figure(view, row, "target") if row["qualifier"] == "exact" else row["target_raw"] or "—",
            _figure(view, row, "actual"),
            rate_text(row["rate"]),
            words.states[row["state"]],
            last_target_text(view, row),
            words.paths[row["path"]],
        )


def missed_targets(view: View, province: str, pilot: str, indicators: list[Indicator]) -> Iterator[str]:
    """Yield each target of the last due year that is not met, with its completion, but those of these indicators."""
    mine = view.review.achievement.filter(province=province, pilot=pilot, year=view.contracts.round.due[-1])
    shown = {indicator.code for indicator in indicators}
    for row in mine.filter(state="missed").to_dicts():
        if row["indicator"] not in shown:
            said = "已说明" if row["explanation"] else "未说明"
            rate = f"{completion_text(row['rate'])}，" if row["rate"] is not None else ""
            yield f"{view.contracts.indicators[row['indicator']].name}（{rate}{said}）"


def last_target_text(view: View, row: Row) -> str:
    """Return the target of the last year: a plain number in the indicator's unit, all else as written."""
    plain = row["last_target"] is not None and _PLAIN.fullmatch(normalize("NFKC", row["last_raw"]))
    return _figure(view, row, "last_target") if plain else row["last_raw"] or "—"


def progress_tally(view: View, province: str, pilot: str) -> str:
    """Return in Chinese how many due targets are met, missed and not judged."""
    mine = tallies(view.review.achievement.filter(province=province, pilot=pilot)).get(())
    return tally_text(mine) if mine else "未评估"


def tally_text(mine: Tally) -> str:
    """Return a tally in Chinese."""
    missed = f"{mine.missed}（已说明{mine.explained}）" if mine.missed else "0"
    return f"已完成{mine.met}，未完成{missed}，无法判断{mine.unjudged}"


def _figure(view: View, row: Row, name: str) -> str:
    value = row[name]
    return "—" if value is None else quantity_text(view.contracts, row["indicator"], row["unit"], value)
