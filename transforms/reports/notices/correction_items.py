"""What one pilot must correct or explain, as plain data for the letter and the annotated copy."""

from dataclasses import dataclass
from functools import cached_property

from transforms.intake.cells import Sheet

# What an item requires, by whether it must be corrected.
DUTIES = {True: "必须更正", False: "需更正或说明"}
# The parts of a letter, in this order.
HEADINGS = (
    "文件和报送单位",
    "指标表",
    "指标完整性",
    "数值和单位",
    "目标和指标之间的关系",
    "数据来源和版本",
    "目标完成情况",
    "实施方案",
)


@dataclass(frozen=True)
class CorrectionItem:
    """One fault to correct or explain. Each text is a single line.

    Attributes:
        cells: of the submitted table, the one that the fault is reported at first; none if it concerns a sheet or file.
        where: the position in words that its reader can look for, in the workbook or in the plan.
    """

    rule: str
    severity: str
    heading: str
    title: str
    file: str
    sheet: str | None
    cells: tuple[str, ...]
    where: str
    name: str | None
    year: int | None
    given: str | None
    why: str
    advice: str

    @property
    def must(self) -> bool:
        """Whether it must be corrected; an explanation is not enough."""
        return self.severity != "warning"

    @property
    def subject(self) -> str:
        """Name of the indicator with the year, or an empty text."""
        return (self.name or "") + (f"（{self.year}年）" if self.name and self.year else "")


@dataclass(frozen=True)
class Correction:
    """The items of one pilot: first those to correct, then those to correct or explain, each by place.

    Attributes:
        office: 你委 or 你管委会.
        changes: since the earlier version, texts of each cell: indicator, year, before, after, what was asked, state.
        table: the sheet of `table_file` with the marked cells; None if no table could be read.
    """

    pilot: str
    addressee: str
    place: str
    kind: str | None
    office: str
    files: tuple[str, ...]
    version: str | None
    items: tuple[CorrectionItem, ...]
    table: Sheet | None
    table_file: str
    changes: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def must(self) -> tuple[CorrectionItem, ...]:
        """Items that must be corrected."""
        return tuple(item for item in self.items if item.must)

    @cached_property
    def may(self) -> tuple[CorrectionItem, ...]:
        """Items that must be corrected or explained."""
        return tuple(item for item in self.items if not item.must)

    @property
    def arguable(self) -> bool:
        """Whether an explanation may do for an item: not for a plan that was not sent."""
        return any(item.rule != "PLAN-MISSING" for item in self.may)

    @cached_property
    def marks(self) -> dict[str, list[CorrectionItem]]:
        """Items by cell of the table, in A1 notation; empty without a table."""
        marks: dict[str, list[CorrectionItem]] = {}
        for item in self.items:
            if self.table and item.sheet and item.file == self.table_file:
                for cell in item.cells:
                    marks.setdefault(cell, []).append(item)
        return marks

    @property
    def plan_received(self) -> bool:
        """Whether every item is about a plan that was received: the workbook is not concerned at all."""
        return self.about_plan and self.table is None

    @property
    def about_plan(self) -> bool:
        """Whether every item is about the plan."""
        return all(item.heading == HEADINGS[-1] for item in self.items)
