"""Convert parsed values into the unit of their indicator, and describe each conversion in Chinese."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from contracts.indicators import ONE, Indicator
from contracts.naming import plain, unit_key
from transforms.intake.values.cell_value import CellValue

AS_SHOWN = "单元格为百分比格式，按显示值读取"


class ConvertedValue(NamedTuple):
    """A value in the indicator's unit; `value` is None where the unit is uncertain.

    `unit_from` is the source of the unit: `cell`, `column`, `deduced` from the number, `assumed` as printed.
    With `ambiguous`, `unknown` and `cell_unknown` there is no value.
    """

    value: float | None
    unit: str | None
    raw_unit: str | None
    unit_from: str
    conversion: str | None = None


def convert_row(indicator: Indicator, unit_text: str | None, row: Sequence[CellValue]) -> list[ConvertedValue]:
    """Convert the cells of one row of a table, one a year, under the unit of its unit column.

    They are read together: where the guide prints two units, one value above 100 shows that the row is not in percent.
    """
    column = _from_column(indicator, unit_text, row)
    converted = [_convert(indicator, unit_text, column, parsed) for parsed in row]
    valued = [one for one in converted if one.value is not None]
    if len({one.unit for one in valued}) == 1 or not valued:
        return converted
    if any(one.unit_from != "cell" for one in valued):
        # 30 % in one year and 50 in the next: the row has no single meaning, unless each cell names its unit.
        return [ConvertedValue(None, None, one.raw_unit, "ambiguous") for one in converted]
    return [one if one.value is None else _name_unit(one) for one in converted]


def _name_unit(one: ConvertedValue) -> ConvertedValue:
    """Say in the conversion which unit a cell names, where the cells of its row have different ones."""
    named = f"单元格注明单位为{one.unit}"
    return one._replace(conversion=f"{one.conversion}；{named}" if one.conversion else named)


def resolve_relative_targets(
    years: Sequence[int], row: Sequence[CellValue], converted: Sequence[ConvertedValue]
) -> list[ConvertedValue]:
    """Compute the value of relative targets whose base year is a column of the same table.

    Shares in percent are skipped: 10 % less of a share may mean ten points or a tenth.
    """
    if all(parsed.change is None for parsed in row):
        return list(converted)
    known = dict(zip(years, converted, strict=True))
    found = []
    for year, parsed, one in zip(years, row, converted, strict=True):
        known[year] = _worked_out(parsed, known, one)  # a target may refer to one that was itself computed
        found.append(known[year])
    return found


def _worked_out(parsed: CellValue, known: dict[int, ConvertedValue], one: ConvertedValue) -> ConvertedValue:
    base = known.get(parsed.base_year or 0)
    if parsed.change is None or base is None or base.value is None or base.unit in {None, "%"} or one.unit != base.unit:
        return one
    value = float(Fraction(str(base.value)) * (100 + Fraction(parsed.change)) / 100)
    sign = "＋" if parsed.change > 0 else "－"
    said = f"{parsed.base_year}年的{base.value:.10g}×（1{sign}{abs(parsed.change)}%）"
    return one._replace(value=value, conversion=said)


def _from_column(indicator: Indicator, unit_text: str | None, row: Sequence[CellValue]) -> tuple[str | None, str]:
    """Return the unit for cells that name none, and its source (`unit_from`)."""
    if unit_text and unit_key(unit_text) in indicator.units:
        return unit_text, "column"
    if unit_text and unit_key(unit_text) != unit_key(indicator.unit):
        return unit_text, "unknown"
    if indicator.printed_scale:
        return indicator.printed_scale, "assumed"
    countable = [unit for unit in indicator.scales if unit != "%"]
    if len(countable) == 1 and any(parsed.value is not None and parsed.value > 100 for parsed in row):
        return countable[0], "deduced"
    return None, "ambiguous"


def _convert(
    indicator: Indicator, unit_text: str | None, column: tuple[str | None, str], parsed: CellValue
) -> ConvertedValue:
    text, unit_from = column
    if parsed.unit:
        # A bare 万 multiplies the column's unit: 3.5万 under 辆 is 3.5 万辆.
        text, unit_from = (parsed.unit + (text or "") if parsed.unit in {"万", "亿"} else parsed.unit), "cell"
        text = indicator.spellings.get(unit_key(text), text)
    raw_unit = text if unit_from == "cell" else unit_text
    known = indicator.units.get(unit_key(text)) if text and unit_from != "unknown" else None
    if known is None:
        if unit_from in {"ambiguous", "unknown"}:
            return ConvertedValue(None, None, raw_unit, unit_from)
        # Only a value needs a unit that can be converted: words and blanks beside it stay what they are.
        return ConvertedValue(None, None, raw_unit, unit_from if parsed.value is None else "cell_unknown")
    unit, factor = known
    if parsed.value is None:
        return ConvertedValue(None, unit, raw_unit, unit_from)
    if parsed.scaled and text and plain(text)[0] in "万亿":  # 三万五 under 万辆: once or twice 万
        return ConvertedValue(None, None, raw_unit, "cell_unknown")
    # As exact, and -0 is 0 both ways; most values are given in the unit that is printed.
    value = float(parsed.value) + 0.0 if factor is ONE else float(Fraction(parsed.value) * factor)
    return ConvertedValue(value, unit, raw_unit, unit_from, _explain(parsed, text or "", unit, factor, unit_from))


def _explain(parsed: CellValue, text: str, unit: str, factor: Fraction, unit_from: str) -> str | None:
    steps = []
    if parsed.percent == "format":
        steps.append(AS_SHOWN)
    if factor is not ONE and factor != 1:
        steps.append(f"1{text}＝{_number(factor)}{unit}")
    if unit_from == "assumed":
        steps.append(f"未填单位，按{unit}")
    if unit_from == "deduced":
        steps.append(f"数值大于100，不是百分比，按{unit}")
    return "；".join(steps) or None


def _number(factor: Fraction) -> str:
    """Format a factor as a decimal if it ends within ten digits, else as a fraction: 29.3076, 1/15."""
    decimal = f"{float(factor):.10g}"
    return decimal if Fraction(decimal) == factor else f"{factor.numerator}/{factor.denominator}"
