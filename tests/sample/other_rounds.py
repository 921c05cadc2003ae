"""A few submissions to the other rounds: figures of any table, drawn from its own ranges and paces."""

import random
from dataclasses import dataclass

from contracts.indicators import Indicator, Table
from contracts.load import Contracts
from contracts.round import Kind
from tests.sample import SIMULATED
from tests.support.saved import saved
from transforms.reports.template.earlier_submission import Earlier, Given, Line
from transforms.reports.template.workbook import render_template

SEED = "peak-review other rounds 1"


@dataclass(frozen=True)
class Sender:
    """Who submits."""

    province: str
    pilot: str
    kind: Kind


# Places of the right kind; none of them is claimed to be on a published list.
SENDERS: dict[str, tuple[Sender, ...]] = {
    "second-batch": (
        Sender("四川省", "宜宾市", "city"),
        Sender("四川省", "绵阳高新技术产业开发区", "park"),
        Sender("福建省", "三明市", "city"),
        Sender("云南省", "曲靖市", "city"),
    ),
    "zhejiang-pilots": (
        Sender("浙江省", "安吉县", "city"),
        Sender("浙江省", "淳安县", "city"),
        Sender("浙江省", "苍南经济开发区", "park"),
    ),
    "zero-carbon-parks": (
        Sender("内蒙古自治区", "鄂尔多斯蒙苏经济开发区", "park"),
        Sender("江苏省", "盐城大丰港经济开发区", "park"),
        Sender("四川省", "宜宾临港经济技术开发区", "park"),
    ),
}
# Rows that are tied to others: values that go with each other.
TIED = {
    "C01": (0.52, 0.94), "C02": (1.18, 0.92), "C03": (1.75, 0.91), "C07": (14.3, 1.22), "C16": (26.4, 1.55),
    "C17": (41250, 1.9), "P02": (0.61, 0.93), "P03": (1.32, 0.90), "P04": (16.4, 1.3), "P05": (12.7, 1.35),
}  # fmt: skip


def workbook(sender: Sender, contracts: Contracts) -> bytes:
    """The template of a round, filled in by one pilot."""
    table = contracts.tables[sender.kind]
    rng = random.Random(f"{SEED}: {contracts.round.round}: {sender.pilot}")
    earlier = Earlier(
        office=f"{sender.pilot}管理机构", contact="模拟联系人　000-00000000", rows=_rows(table, contracts, rng)
    )
    book = render_template(table, contracts.round, pilot=sender.pilot, province=sender.province, earlier=earlier)
    cover = book["封面"]
    cover["A2"] = f"{cover['A2'].value}　{SIMULATED}"
    return saved(book)


def _rows(table: Table, contracts: Contracts, rng: random.Random) -> dict[str, Line]:
    return {row.code: _line(row, contracts, rng) for row in table.indicators}


def _line(row: Indicator, contracts: Contracts, rng: random.Random) -> Line:
    unit, scale = next(iter(row.scales.items()))
    low, high = scale.plausible
    base, growth = TIED.get(row.code, (low + (high - low) * rng.uniform(0.3, 0.5), 1.08))
    if scale.measure in {"count", "stock", "capacity", "flow", "ratio"} and row.code not in TIED:
        base = (max(low, 1e-3) * high) ** 0.5
    base *= rng.uniform(0.97, 1.03)
    if row.wanted == "down" and growth > 1:
        growth = 0.94
    values = [base * growth**step for step in range(len(contracts.round.columns))]
    if row.wanted == "any":
        values = [base] * len(values)
    digits = 0 if scale.whole or base >= 1000 else 3 if base < 5 else 1
    return Line(
        row.name,
        unit,
        {
            (one.year, one.role): Given(f"{round(value, digits):.15g}", "number")
            for one, value in zip(contracts.round.columns, values, strict=True)
        },
        "口径与统计制度一致" if row.declare else None,
    )
