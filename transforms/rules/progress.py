"""Rules of progress rounds: actual values against the base values and targets of the accepted plans."""

import polars as pl

from contracts.load import Contracts
from transforms.batch import BLANK, IN_GUIDE, Batch
from transforms.judging.findings import format_numbers
from transforms.judging.time_series import at_cells
from transforms.progress.achievement import achievement
from transforms.progress.assess import completion_text
from transforms.progress.explanations import explanations
from transforms.rules.submissions.completeness import left_out_before

_WHO = ["province", "pilot", "indicator", "year"]
_ESTIMATED = pl.col("estimate") & ~BLANK & ~pl.col("twice")


def progress_columns(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The table has no column with the actual values of reported years: one row per file."""
    wanted = pl.DataFrame({"year": list(contracts.round.reported_years)}, schema={"year": pl.Int64})
    lacking = batch.counted.join(wanted, how="cross").filter(~pl.col("years").list.contains(pl.col("year")))
    listed = pl.col("year").cast(pl.String).str.join("、").over("file")
    return lacking.with_columns(detail=listed).unique("file", keep="last", maintain_order=True)


def progress_absent(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A row lacks actual values without a reason: reported at the last year that lacks one."""
    return (
        _absent(batch, contracts)
        .filter(~_is_pending(contracts))
        .with_columns(detail=pl.col("year").cast(pl.String).str.join("、").over("file", "indicator"))
        .unique(["file", "indicator"], keep="last", maintain_order=True)
    )


def progress_pending(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The actual value of the last reported year is not published yet, and no more is said."""
    return _absent(batch, contracts).filter(_is_pending(contracts))


def progress_value(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """An actual value is stated in words, as an interval or as a change."""
    units = {row.code: "或".join(row.scales) for row in contracts.indicators.values()}
    ways = {"qualitative": "为文字表述", "relative": "为变化幅度", "range": "为区间"}
    way = pl.col("qualifier").replace_strict(ways, default=None, return_dtype=pl.String)
    rows = _counted(batch).filter(IN_GUIDE & ~pl.col("twice") & (pl.col("role") == "actual"))
    rows = rows.filter(pl.col("year").is_in(contracts.round.reported_years) & pl.col("value").is_null())
    rows = rows.with_columns(detail=way, expected=pl.col("indicator").replace_strict(units, default=None))
    return rows.filter(pl.col("detail").is_not_null())


def progress_estimate(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Actual values are expected ones, by the header of their column or in the cell: one row per year."""
    rows = _counted(batch).filter(_ESTIMATED & pl.col("year").is_in(contracts.round.reported_years))
    return _one_per_column(rows, detail=pl.len().over("file", "year").cast(pl.String))


def progress_future(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A column has actual values of a year after the last one that is reported: one row per column."""
    last = max(contracts.round.reported_years)
    rows = _counted(batch).filter((pl.col("year") > last) & ~BLANK)
    return _one_per_column(rows, detail=pl.len().over("file", "year").cast(pl.String), expected=pl.lit(str(last)))


def progress_base(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The base value differs from that of the accepted plan."""
    plans = _plan_values(batch).filter(pl.col("year") == contracts.round.base_year)
    rows = _counted(batch).filter("usable").join(plans, on=[*_WHO, "unit"], how="inner", maintain_order="left")
    return rows.filter(_differs(contracts)).with_columns(
        expected=format_numbers(pl.col("planned")) + pl.col("unit"),
        off=(pl.col("value") / pl.col("planned")).abs().clip(1e-4, 1e4).log10().abs(),
    )


def progress_target(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A target that the table repeats differs from that of the accepted plan, or has become words."""
    rows = batch.restated.join(batch.counted.select("file"), on="file", how="semi", maintain_order="left")
    beside = rows.filter(~BLANK & ~pl.col("twice")).join(
        _plan_values(batch).rename({"unit": "planned_unit"}), on=_WHO, how="inner", maintain_order="left"
    )
    same = pl.col("unit") == pl.col("planned_unit")
    found = beside.filter(pl.col("value").is_null() | ~same | _differs(contracts))
    return found.with_columns(
        detail=pl.when(_other_unit()).then(pl.format("（单位：{}）", "raw_unit")).otherwise(pl.lit("")),
        expected=pl.when(_other_unit())
        .then(pl.col("planned_raw") + pl.col("planned_raw_unit"))
        .otherwise("planned_raw"),
    )


def progress_beyond(batch: Batch, contracts: Contracts, *, part: float) -> pl.DataFrame:
    """The last actual value is already beyond the last target, by a part of the change from base to target."""
    rows = achievement(batch, batch.of_own_kind, contracts).filter(
        (pl.col("path") == "reached") & (pl.col("year") == max(contracts.round.reported_years))
    )
    ahead = (pl.col("actual") - pl.col("last_target")) * _sign(contracts)
    change = pl.coalesce((pl.col("last_target") - pl.col("base")).abs(), pl.col("last_target").abs())
    # Of a yearly quantity the last target may be less than the due one: nothing is beyond it.
    goes_on = ((pl.col("last_target") - pl.col("target")) * _sign(contracts) >= 0).fill_null(value=True)
    found = rows.filter((ahead > change * part) & (change > 0) & goes_on).join(
        _explained(batch, contracts), on=["file", "indicator"], how="anti", maintain_order="left"
    )
    return at_cells(
        found.select(
            "file",
            "indicator",
            "year",
            expected=pl.format("{}年目标{}{}", "last_year", format_numbers(pl.col("last_target")), "unit"),
            off=ahead.abs() / change,
        ),
        batch,
    )


def progress_none(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A missed target demands a change, and the actual value is that of the base year, or worse; no reason is given."""
    rows = _missed(batch, contracts)
    sign = _sign(contracts)
    gain = (pl.col("actual") - pl.col("base")) * sign
    still = rows.filter(((pl.col("target") - pl.col("base")) * sign > 0) & (gain <= pl.col("base").abs() * 1e-9))
    way = pl.when(gain < 0).then(pl.lit("反而倒退")).otherwise(pl.lit("没有变化"))
    base = pl.format("{}年的{}{}", pl.lit(contracts.round.base_year), format_numbers(pl.col("base")), "unit")
    return at_cells(still.select("file", "indicator", "year", expected=way, detail=base), batch)


def progress_missed(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A due target is missed, and neither 说明 nor a remark gives a reason."""
    rows = _missed(batch, contracts)
    rate = pl.format("（{}）", pl.col("rate").map_elements(completion_text, return_dtype=pl.String))
    return at_cells(
        rows.select(
            "file",
            "indicator",
            "year",
            expected="target_raw",
            detail=pl.when(pl.col("rate").is_not_null()).then(rate).otherwise(pl.lit("")),
            off=1 - pl.col("rate"),
        ),
        batch,
    )


def progress_equal(batch: Batch, contracts: Contracts, *, rows: float, share: float) -> pl.DataFrame:
    """Many actual values equal their targets exactly: one row per column."""
    due = pl.col("year").is_in(contracts.round.due) & pl.col("usable")
    both = (
        _counted(batch)
        .filter(due)
        .join(_plan_values(batch), on=[*_WHO, "unit"], how="inner", maintain_order="left")
        .filter(~((pl.col("unit") == "%") & (pl.col("value") == 100)))
    )
    same = (pl.col("value") == pl.col("planned")).sum().over("file", "year")
    many = both.filter((same >= rows) & (same >= pl.len().over("file", "year") * share))
    return _one_per_column(many, detail=same.cast(pl.String))


def progress_project(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A key project has no state, or does not go on, and no cause is given."""
    words = contracts.progress
    stalled, blank = pl.col("status").str.contains("|".join(words.stalled)), pl.col("status") == ""
    stalled &= ~pl.col("status").str.contains("|".join((*words.goes_on, *words.stalled_because)))
    rows = batch.plans.projects.filter(~pl.col("planned") & (pl.col("cause") == "") & (stalled | blank))
    said = pl.format("建设状态为“{}”", "status")
    return rows.with_columns(detail=pl.when(blank).then(pl.lit("没有填写建设状态")).otherwise(said)).drop("status")


def _one_per_column(rows: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    """Add columns, and select the first row of each year of a file, without its value."""
    added = rows.with_columns(value=None, raw_value=None, **columns)
    return added.unique(["file", "year"], keep="first", maintain_order=True)


def _absent(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Select empty actual values of rows with others, without a reason in words of a cause or on 说明."""
    rows = _counted(batch).filter(IN_GUIDE & ~pl.col("twice"))
    return (
        rows.filter(~BLANK.all().over("file", "indicator"))
        .join(left_out_before(batch), on=["province", "pilot", "indicator"], how="anti", maintain_order="left")
        .filter(BLANK & pl.col("year").is_in(contracts.round.reported_years))
        .filter(pl.col("years").list.contains(pl.col("year")))
        .join(_explained(batch, contracts), on=["file", "indicator"], how="anti", maintain_order="left")
    )


def _is_pending(contracts: Contracts) -> pl.Expr:
    words = pl.col("raw_value").str.contains("|".join(contracts.progress.pending)).fill_null(value=False)
    return words & (pl.col("year") == max(contracts.round.reported_years))


def _explained(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Return `file, indicator` of the rows with any explanation."""
    files = batch.of_own_kind.select("file", "table_kind")
    said = [
        {"file": file, "indicator": code}
        for file, kind in files.iter_rows()
        for code in explanations(batch.sheets.get(file, ()), contracts.tables[kind], contracts, every=True)
    ]
    return pl.DataFrame(said, schema={"file": pl.String(), "indicator": pl.String()})


def _missed(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    rows = achievement(batch, batch.of_own_kind, contracts)
    return rows.filter((pl.col("state") == "missed") & pl.col("explanation").is_null())


def _counted(batch: Batch) -> pl.DataFrame:
    """Select the observations of the files that count, with the `years` of the file."""
    files = batch.of_own_kind.select("file", "years")
    return batch.observations.join(files, on="file", how="inner", validate="m:1", maintain_order="left")


def _plan_values(batch: Batch) -> pl.DataFrame:
    """Select the usable values of the accepted plans as `planned`, with `planned_raw` as written."""
    usable = batch.accepted_plans.filter("usable")
    return usable.select(*_WHO, "unit", planned="value", planned_raw="raw_value", planned_raw_unit="raw_unit")


def _other_unit() -> pl.Expr:
    """Select the rows whose unit is another one than in the plan, and not part of either value's text."""
    one, other = pl.col("raw_unit"), pl.col("planned_raw_unit")
    inside = pl.col("raw_value").str.contains(one, literal=True) | pl.col("planned_raw").str.contains(
        other, literal=True
    )
    return ((one != other) & ~inside).fill_null(value=False)


def _differs(contracts: Contracts) -> pl.Expr:
    room = pl.max_horizontal(pl.col("planned").abs(), pl.col("value").abs()) * contracts.progress.same
    return (pl.col("value") - pl.col("planned")).abs() > room


def _sign(contracts: Contracts) -> pl.Expr:
    signs = {row.code: {"up": 1, "down": -1, "any": 0}[row.wanted] for row in contracts.indicators.values()}
    return pl.col("indicator").replace_strict(signs, default=0, return_dtype=pl.Int64)
