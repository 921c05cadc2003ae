"""A simulated round: what a pilot submits, as plain data that layouts turn into workbooks and mistakes change."""

import random
from dataclasses import dataclass, replace

from contracts.load import load_contracts
from contracts.round import Kind
from tests.sample.figures import PARKS, clean_figures, new_figures, unit_as_reported
from transforms.reports.view import KIND_TITLES

SEED = "peak-review sample 1"
SIMULATED = "模拟数据，仅供演示"
CONTRACTS = load_contracts("first-batch")
YEARS = CONTRACTS.round.years

Value = float | int | str | None

# Name, 领域, 建设内容, 建设起止年限, 总投资, 预期效果, 支撑指标.
PROJECTS: dict[str, tuple[tuple[str, str, str, str, int, str, str], ...]] = {
    "city": (
        (
            "屋顶分布式光伏",
            "能源基础设施",
            "光伏和配套储能",
            "2023-2026",
            186000,
            "年发电5亿千瓦时",
            "可再生能源发电总装机容量",
        ),
        ("建筑垃圾处理中心", "循环经济发展", "年处理100万吨", "2024-2026", 32000, "利用率提高", "建筑垃圾资源化利用率"),
    ),
    "park": (
        (
            "源网荷储一体化示范",
            "能源基础设施",
            "微电网和储能",
            "2023-2025",
            64000,
            "绿电比例提高",
            "可再生能源使用比例",
        ),
        (
            "余热梯级利用改造",
            "节能降碳改造",
            "余热用于供热",
            "2024-2027",
            21500,
            "年节能3万吨标准煤",
            "工业余热回收利用率",
        ),
    ),
}


# Remarks that say what differs between places.
SCOPES = {
    "C01": "与节能考核口径一致，已扣除原料用能",
    "C02": "含外购电力间接排放，不含过程排放",
    "C05": "按行政区域面积计算",
    "C07": "电力按发电煤耗法折算，绿证不计入",
}


@dataclass(frozen=True)
class Row:
    """One row of the indicator table; `values` stand in the order of the round's years, text exactly as written."""

    code: str
    category: str
    label: str
    unit: str
    values: tuple[Value, ...]
    remark: str = ""

    @property
    def added(self) -> bool:
        """Whether the pilot added this indicator to those of the guide."""
        return self.code.startswith("X-")


@dataclass(frozen=True)
class Note:
    """One line of the sheet 说明; `what` is 删减, 补充 or 其他."""

    label: str
    what: str
    why: str


@dataclass(frozen=True)
class Submission:
    """What one pilot submits, whatever the layout of its workbook; `pilot` is the name as the pilot writes it."""

    province: str
    pilot: str
    kind: Kind
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()
    date: str = "2024-03-15"
    version: str = "1"

    @property
    def office(self) -> str:
        """Who filled it in."""
        return f"{self.pilot}{'发展和改革委员会' if self.kind == 'city' else '管理委员会'}"

    def cover(self) -> dict[str, Value]:
        """Return the entries of the cover by label."""
        return {
            "省份": self.province,
            "试点名称": self.pilot,
            "试点类型": KIND_TITLES[self.kind],
            "填报单位": self.office,
            "联系人": "模拟联系人　000-00000000",
            "填报日期": self.date,
            "版本": self.version,
        }

    def projects(self) -> list[tuple[Value, ...]]:
        """Lines of the sheet 重点工程."""
        return [(f"{self.pilot}{name}", *rest) for name, *rest in PROJECTS[self.kind]]

    def row(self, code: str) -> Row:
        """The first row with this code."""
        return next(row for row in self.rows if row.code == code)


def clean_submission(province: str, pilot: str) -> Submission:
    """Make a submission with every indicator of the table that no rule has anything to say about.

    The same arguments give the same figures; `pilot` is one of `figures.CITIES` or `figures.PARKS`.
    """
    kind: Kind = "park" if pilot in PARKS else "city"
    figures = clean_figures(pilot, kind, random.Random(f"{SEED}: {pilot}"))
    rows = (
        Row(
            item.code,
            item.category,
            item.name,
            unit_as_reported(pilot, item),
            figures[item.code] if item.code in figures else new_figures(pilot, item),
            SCOPES.get(item.code, ""),
        )
        for item in CONTRACTS.tables[kind].indicators
    )
    return Submission(province, pilot, kind, tuple(rows))


def change(submission: Submission, code: str, **changes: object) -> Submission:
    """Change fields of the row with this code, as `dataclasses.replace` does."""
    rows = tuple(replace(row, **changes) if row.code == code else row for row in submission.rows)
    return replace(submission, rows=rows)


def put(submission: Submission, code: str, year: int, value: Value) -> Submission:
    """Put another value into one cell."""
    values = list(submission.row(code).values)
    values[YEARS.index(year)] = value
    return change(submission, code, values=tuple(values))


def leave_out(submission: Submission, code: str, why: str = "") -> Submission:
    """Leave out an indicator; with a reason, it is explained on 说明."""
    label = submission.row(code).label
    rows = tuple(row for row in submission.rows if row.code != code)
    notes = (*submission.notes, Note(label, "删减", why)) if why else submission.notes
    return replace(submission, rows=rows, notes=notes)


def add(submission: Submission, label: str, unit: str, values: tuple[Value, ...], remark: str = "") -> Submission:
    """Add an indicator of the pilot's own at the end of the table, and say so on 说明."""
    number = sum(row.added for row in submission.rows) + 1
    row = Row(f"X-{number}", "补充指标", label, unit, values, remark or "补充指标")
    note = Note(label, "补充", "结合本地实际补充的特色指标。")
    return replace(submission, rows=(*submission.rows, row), notes=(*submission.notes, note))


def repeat(submission: Submission, code: str, values: tuple[Value, ...]) -> Submission:
    """Write the row with this code a second time, at the end, with other values."""
    return replace(submission, rows=(*submission.rows, replace(submission.row(code), values=values)))
