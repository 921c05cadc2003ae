"""Who reviews what, and how it is scored, as data of a round: fields with experts, criteria with weights."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from contracts.yaml_source import STRICT, ContractFault

GENERAL = "综合"  # the field of what concerns no indicator, or one that no field names


@dataclass(frozen=True, config=STRICT)
class ReviewField:
    """A field of work (能源, 工业, 建筑, 交通, 循环, 碳汇, 创新): its indicators, and the experts who review them."""

    name: str
    indicators: Annotated[tuple[str, ...], Field(min_length=1)]
    experts: tuple[str, ...] = ()


@dataclass(frozen=True, config=STRICT)
class Criterion:
    """What experts score, and its weight among all criteria."""

    name: str
    weight: Annotated[float, Field(gt=0, le=100)]


@dataclass(frozen=True, config=STRICT)
class Scoring:
    """Division of work and scoring of a round.

    Attributes:
        fields: an indicator is in one field at most.
        criteria: none where only the work is divided.
        experts: who score every field, besides those of the fields.
        highest: score of each criterion; 0 is the lowest.
    """

    fields: tuple[ReviewField, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    experts: tuple[str, ...] = ()
    highest: Annotated[int, Field(ge=1)] = 100

    def faults(self) -> Iterator[ContractFault]:
        """Yield names that mean two things, weights that do not add up, criteria that have no experts."""
        for what, names in (
            ("fields", [one.name for one in self.fields]),
            ("fields: indicator", [code for one in self.fields for code in one.indicators]),
            ("criteria", [one.name for one in self.criteria]),
        ):
            yield from (((), f"{what}: {name} is there twice") for name, n in Counter(names).items() if n > 1)
        total = sum(one.weight for one in self.criteria)
        if self.criteria and abs(total - 100) > 1e-9:
            yield ("criteria",), f"the weights add up to {total:g}, not 100"
        if self.criteria and not self.experts_by_field:
            yield ("criteria",), "no expert is named"

    @cached_property
    def experts_by_field(self) -> dict[str, tuple[str, ...]]:
        """Names of fields by expert, in the order of the file."""
        found: dict[str, tuple[str, ...]] = dict.fromkeys(self.experts, (GENERAL,))
        for one in self.fields:
            for expert in one.experts:
                found[expert] = (*found.get(expert, ()), one.name)
        return found

    @cached_property
    def field_by_indicator(self) -> dict[str, str]:
        """Name of the field of each indicator that is in one."""
        return {code: one.name for one in self.fields for code in one.indicators}

    def field_of(self, indicator: str | None) -> str:
        """Return the name of the field of an indicator, or `GENERAL`."""
        return self.field_by_indicator.get(indicator or "", GENERAL)
