"""Read rendered review workbooks of the sample round: lines of a sheet, links, the submitted cells behind them."""

import re
from collections.abc import Iterable
from functools import cache

import pytest
from openpyxl.cell.cell import Cell
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.sample import CONTRACTS
from tests.support.rendered_books import (
    NATION,
    cells,
    files,
    opened,
)
from tests.support.sample_round import whole_round as sample_round
from transforms.reports.view import View

SHEETS = [
    "封面",
    "问题清单",
    "审核意见",
    "指标对照（城市）",
    "指标对照（园区）",
    "试点单页",
    "评分表",
    "指标红绿灯",
    "对标情况",
    "进度对比",
    "文表一致性",
    "章节核对",
    "补正前后对照",
    "试点总览",
    "名额核对",
    "未量化目标",
    "指标汇总",
    "图表",
    "数值雷同",
    "已销号问题",
    "审核留痕",
    "换算记录",
    "合理范围表",
    "规则目录",
    "来源",
]

ALWAYS = {
    "封面",
    "问题清单",
    "审核意见",
    *SHEETS[3:5],
    "试点总览",
    "名额核对",
    "已销号问题",
    "合理范围表",
    "规则目录",
    "来源",
}

COMPARISONS = ("指标对照（城市）", "指标对照（园区）")
SEVERAL = (NATION, "河北省", "江苏省")  # only cities, and parks too


def texts(book: Workbook, sheets: Iterable[str] | None = None) -> list[str]:
    wanted = set(sheets or book.sheetnames)
    return [str(cell.value) for cell in cells(book) if cell.parent.title in wanted]


def lines(sheet: Worksheet, header: int) -> list[dict[str, Cell]]:
    """Return the rows below a header as cells by title, until an empty row; a title used for each year ends in it."""
    names, year = [], ""
    for cell in sheet[header]:
        above = sheet.cell(header - 1, cell.column).value if header > 1 else None
        year = re.sub(r"\D", "", str(above)) if above else year
        names.append(
            f"{cell.value}{year}" if cell.value in {"原值", "规范值", "同类中位数", "全国目标"} else str(cell.value)
        )
    found = []
    for row in sheet.iter_rows(min_row=header + 1):
        if row[0].value is None:
            break
        found.append(dict(zip(names, row, strict=True)))
    return found


def compared(book: Workbook) -> list[dict[str, Cell]]:
    return [line for name in COMPARISONS for line in lines(book[name], 2) if line["试点"].value in file_of()]


@cache
def file_of() -> dict[str, str]:
    """The file that counts, by the name of its pilot that is shown."""
    counted = sample_round().judged.batch.counted.select("province", "pilot", "file")
    return {title_of(province, pilot): file for province, pilot, file in counted.iter_rows()}


def title_of(province: str | None, pilot: str | None) -> str:
    return View(sample_round()).pilot_title(province, pilot)


@cache
def submitted(file: str) -> Workbook:
    return opened(files()[file])


# Every province of the sample round, of which `make test` looks at two.
EVERY_PROVINCE = [
    pytest.param(province, marks=() if province in SEVERAL else pytest.mark.slow) for province in CONTRACTS.round.quotas
]
SEVERAL_BOOKS = pytest.mark.parametrize("province", SEVERAL, ids=lambda province: province or "全国")


def places(origin: str) -> list[tuple[str, str]]:
    """Sheet and address of every cell that a text like 表1!E5:G5 or 表1!E5、G5 names."""
    sheet, addresses = origin.rsplit("!", 1)
    found = []
    for part in addresses.split("、"):
        first, _, last = part.partition(":")
        (row, start), (_, end) = coordinate_to_tuple(first), coordinate_to_tuple(last or first)
        found += [(sheet, f"{get_column_letter(column)}{row}") for column in range(start, end + 1)]
    return found
