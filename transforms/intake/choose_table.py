"""Which of the tables in a workbook is the one to review. Never chooses between two that say different things."""

from dataclasses import dataclass

from contracts.load import Contracts
from transforms.intake.find_table import Block
from transforms.intake.identify import Identity


@dataclass(frozen=True, slots=True)
class Choice:
    """The table to read and its kind.

    `rivals`: other tables of the same kind with other values: nobody can tell which is meant. `unread`: filled tables
    left aside, of the other kind or on a hidden sheet. Both in Chinese, None where there are none.
    """

    block: Block
    kind: str
    rivals: str | None
    unread: str | None


def choose(blocks: list[Block], who: Identity, contracts: Contracts) -> Choice | str:
    """Choose a table, or say in Chinese why there is none.

    Args:
        blocks: every table found.
        who: the sender, whose kind tells which table is asked for.
        contracts: the round's.
    """
    if not blocks:
        return "各工作表中都没有指南所列的指标"
    filled = [block for block in blocks if block.filled]
    if not any(block.header.years for block in blocks):
        return f"工作表“{blocks[0].sheet}”中有指标名称，但没有年份表头"
    if not filled:
        return f"工作表“{blocks[0].sheet}”的指标表没有填写任何内容"
    kinds = {block.place: _kind_of(block, who, contracts) for block in filled}
    fitting = [block for block in filled if kinds[block.place] == who.kind] or filled
    chosen = next((block for block in fitting if not block.hidden), fitting[0])
    kind = kinds[chosen.place]
    if kind is None:
        return f"无法判断工作表“{chosen.sheet}”中的是表1还是表2"
    others = [block for block in filled if block is not chosen and block.content != chosen.content]
    rivals = [block.place for block in others if kinds[block.place] == kind and block.hidden == chosen.hidden]
    unread = [block.place for block in others if block.place not in rivals]
    return Choice(chosen, kind, "、".join([chosen.place, *rivals]) if rivals else None, "、".join(unread) or None)


def _kind_of(block: Block, who: Identity, contracts: Contracts) -> str | None:
    (kind, count), *rest = block.kinds.most_common()
    if not rest or rest[0][1] < count:
        return kind
    # Only indicators that both tables have: the sheet's name may tell, or what the sender is.
    named = [kind for kind, table in contracts.tables.items() if table.sheet in block.sheet]
    return named[0] if named else who.kind
