"""补正前后对照 as text: what changed between two versions, what was asked, and whether it is settled."""

from collections.abc import Iterator
from dataclasses import dataclass

from transforms.aggregation.version_comparison import CellChange, compare_versions
from transforms.reports.view import View

SETTLED, LEFT, UNASKED = "已解决", "未解决", "未要求更正"


@dataclass(frozen=True)
class VersionRow:
    """One cell, row or file: texts before and after, what was asked, and whether it is settled."""

    change: CellChange
    way: str
    asked: str
    state: str

    @property
    def name(self) -> str:
        """Name of the indicator, or 整个文件."""
        return self.change.name or "整个文件"


def version_rows(view: View) -> Iterator[VersionRow]:
    """Yield the visible changes in the order of the roster and of the tables."""
    changes = [one for one in compare_versions(view.review.judged) if view.province in {None, one.province}]
    order = {(province, pilot.name): at for at, (province, pilot) in enumerate(view.contracts.round.roster)}
    changes.sort(key=lambda one: order.get((one.province, one.pilot), len(order)))
    rules = view.contracts.rules
    for one in changes:
        open_ = [row for row in one.left if not view.entry(row["finding_key"]).state.dismisses]
        accepted = [view.entry(row["finding_key"]).state.title for row in one.left if row not in open_]
        state = LEFT if open_ else SETTLED if one.asked else UNASKED
        state += f"（{'、'.join(dict.fromkeys(accepted))}）" if accepted and not open_ else ""
        yield VersionRow(one, _way(one), "；".join(dict.fromkeys(rules[row["rule"]].title for row in one.asked)), state)


def _way(one: CellChange) -> str:
    was, now = one.texts
    if not one.is_changed:
        return "未改动"
    return "补填" if not was else "删去" if not now else "修改"
