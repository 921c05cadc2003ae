"""Parts of a round's contract: its kind, tables, columns of the template, rulings, assumptions, and regions."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from contracts.yaml_source import STRICT

RoundKind = Literal["plan", "progress"]
ROUND_KINDS: tuple[RoundKind, ...] = ("plan", "progress")
Role = Literal["base", "target", "actual"]
ROLE_TITLES: dict[Role, str] = {"base": "基期", "target": "目标", "actual": "实际"}
TableName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


@dataclass(frozen=True, config=STRICT)
class Decision:
    """A manual ruling whether a file counts, by the sha256 of its bytes, with the reason."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    counts: bool
    reason: Annotated[str, Field(min_length=4)]


@dataclass(frozen=True, config=STRICT)
class Regime:
    """What the state controls from a year on (能耗双控): the intensities that are binding under it, and its source."""

    since: int
    name: str
    indicators: Annotated[tuple[str, ...], Field(min_length=1)]
    source: str


@dataclass(frozen=True, config=STRICT)
class Growth:
    """Assumed yearly growth of GDP in percent, from one year to another, with its source in Chinese."""

    since: int
    until: int
    percent: float
    source: str


@dataclass(frozen=True, slots=True)
class YearColumn:
    """A column of the template with the values of a year."""

    title: str
    year: int
    role: Role


@dataclass(frozen=True, config=STRICT)
class TableUse:
    """The table of one kind of pilot: a file in `tables/`, without some of its indicators, with some of other tables.

    `sheet` and `title` replace those of the file.
    """

    table: TableName
    without: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    sheet: str | None = None
    title: str | None = None


@dataclass(frozen=True, config=STRICT)
class Region:
    """A province-level division of China, with a quota or without: full name and short name (河北)."""

    name: str
    short: str
