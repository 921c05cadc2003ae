"""Tables 1 and 2 of the guide: name, units and bounds of each indicator."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Annotated, Literal

from pydantic import Field, PlainValidator
from pydantic.dataclasses import dataclass

from contracts.naming import name_key, unit_key, wording_key
from contracts.round import KINDS, Kind
from contracts.round_parts import TableUse
from contracts.yaml_source import STRICT, ContractFault


def _factor(value: object) -> Fraction:
    try:
        factor = Fraction(str(value))
    except ZeroDivisionError:
        raise ValueError("a factor must not be divided by 0") from None
    if factor <= 0:
        raise ValueError("a factor must be positive")
    return factor


Factor = Annotated[Fraction, PlainValidator(_factor)]
ONE, PER_MILLE = Fraction(1), Fraction(1, 10)
Measure = Literal["intensity", "share", "ratio", "count", "capacity", "stock", "rate", "growth", "flow"]


def _variants(wording: str) -> Iterator[str]:
    """Yield every name that a wording describes: {单位|万元}GDP能耗 is 单位GDP能耗 and 万元GDP能耗."""
    parts = re.split(r"\{([^{}]*)\}", wording)
    choices = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    yield from map("".join, product(*choices))


@dataclass(frozen=True, config=STRICT)
class Scale:
    """A canonical unit of an indicator, with bounds in that unit.

    Attributes:
        hard: possible minimum and maximum; None for no bound.
        plausible: plausible minimum and maximum.
        pace: plausible minimum and maximum change per year in percent; for a share in %, of its odds. None where a
            year does not constrain the next.
        also: other units with the factor into this one.
        reason: Chinese reason for the plausible range and pace, where they are more than an expert estimate.
        above: Chinese guess what a value above the plausible range is.
        whole: whether values are whole numbers.
    """

    measure: Measure
    additive: bool
    hard: tuple[float | None, float | None]
    plausible: tuple[float, float]
    pace: tuple[Annotated[float, Field(gt=-100)], float] | None = None
    also: dict[str, Factor] = Field(default_factory=dict)
    reason: str = ""
    above: str = ""
    whole: bool = False

    def faults(self) -> Iterator[ContractFault]:
        """Yield bounds that contradict each other."""
        low, high = self.hard
        ranges = {"hard": (low, high), "plausible": self.plausible, "pace": self.pace or (None, None)}
        for name, (least, most) in ranges.items():
            if least is not None and most is not None and least >= most:
                yield (), f"{name}: {least} is not below {most}"
        for edge in self.plausible:
            if (low is not None and edge < low) or (high is not None and edge > high):
                yield (), f"plausible: {edge} is outside hard"


@dataclass(frozen=True, config=STRICT)
class Indicator:
    """One row of a table.

    Attributes:
        wanted: required direction of a target, or `any`.
        scales: by canonical unit.
        central: importance; multiplies the materiality of findings.
        aliases: whole names.
        wordings: names in many variants, {a|b|} for a choice, in prose and tables alike.
        alone: wordings that count only without a narrowing word before (碳排放强度, not 建筑碳排放强度).
        growth_of: names of what a growth rate is the growth of: a sentence that it rises is about the indicator.
        scope: Chinese text of the template: what is measured, over what. `hint`: frequent mistakes.
        declare: what the remark must state, because it differs between places.
        ratio_of: quantities of 基础数据 that it is recomputed from: numerator and denominator.
        key: drawn as a chart.
        natural: set by nature more than by policy: not compared with peers, and no project need support it.
    """

    code: Annotated[str, Field(pattern=r"^[CPZ]\d\d$")]
    number: int
    category: str
    name: str
    unit: str
    wanted: Literal["up", "down", "any"]
    scales: Annotated[dict[str, Scale], Field(min_length=1)]
    central: Annotated[float, Field(gt=0, lt=3)] = 1.0
    aliases: tuple[str, ...] = ()
    wordings: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    growth_of: tuple[str, ...] = ()
    note: str = ""
    scope: Annotated[str, Field(max_length=80)] = ""
    hint: Annotated[str, Field(max_length=80)] = ""
    declare: Annotated[str, Field(max_length=80)] = ""
    ratio_of: tuple[str, str] | None = None
    key: bool = False
    natural: bool = False

    def faults(self) -> Iterator[ContractFault]:
        """Yield units that contradict each other."""
        if self.key and len(self.scales) > 1:
            yield (), "key: a chart has one axis, and this indicator has two units"
        # Where the guide prints two units, as in 辆（%）, each of them is a scale.
        printed = unit_key(self.unit)
        if len(self.scales) == 1 and printed not in map(unit_key, self.scales):
            yield (), f"unit: {self.unit} is not among the scales"
        for unit in self.scales if len(self.scales) > 1 else ():
            if unit_key(unit) not in printed:
                yield (), f"unit: {unit} is not in {self.unit}"
        legal = Counter(unit_key(unit) for name, scale in self.scales.items() for unit in (name, *scale.also))
        yield from (((), f"scales: the unit {unit} is there twice") for unit, n in legal.items() if n > 1)

    @cached_property
    def units(self) -> dict[str, tuple[str, Fraction]]:
        """Scale and factor into it of every legal unit, by `unit_key`; a share in percent may be given per mille."""
        known = {unit_key(unit): (unit, ONE) for unit in self.scales}
        for scale_unit, scale in self.scales.items():
            if scale_unit == "%" and scale.measure in {"share", "rate"}:
                known["‰"] = scale_unit, PER_MILLE
            known |= {unit_key(unit): (scale_unit, factor) for unit, factor in scale.also.items()}
        return known

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Every legal unit as it is spelled, by `unit_key`: GW for gw."""
        return {unit_key(unit): unit for name, scale in self.scales.items() for unit in (name, *scale.also)}

    @cached_property
    def wording_keys(self) -> frozenset[str]:
        """Every name that it may have, as `wording_key`."""
        variants = (variant for wording in (*self.wordings, *self.alone) for variant in _variants(wording))
        return frozenset(wording_key(name) for name in (self.name, *self.aliases, *variants))

    @cached_property
    def alone_keys(self) -> frozenset[str]:
        """Those of `wording_keys` that only mean it by themselves."""
        return frozenset(wording_key(name) for wording in self.alone for name in _variants(wording))

    @property
    def printed_scale(self) -> str | None:
        """Return the unit to assume if a submission names none; None where the guide prints two."""
        return next(iter(self.scales)) if len(self.scales) == 1 else None


