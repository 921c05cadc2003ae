"""Pydantic configuration of all contracts: no unknown keys, empty texts, implicit conversions or NaN."""

from pydantic import ConfigDict

STRICT = ConfigDict(
    extra="forbid", strict=True, allow_inf_nan=False, str_min_length=1, str_strip_whitespace=True,
    arbitrary_types_allowed=True,
)  # fmt: skip
