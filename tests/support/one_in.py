"""Fewer cases of a kind for `make test`; `make test-all` has them all."""

from collections.abc import Sequence
from typing import Any

import pytest


def one_in(number: int, cases: Sequence[Any], *, first: int = 0) -> list[Any]:
    """Mark all cases slow but every n-th, counted from the `first`."""
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else [case]), marks=() if place % number == first else pytest.mark.slow
        )
        for place, case in enumerate(cases)
    ]