@dataclass(frozen=True, config=STRICT)
class Quantity:
    """A quantity of the optional sheet 基础数据, with the unit that it is asked for in."""

    name: str
    unit: str


@dataclass(frozen=True, config=STRICT)
class Table:
    """The table of one kind of pilot, such as Table 1 (city) or 2 (park) of the guide, in its order.

    `basic_data`: of an optional sheet. `derived`: a round leaves out or adds indicators, so that they are renumbered.
    """

    sheet: str
    title: str
    kind: Kind
    indicators: Annotated[tuple[Indicator, ...], Field(min_length=1)]
    basic_data: tuple[Quantity, ...] = ()
    derived: bool = False

    def faults(self) -> Iterator[ContractFault]:
        """Yield indicators out of order, names with two meanings, and ratios of unknown quantities."""
        for position, row in enumerate(self.indicators, 1):
            if row.number != position or (int(row.code[1:]) != position and not self.derived):
                yield ("indicators", position - 1), f"is number {row.number}, but at position {position}"
        spellings = Counter(name_key(name) for row in self.indicators for name in {row.name, *row.aliases})
        yield from (
            ((), f"name or alias {key!r} means more than one indicator") for key, n in spellings.items() if n > 1
        )
        known = {one.name for one in self.basic_data}
        for at, row in enumerate(self.indicators):
            for name in row.ratio_of or ():
                if name not in known:
                    yield ("indicators", at, "ratio_of"), f"{name} is not in basic_data"
        wordings = Counter(key for row in self.indicators for key in row.wording_keys)
        yield from (((), f"wording {key!r} means more than one indicator") for key, n in wordings.items() if n > 1)

    @cached_property
    def by_code(self) -> dict[str, Indicator]:
        """Indicators by code."""
        return {row.code: row for row in self.indicators}

    @cached_property
    def by_name(self) -> dict[str, tuple[Indicator, str]]:
        """Indicator and `name` or `alias`, by `name_key` of its name and aliases."""
        known = {name_key(alias): (row, "alias") for row in self.indicators for alias in row.aliases}
        return known | {name_key(row.name): (row, "name") for row in self.indicators}

    @cached_property
    def by_wording(self) -> dict[str, Indicator]:
        """Indicators by `wording_key` of their name and aliases."""
        return {key: row for row in self.indicators for key in row.wording_keys}

    @cached_property
    def by_growth(self) -> dict[str, Indicator]:
        """Growth rates by `wording_key` of what grows."""
        return {wording_key(name): row for row in self.indicators for name in row.growth_of}


def use_table(use: TableUse, tables: Mapping[str, Table]) -> Table:
    """Return the table that a round uses: a file's, without some indicators and with some of other files, renumbered.

    Raises:
        KeyError: if the table or an indicator is in no file.
    """
    table = tables[use.table]
    if use == TableUse(use.table):
        return table
    known = {row.code: row for name in (*tables, *KINDS) for row in tables[name].indicators}
    kept = [row for row in table.indicators if row.code not in use.without]
    for code in use.without:
        table.by_code[code]
    rows = [_renumbered(row, at) for at, row in enumerate((*kept, *(known[code] for code in use.extra)), 1)]
    words = {"sheet": use.sheet or table.sheet, "title": use.title or table.title}
    return replace(table, indicators=tuple(rows), derived=True, **words)  # type: ignore[arg-type]


def _renumbered(row: Indicator, number: int) -> Indicator:
    """Return an indicator with another number; its empty texts are defaults, which its validation would refuse."""
    given = {field.name: getattr(row, field.name) for field in fields(row)}
    return Indicator(**{name: value for name, value in given.items() if value != ""} | {"number": number})
