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
    "实施方案",
)


@dataclass(frozen=True)
class CorrectionItem:
    """One fault to correct or explain; `cell` is None if it concerns a sheet or file. Each text is a single line."""

    severity: str
    heading: str
    title: str
    file: str
    sheet: str | None
    cell: str | None
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
    def place(self) -> str:
        """Sheet and cell of the submitted file, or paragraph of the plan, as far as known."""
        if self.heading == HEADINGS[-1]:
            return " ".join(part for part in (self.sheet, self.cell) if part) or "整个文件"
        if self.sheet and self.cell:
            return f"工作表“{self.sheet}”{self.cell}"
        return f"工作表“{self.sheet}”" if self.sheet else "整个文件"

    @property
    def subject(self) -> str:
        """Name of the indicator with the year, or an empty text."""
        return (self.name or "") + (f"（{self.year}年）" if self.name and self.year else "")


@dataclass(frozen=True)
class Correction:
    """The items of one pilot: first those to correct, then those to correct or explain, each by place.

    Attributes:
        table: the sheet of `table_file` with the marked cells; None if no table could be read.
    """

    pilot: str
    addressee: str
    place: str
    kind: str | None
    files: tuple[str, ...]
    version: str | None
    contacts: tuple[str, ...]
    items: tuple[CorrectionItem, ...]
    table: Sheet | None
    table_file: str

    @cached_property
    def must(self) -> tuple[CorrectionItem, ...]:
        """Items that must be corrected."""
        return tuple(item for item in self.items if item.must)

    @cached_property
    def may(self) -> tuple[CorrectionItem, ...]:
        """Items that must be corrected or explained."""
        return tuple(item for item in self.items if not item.must)

    @cached_property
    def marks(self) -> dict[str, list[CorrectionItem]]:
        """Items by cell of the table, in A1 notation; empty without a table."""
        marks: dict[str, list[CorrectionItem]] = {}
        for item in self.items:
            if self.table and item.cell and item.sheet and item.file == self.table_file:
                marks.setdefault(item.cell, []).append(item)
        return marks
