"""One pilot's things to act on, as plain data: what the letter and the marked copy are made from."""

from dataclasses import dataclass
from functools import cached_property

from transforms.intake.cells import Sheet

# What is to be done about a matter, by whether it must be corrected.
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
class Matter:
    """One thing to act on. `cell` is None where it is about a sheet or file; all texts are of one line."""

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
        """Whether it has to be corrected, and cannot be explained."""
        return self.severity != "warning"

    @property
    def place(self) -> str:
        """Sheet and cell of their file, or paragraph of their plan, as far as it is about one."""
        if self.heading == HEADINGS[-1]:
            return " ".join(part for part in (self.sheet, self.cell) if part) or "整个文件"
        if self.sheet and self.cell:
            return f"工作表“{self.sheet}”{self.cell}"
        return f"工作表“{self.sheet}”" if self.sheet else "整个文件"

    @property
    def subject(self) -> str:
        """The indicator and year, as far as it is about one."""
        return (self.name or "") + (f"（{self.year} 年）" if self.name and self.year else "")


@dataclass(frozen=True)
class Correction:
    """All that one pilot must act on: what must be corrected first, then what may be explained; by place.

    `table`: the sheet of `table_file` that the places are on, None where no table could be read.
    """

    pilot: str
    addressee: str
    place: str
    kind: str | None
    files: tuple[str, ...]
    version: str | None
    contacts: tuple[str, ...]
    matters: tuple[Matter, ...]
    table: Sheet | None
    table_file: str

    @cached_property
    def must(self) -> tuple[Matter, ...]:
        """What must be corrected."""
        return tuple(matter for matter in self.matters if matter.must)

    @cached_property
    def may(self) -> tuple[Matter, ...]:
        """What must be corrected or explained."""
        return tuple(matter for matter in self.matters if not matter.must)

    @cached_property
    def marks(self) -> dict[str, list[Matter]]:
        """What is said of each cell of the table; empty where nothing is said of a cell, or there is no table."""
        marks: dict[str, list[Matter]] = {}
        for matter in self.matters:
            if self.table and matter.cell and matter.sheet and matter.file == self.table_file:
                marks.setdefault(matter.cell, []).append(matter)
        return marks
