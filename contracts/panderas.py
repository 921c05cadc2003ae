"""pandera for polars alone. Where pandas is installed pandera imports it, a second and 50 MB in every process."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from types import ModuleType


class _NoPandas(MetaPathFinder):
    """Says of pandas what an installation without it would say."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:  # noqa: ARG002
        if fullname == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name="pandas")


@contextmanager
def without_pandas() -> Iterator[None]:
    """Let nothing import pandas: pandera tries when it is imported, and again when it checks its first frame."""
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


with without_pandas():
    import pandera.polars as pa
    from pandera.errors import SchemaError, SchemaErrors

__all__ = ["SchemaError", "SchemaErrors", "pa", "without_pandas"]
