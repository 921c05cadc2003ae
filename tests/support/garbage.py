"""Garbage collection of the test processes."""

import gc


def collect_less_often() -> None:
    """Leave what is loaded out of collections and have fewer: each looks through a million objects of the libraries."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
