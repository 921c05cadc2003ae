"""What Excel says where something is typed in. It warns and never forbids: words must remain possible."""

from collections.abc import Sequence

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

# What Excel allows for the title and the text of a message, and for a list written out.
_TITLE, _PROMPT, _ERROR, _LIST = 32, 255, 225, 255


def guard_number(
    sheet: Worksheet, cells: str, title: str, prompt: str, bounds: tuple[float | None, float | None]
) -> None:
    """Warn where something else than a number within bounds is typed in; None is no bound.

    Args:
        sheet: where.
        cells: the range that is guarded.
        title: of the message that shows while a cell is chosen.
        prompt: that message.
        bounds: least and greatest number; 0 to 100 for a share.
    """
    low, high = bounds
    if low is None:
        raise ValueError("every indicator has a least value")
    words = "确需用文字表述的，请选择“是”。"
    if high is None:
        error = f"应填不小于{low:g}的数字，不带单位和文字。{words}"
    else:
        error = f"应填{low:g}至{high:g}之间的百分数，例如25.3。{words}"
    _add(
        sheet,
        cells,
        DataValidation(
            type="decimal",
            operator="greaterThanOrEqual" if high is None else "between",
            formula1=f"{low:g}",
            formula2=None if high is None else f"{high:g}",
        ),
        title,
        prompt,
        error,
    )


def guard_version(sheet: Worksheet, cell: str) -> None:
    """Warn where the version is no whole number."""
    rule = DataValidation(type="whole", operator="greaterThanOrEqual", formula1="1")
    _add(sheet, cell, rule, "版本", "首次报送填1，以后每次重新报送加1。", "版本应填整数，首次报送填1。")


def guard_date(sheet: Worksheet, cell: str) -> None:
    """Warn where the date is none."""
    rule = DataValidation(type="date", operator="greaterThanOrEqual", formula1="43831")  # 2020-01-01
    _add(sheet, cell, rule, "填报日期", "写作2024-03-15的形式。", "请按2024-03-15的形式填写日期。")


def offer(
    sheet: Worksheet, cells: str, choices: Sequence[str] | str, title: str, prompt: str, *, open_: bool = False
) -> None:
    """Offer a list to choose from: words, or the range of a sheet that holds them; `open_`: others need no warning."""
    formula = f"={choices}" if isinstance(choices, str) else f'"{",".join(choices)}"'
    if len(formula) > _LIST:
        raise ValueError(f"Excel allows {_LIST} characters for a list: {formula}")
    _add(
        sheet,
        cells,
        DataValidation(type="list", formula1=formula.removeprefix("=")),
        title,
        prompt,
        None if open_ else "不在下拉列表中。确需使用列表以外的内容，请选择“是”。",
    )


def prompt_only(sheet: Worksheet, cells: str, title: str, prompt: str) -> None:
    """Show a prompt where a cell is selected; anything may be typed in."""
    _add(sheet, cells, DataValidation(), title, prompt, None)


def _add(sheet: Worksheet, cells: str, rule: DataValidation, title: str, prompt: str, error: str | None) -> None:
    rule.allow_blank = True
    rule.showInputMessage = True
    rule.promptTitle, rule.prompt = title[:_TITLE], prompt[:_PROMPT]
    rule.showErrorMessage = error is not None
    rule.errorStyle = "warning"
    if error is not None:
        rule.errorTitle, rule.error = "请核对", error[:_ERROR]
    rule.add(cells)
    sheet.add_data_validation(rule)
