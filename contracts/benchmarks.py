"""National targets for an indicator, each with its document, clause and quotation."""

from typing import Annotated

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from contracts.yaml_source import STRICT


@dataclass(frozen=True, config=STRICT)
class Benchmark:
    """One national target: a level in the indicator's unit, or a change in percent since a year.

    `scope` names who the target applies to, if not every pilot.
    """

    indicator: Annotated[str, Field(pattern=r"^[CP]\d\d$")]
    year: int
    doc: str
    clause: str
    quote: str
    value: float | None = None
    change: float | None = None
    since: int | None = None
    scope: str = ""

    @model_validator(mode="after")
    def _check(self) -> "Benchmark":
        if (self.value is None) == (self.change is None):
            raise ValueError("either a value or a change")
        if (self.change is None) != (self.since is None) or (self.since is not None and self.since >= self.year):
            raise ValueError("a change needs the earlier year that it is measured against")
        return self

    @property
    def yearly(self) -> float | None:
        """Return the change per year as a fraction: -0.0286 for -13.5 % in five years."""
        if self.change is None or self.since is None:
            return None
        return float((1 + self.change / 100) ** (1 / (self.year - self.since)) - 1)

    @property
    def where(self) -> str:
        """Return document, clause and scope as Chinese text."""
        return f"{self.doc} {self.clause}" + (f"，适用于{self.scope}" if self.scope else "")
