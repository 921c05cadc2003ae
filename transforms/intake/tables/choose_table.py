"""Choose the table to review. Of two tables with different values none is preferred: both are reported."""

from dataclasses import dataclass

from contracts.load import Contracts
from transforms.intake.sender.identify import Identity
from transforms.intake.tables.found_table import FoundTable


@dataclass(frozen=True, slots=True)
class TableChoice:
    """The table to read and its kind.

    `rivals` are tables of the same kind with other values, so that it is uncertain which one counts. `unread` are
    filled tables of the other kind or on a hidden sheet. Both in Chinese, None where there are none.
    """

    found: FoundTable
    kind: str
    rivals: str | None
    unread: str | None


def choose_table(found_tables: list[FoundTable], who: Identity, contracts: Contracts) -> TableChoice | str:
    """Choose the table to review, or return in Chinese why there is none; the sender's kind decides."""
    filled = [found for found in found_tables if found.filled]
    years = "、".join(f"{year}年" for year in contracts.round.years)
    if not any(found.header.years for found in found_tables):
        return f"工作表“{found_tables[0].sheet}”中有指标名称，但没有年份表头（应有{years}的列）"
    if not filled:
        return f"工作表“{found_tables[0].sheet}”的指标表没有填写任何内容"
    kinds = {found.place: _kind_of(found, who, contracts) for found in filled}
    fitting = [found for found in filled if kinds[found.place] == who.kind] or filled
    chosen = next((found for found in fitting if not found.hidden), fitting[0])
    kind = kinds[chosen.place]
    if kind is None:
        return f"无法判断工作表“{chosen.sheet}”中的是表1还是表2"
    others = [found for found in filled if found is not chosen and found.content != chosen.content]
    rivals = [found.place for found in others if kinds[found.place] == kind and found.hidden == chosen.hidden]
    unread = [found.place for found in others if found.place not in rivals]
    return TableChoice(chosen, kind, "、".join([chosen.place, *rivals]) if rivals else None, "、".join(unread) or None)


def _kind_of(found: FoundTable, who: Identity, contracts: Contracts) -> str | None:
    (kind, count), *rest = found.kinds.most_common()
    if not rest or rest[0][1] < count:
        return kind
    # Only indicators that both tables have: the sheet's name or the sender decides.
    named = [kind for kind, table in contracts.tables.items() if table.sheet in found.sheet]
    return named[0] if named else who.kind
