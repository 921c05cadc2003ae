"""The two verbs of a contract, and the only place where pandera's exceptions are caught."""

import polars as pl

from contracts.panderas import SchemaError, SchemaErrors, pa, without_pandas

Model = type[pa.DataFrameModel] | pa.DataFrameSchema


class ContractViolationError(Exception):
    """A frame of ours does not hold what its model promises: our mistake, and the end of the run."""


def require(frame: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Return the frame, or raise.

    Raises:
        ContractViolationError: with every broken promise, the row and the value.
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
    """Part a frame into what holds and what does not.

    Args:
        frame: any rows that the model can look at.
        model: its checks are named after rules: `Check(..., error="RULE-ID")`.

    Returns:
        `(valid, failed)`: the rows that break no rule; and, once for each rule that it breaks, every other row with
        the column `rule` added. A check that could not run at all stands there as a row of nulls with its `rule`.
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
    if not isinstance(frame, pl.DataFrame):
        raise TypeError("pandera checks only the schema of a LazyFrame: collect it first")
    try:
        with without_pandas():
            model.validate(frame, lazy=True)
    except SchemaErrors as error:
        return error.failure_cases  # type: ignore[no-any-return]
    except SchemaError as error:  # a fault of the model itself
        raise ContractViolationError(f"{_name(model)}: {error}") from error
    return None


def _name(model: Model) -> str:
    return (model.name or "schema") if isinstance(model, pa.DataFrameSchema) else model.__name__
