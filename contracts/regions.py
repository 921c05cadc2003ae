"""The names of China's province-level divisions, so that a province is recognised even where it has no quota."""

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Region:
    """One division: its full name, and the short one that people write (河北)."""

    name: str
    short: str
