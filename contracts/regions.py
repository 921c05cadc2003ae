"""The names of China's province-level divisions, so that a province is recognised even where it has no quota."""

from pydantic.dataclasses import dataclass

from contracts.strict import STRICT


@dataclass(frozen=True, config=STRICT)
class Region:
    """One division: its full name, and the short one that people write (河北)."""

    name: str
    short: str
