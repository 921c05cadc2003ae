"""Validate frames with pandera: `require` raises, `split` returns valid and failed rows. No other module catches
pandera's exceptions.
"""

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaError, SchemaErrors

Model = type[pa.DataFrameModel] | pa.DataFrameSchema


class ContractViolationError(Exception):
    """A frame produced by a transform violates its model: a programming error that ends the run."""


def require(frame: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Return the frame unchanged if it satisfies the model.

    Raises:
        ContractViolationError: with the first 20 violations: column, check, row number and value.
    """
    failures = _failures(frame, model)
    if failures is not None:
        lines = [
            f"{f['column'] or 'frame'}: {f['check']}: row {f['index']}: {f['failure_case']}"
            for f in failures.head(20).to_dicts()
        ]
        raise ContractViolationError(f"{_name(model)}: {failures.height} broken\n" + "\n".join(lines))
    return frame


def split(frame: pl.DataFrame, model: Model) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split a frame into rows that pass all checks and rows that fail one.

    Args:
        frame: rows with the columns that the checks use.
        model: each check is named after its rule: `Check(..., error="RULE-ID")`.

    Returns:
        `(valid, failed)`. `failed` has the columns of the frame and `rule`, and one row for each row and failed rule.
        A check that raised an error is one row with its `rule` and nulls.
    """
    failures = _failures(frame, model)
    if failures is None:
        return frame, frame.clear().with_columns(pl.lit(None, pl.String).alias("rule"))
    hits = failures.select(pl.col("index").cast(pl.UInt32), rule=pl.col("check")).unique(maintain_order=True)
    numbered = frame.with_row_index("index")
    failed = hits.join(numbered, on="index", how="left", validate="m:1", maintain_order="left")
    valid = numbered.join(hits, on="index", how="anti", maintain_order="left")
    return valid.drop("index"), failed.select(*frame.columns, "rule")


def _failures(frame: pl.DataFrame, model: Model) -> pl.DataFrame | None:
    """Return pandera's failure cases, or None if there are none."""
    if not isinstance(frame, pl.DataFrame):
        raise TypeError("pandera checks only the schema of a LazyFrame: collect it first")
    try:
        model.validate(frame, lazy=True)
    except SchemaErrors as error:
        return error.failure_cases  # type: ignore[no-any-return]
    except SchemaError as error:  # the model itself is faulty
        raise ContractViolationError(f"{_name(model)}: {error}") from error
    return None


def _name(model: Model) -> str:
    return (model.name or "schema") if isinstance(model, pa.DataFrameSchema) else model.__name__
