"""Names of China's province-level divisions, to recognise provinces without a quota too."""

from pydantic.dataclasses import dataclass

from contracts.strict import STRICT


@dataclass(frozen=True, config=STRICT)
class Region:
    """One division: full name and short name (河北)."""

    name: str
    short: str
