"""National targets for an indicator, each with its document, clause and quotation."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from contracts.yaml_source import STRICT, ContractFault

# A level of “20%左右” is met within this part of the figure; a yearly pace within 0.2 percentage points.
ABOUT, PACE = 0.05, 0.002


@dataclass(frozen=True, config=STRICT)
class Benchmark:
    """One national target: a level in the indicator's unit, or a change in percent since a year.

    Attributes:
        about: whether the document says 左右.
        scope: in Chinese, what or whom the target applies to, if not every pilot.
        provinces: the only provinces that it applies to.
        names: it applies only to pilots with one of these words in their name.
        optional: a yardstick of another programme or scope, shown for reference.
    """

    indicator: Annotated[str, Field(pattern=r"^[CPZ]\d\d$")]
    year: int
    doc: str
    clause: str
    quote: str
    value: float | None = None
    change: float | None = None
    since: int | None = None
    about: bool = False
    scope: str = ""
    provinces: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    optional: bool = False

    def faults(self) -> Iterator[ContractFault]:
        """Yield a target that is neither a level nor a change."""
        if (self.value is None) == (self.change is None):
            yield (), "either a value or a change"
        if (self.change is None) != (self.since is None) or (self.since is not None and self.since >= self.year):
            yield (), "a change needs the earlier year that it is measured against"

    @property
    def yearly(self) -> float | None:
        """Return the change per year as a fraction: -0.0286 for -13.5 % in five years."""
        if self.change is None or self.since is None:
            return None
        return yearly_change(self.change, self.year - self.since)

    @property
    def general(self) -> bool:
        """Return whether it applies to every pilot with the indicator."""
        return not (self.provinces or self.names or self.optional)

    @property
    def where(self) -> str:
        """Return document, clause and scope as Chinese text."""
        return f"{self.doc}“{self.clause}”" + (f"（{self.scope}）" if self.scope else "")

    def applies_to(self, province: str, pilot: str) -> bool:
        """Return whether the target applies to a pilot."""
        return (not self.provinces or province in self.provinces) and (
            not self.names or any(name in pilot for name in self.names)
        )

    def is_met(self, figure: float, sign: int) -> bool:
        """Return whether a level, or a yearly change as a fraction, reaches the target.

        Args:
            figure: of the pilot.
            sign: 1 where more is wanted, -1 where less is.
        """
        least = self.value if self.value is not None else self.yearly or 0.0
        room = abs(least) * ABOUT if self.about else abs(least) * 1e-9
        if self.value is None:
            room = max(room, PACE)
        return (figure - least) * sign >= -room


def yearly_change(change: float, years: int) -> float:
    """Return the yearly change as a fraction that adds up to a change in percent; -1 for a fall to nothing."""
    return float(max(1 + change / 100, 0) ** (1 / years) - 1)
