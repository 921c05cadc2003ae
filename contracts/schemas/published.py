"""Pandera models of every frame that a transform returns; checked with `require`."""

import pandera.polars as pa
import polars as pl

from contracts.review_form import CONCLUSIONS, FIELDS, REOPENED, WRITTEN
from contracts.round import KINDS
from contracts.rules import SEVERITIES

ROLES = ["base", "target", "actual"]
QUALIFIERS = [
    "exact", "at_least", "at_most", "about", "range", "relative", "qualitative", "missing", "not_applicable",
    "unreadable",
]  # fmt: skip
# `relative` is countable if its base year is a column of the table, so that the value could be calculated.
COUNTABLE = ["exact", "at_least", "at_most", "about", "relative"]
# Of a figure in prose, by the words around it; its change against an earlier year or its increment is no level.
BOUNDS = ["exact", "at_least", "at_most", "about"]
FORMS = ["level", "change", "increment"]
SCOPES = ["whole", "narrower"]
STATUSES = ["failed", "not_evaluated"]
QUOTA_STATUSES = ["met", "under", "over", "not_listed"]


class _Frame(pa.DataFrameModel):
    class Config:
        """Exactly the columns of the model."""

        strict = True


class Observations(_Frame):
    """One row for each file, indicator and year: raw text of the cell and its canonical value."""

    round: pl.String
    province: pl.String = pa.Field(nullable=True)
    pilot: pl.String = pa.Field(nullable=True)
    kind: pl.String = pa.Field(isin=KINDS)
    indicator: pl.String = pa.Field(str_matches=r"^(?:[CPZ]\d\d|X-\d+)$")
    label: pl.String = pa.Field(nullable=True)
    year: pl.Int64 = pa.Field(ge=1900, le=2100)
    role: pl.String = pa.Field(isin=ROLES)
    raw_value: pl.String = pa.Field(nullable=True)
    raw_unit: pl.String = pa.Field(nullable=True)
    number_format: pl.String = pa.Field(nullable=True)
    value: pl.Float64 = pa.Field(nullable=True)
    unit: pl.String = pa.Field(nullable=True)
    qualifier: pl.String = pa.Field(isin=QUALIFIERS)
    conversion: pl.String = pa.Field(nullable=True)
    usable: pl.Boolean
    file: pl.String
    file_sha256: pl.String = pa.Field(str_length={"min_value": 64, "max_value": 64})
    sheet: pl.String = pa.Field(nullable=True)
    cell: pl.String = pa.Field(nullable=True)
    version: pl.String = pa.Field(nullable=True)

    @pa.dataframe_check(error="a usable value is a number in a known unit of a known pilot")
    def usable_is_complete(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 - pandera's signature
        """A usable value is a finite number with unit, province and pilot."""
        complete = (
            pl.col("value").is_finite()
            & pl.col("unit").is_not_null()
            & pl.col("province").is_not_null()
            & pl.col("pilot").is_not_null()
            & pl.col("qualifier").is_in(COUNTABLE)
        )
        return data.lazyframe.select((~pl.col("usable") | complete).fill_null(value=False))

    @pa.dataframe_check(error="a value comes from a cell")
    def value_has_a_cell(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805
        """A value has a sheet and a cell."""
        return data.lazyframe.select(pl.col("value").is_null() | (pl.col("sheet") + pl.col("cell")).is_not_null())


class Findings(_Frame):
    """One row for each finding, in reading order."""

    finding_key: pl.String = pa.Field(unique=True)
    rule: pl.String
    severity: pl.String = pa.Field(isin=list(SEVERITIES))
    level: pl.Int64 = pa.Field(ge=0, le=5)
    status: pl.String = pa.Field(isin=STATUSES)
    round: pl.String
    province: pl.String = pa.Field(nullable=True)
    pilot: pl.String = pa.Field(nullable=True)
    kind: pl.String = pa.Field(nullable=True, isin=KINDS)
    indicator: pl.String = pa.Field(nullable=True)
    year: pl.Int64 = pa.Field(nullable=True)
    file: pl.String = pa.Field(nullable=True)
    file_sha256: pl.String = pa.Field(nullable=True)
    sheet: pl.String = pa.Field(nullable=True)
    cell: pl.String = pa.Field(nullable=True)
    raw_value: pl.String = pa.Field(nullable=True)
    value: pl.Float64 = pa.Field(nullable=True)
    expected: pl.String = pa.Field(nullable=True)
    message: pl.String
    advice: pl.String
    materiality: pl.Float64 = pa.Field(ge=0)
    version: pl.String = pa.Field(nullable=True)


class PlanTargets(_Frame):
    """One row for each quantified target in the prose of a plan that counts.

    `indicator` is null where the name is unknown; `value` and `unit` are as printed. `comparison` is agrees,
    contradicts, or not_compared with the reason in words after a colon.
    """

    round: pl.String
    province: pl.String = pa.Field(nullable=True)
    pilot: pl.String = pa.Field(nullable=True)
    file: pl.String
    paragraph: pl.String
    sentence: pl.String
    indicator: pl.String = pa.Field(nullable=True, str_matches=r"^(?:[CPZ]\d\d|X-\d+)$")
    label: pl.String
    year: pl.Int64 = pa.Field(nullable=True, ge=1900, le=2100)
    qualifier: pl.String = pa.Field(isin=BOUNDS)
    value: pl.Float64
    unit: pl.String = pa.Field(nullable=True)
    form: pl.String = pa.Field(isin=FORMS)
    base_year: pl.Int64 = pa.Field(nullable=True, ge=1900, le=2100)
    scope: pl.String = pa.Field(isin=SCOPES)
    comparison: pl.String = pa.Field(str_matches=r"^(?:agrees|contradicts|not_compared: .+)$")

    @pa.dataframe_check(error="only the whole pilot, in a year, is compared with its table")
    def compared_is_whole(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805
        """A target of a part of the pilot, or without a year, is never compared with the table."""
        comparable = (pl.col("scope") == "whole") & pl.col("year").is_not_null() & pl.col("indicator").is_not_null()
        return data.lazyframe.select(comparable | pl.col("comparison").str.starts_with("not_compared"))


class Provinces(_Frame):
    """One row for each province of the round, and for each other province with a submission.

    `accepted`, `cities` and `parks` are null where nothing was submitted: missing is not zero.
    """

    round: pl.String
    province: pl.String = pa.Field(unique=True)
    quota: pl.Int64 = pa.Field(nullable=True, ge=1)
    submitted: pl.Int64 = pa.Field(ge=0)
    accepted: pl.Int64 = pa.Field(nullable=True, ge=0)
    cities: pl.Int64 = pa.Field(nullable=True, ge=0)
    parks: pl.Int64 = pa.Field(nullable=True, ge=0)
    blockers: pl.Int64 = pa.Field(ge=0)
    errors: pl.Int64 = pa.Field(ge=0)
    warnings: pl.Int64 = pa.Field(ge=0)
    quota_status: pl.String = pa.Field(isin=QUOTA_STATUSES)

    @pa.dataframe_check(error="accepted pilots are cities and parks, and were submitted")
    def counts_agree(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805
        """`accepted` is the sum of cities and parks and at most `submitted`."""
        parts = (pl.col("cities") + pl.col("parks") == pl.col("accepted")) & (pl.col("accepted") <= pl.col("submitted"))
        return data.lazyframe.select(
            pl.when(pl.col("submitted") == 0).then(pl.col("accepted").is_null()).otherwise(parts)
        )


class Decisions(_Frame):
    """One row for each row of a review workbook that a reviewer changed.

    In the fields of the form null is unchanged and empty text is cleared. `finding_key` is null for a decision about a
    pilot as a whole. `raw_value`, `value` and `message` are those of the finding at that time; in a decision about a
    pilot `raw_value` is the sha256 of the submission that counted. `refused` is a state or conclusion that is not
    offered, as written; `status` or `conclusion` then is that of REOPENED.
    """

    round: pl.String
    province: pl.String
    pilot: pl.String = pa.Field(nullable=True)
    finding_key: pl.String = pa.Field(nullable=True)
    rule: pl.String = pa.Field(nullable=True)
    indicator: pl.String = pa.Field(nullable=True)
    year: pl.Int64 = pa.Field(nullable=True)
    status: pl.String = pa.Field(nullable=True, isin=[state.id for state in (*WRITTEN, REOPENED)])
    opinion: pl.String = pa.Field(nullable=True)
    person: pl.String = pa.Field(nullable=True)
    date: pl.String = pa.Field(nullable=True)
    first_person: pl.String = pa.Field(nullable=True)
    first_date: pl.String = pa.Field(nullable=True)
    second_person: pl.String = pa.Field(nullable=True)
    second_date: pl.String = pa.Field(nullable=True)
    conclusion: pl.String = pa.Field(nullable=True, isin=["", *CONCLUSIONS, REOPENED.title])
    refused: pl.String = pa.Field(nullable=True)
    file: pl.String = pa.Field(str_startswith="reviews/")
    file_sha256: pl.String = pa.Field(str_length={"min_value": 64, "max_value": 64})
    sheet: pl.String
    cell: pl.String = pa.Field(str_matches=r"^[A-Z]{1,3}\d+$")
    raw_value: pl.String = pa.Field(nullable=True)
    value: pl.Float64 = pa.Field(nullable=True)
    message: pl.String = pa.Field(nullable=True)

    @pa.dataframe_check(error="a decision says something, about a finding or about a pilot")
    def is_not_empty(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805
        """A decision has a changed field, and either finding and rule or a pilot."""
        written = pl.any_horizontal(pl.col(name).is_not_null() for name in FIELDS)
        about = pl.col("finding_key").is_not_null() == pl.col("rule").is_not_null()
        named = pl.col("finding_key").is_not_null() | pl.col("pilot").is_not_null()
        return data.lazyframe.select(written & about & named)


def columns_of(model: type[pa.DataFrameModel]) -> dict[str, pl.DataType]:
    """Return names and types of a model's columns."""
    return {name: column.dtype.type for name, column in model.to_schema().columns.items()}
