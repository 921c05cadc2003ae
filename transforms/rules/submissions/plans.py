"""Rules about plans (实施方案): can it be read, whose is it, what of the guide does it have, does the table agree."""

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.judging.findings import format_numbers
from transforms.rules.submissions.files import file_format, select_unreadable


def plan_unreadable(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The document beside the workbook cannot be opened."""
    return select_unreadable(batch.plans.files.filter(pl.col("standing") == "faulty"))


def plan_format(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The plan came in a form that cannot be read here: PDF, or .doc and .wps that could not be converted."""
    return batch.plans.files.filter((pl.col("standing") == "faulty") & (pl.col("fault") == "format"))


def plan_other(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A document that is no plan, nor a table that takes the place of a workbook."""
    rows = batch.plans.files.filter(pl.col("standing") == "other")
    return rows.join(file_format(batch, contracts), on="file", how="anti", maintain_order="left")


def plan_unidentified(batch: Batch, _: Contracts) -> pl.DataFrame:
    """Title, file name and folder do not tell one pilot."""
    return batch.plans.files.filter(pl.col("standing") == "unidentified")


def plan_rivals(batch: Batch, _: Contracts) -> pl.DataFrame:
    """A pilot has several plans, and nothing tells which is the latest."""
    rivals = batch.plans.files.filter(pl.col("standing") == "rivals").with_columns(detail="instead")
    return rivals.unique(["province", "pilot"], keep="first", maintain_order=True)


def plan_missing(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A pilot of a round that asks for plans sent a workbook and no document: one row per pilot."""
    keys = ["province", "pilot"]
    sent = batch.files.filter(pl.col("pilot").is_not_null() & ~pl.col("off_roster") & contracts.round.plan_required)
    alone = sent.join(batch.plans.files, on=keys, how="anti", nulls_equal=True, maintain_order="left")
    order = pl.col("standing") != "counts"
    return alone.sort(order, maintain_order=True).unique(keys, keep="first", maintain_order=True).drop("sheet")


def plan_chapter_absent(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A whole chapter of the guide is not there (指南一至八)."""
    numbers = [chapter.number for chapter in contracts.guide.chapters]
    return _parts(batch, contracts, "absent").filter(pl.col("part").is_in(numbers))


def plan_part_absent(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A part of a chapter that is there is not (指南一、三)."""
    numbers = [chapter.number for chapter in contracts.guide.chapters]
    return _parts(batch, contracts, "absent").filter(~pl.col("part").is_in(numbers))


def plan_part_copied(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A part is only the guide's own sentence."""
    return _parts(batch, contracts, "copied")


def plan_part_thin(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A part is short, or says less than half of what the guide asks for."""
    missing = pl.col("missing").list.join("、")
    detail = pl.concat_str(
        pl.format("{}字", "length"),
        pl.when(missing != "").then(pl.format("，未见{}", missing)).otherwise(pl.lit("")),
    )
    return _parts(batch, contracts, "thin").with_columns(detail=detail)


def plan_part_elsewhere(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A part is in another chapter than in the guide."""
    return _parts(batch, contracts, "elsewhere").with_columns(detail="heading")


def plan_left_blank(batch: Batch, _: Contracts) -> pl.DataFrame:
    """A paragraph has leftovers of a template: XX%, “__”, （此处填写…）."""
    shown = pl.col("shown").list.join("”“")
    return batch.plans.leftovers.with_columns(
        sheet="place", raw_value=shown, detail=pl.format("“{}”", shown), label_key=shown
    )


def plan_table_differs(batch: Batch, _: Contracts, *, cells: float) -> pl.DataFrame:
    """The indicator table of the plan differs from that of the workbook; more than `cells` cells become one finding."""
    rows = batch.plans.cells.with_columns(
        n=pl.len().over("file"),
        label=pl.col("name"),
        expected=pl.format("{}（工作簿{}）", "workbook_raw", "workbook_cell"),
        detail=pl.format("{}为“{}”，工作簿{}为“{}”", "where", "raw_value", "workbook_cell", "workbook_raw"),
    )
    few = rows.filter(pl.col("n") <= cells)
    many = rows.filter(pl.col("n") > cells).unique("file", keep="first", maintain_order=True)
    detail = pl.format("{}；全表共有{}处不同，逐项见“文表一致性”", "detail", "n")
    return pl.concat([few, many.with_columns(detail=detail)])


def plan_target_contradicts(batch: Batch, _: Contracts) -> pl.DataFrame:
    """A target in the prose and the table cannot both be true."""
    return _claims(batch, "contradicts")


def plan_target_differs(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The prose sets another bound than the table, and both can be true: 95%以上 and 99.6."""
    return _claims(batch, "differs")


def plan_target_twice(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The prose states one target in two ways, and the table has no value to hold them against."""
    open_ = ["no_value", "doubtful", "other_measure", "unknown", "near"]
    rows = batch.plans.claims.filter(pl.col("verdict").is_in(open_) & pl.col("year").is_not_null())
    keys = ["file", "label_key", "year"]
    first = pl.col("said").first().over(keys)
    placed = rows.with_columns(first=first, at=pl.col("place").first().over(keys))
    # 达到15%，比2020年提高3个百分点 says two things in one place: elsewhere either of them is no other statement.
    there = placed.filter(pl.col("place") == pl.col("at")).select(*keys, "said", same=True).unique()
    return (
        placed.join(there, on=[*keys, "said"], how="left", validate="m:1", maintain_order="left")
        .filter(~pl.col("same").any().over([*keys, "place"]) & (pl.col("place") != pl.col("at")))
        .unique(keys, keep="first", maintain_order=True)
        .with_columns(
            name=pl.col("subject"),
            sheet=pl.col("place"),
            indicator=pl.lit(None, pl.String),
            detail=pl.format("{}为“{}”，{}为“{}”", "at", "first", "place", "said"),
            label_key=pl.format("{} {}", "label_key", "year"),
        )
    )


def plan_peak_unstated(batch: Batch, _: Contracts) -> pl.DataFrame:
    """Chapter 二 of the plan states no peak year for the whole pilot (指南二)."""
    return batch.plans.peaks.filter(pl.col("year").is_null()).with_columns(label_key=pl.lit("二"))


def _parts(batch: Batch, contracts: Contracts, state: str) -> pl.DataFrame:
    """Select the parts in a state, with their names and positions; a finding about a part has its id."""
    names = {chapter.number: chapter.name for chapter in contracts.guide.chapters} | {
        part.id: chapter.name if chapter.whole else f"{chapter.name}·{part.title}"
        for chapter in contracts.guide.chapters
        for part in chapter.parts
    }
    return batch.plans.parts.filter(pl.col("state") == state).with_columns(
        name=pl.col("part").replace_strict(names, return_dtype=pl.String),
        label_key=pl.col("part"),
        sheet=pl.col("place"),
        raw_value=pl.col("heading"),
    )


def _claims(batch: Batch, verdict: str) -> pl.DataFrame:
    """Figures of the prose with this verdict, each indicator and year once."""
    rows = batch.plans.claims.filter(pl.col("verdict") == verdict)
    return rows.unique(["file", "indicator", "year"], keep="first", maintain_order=True).with_columns(
        sheet=pl.col("place"),
        raw_value=pl.col("said"),
        # The tables of a plan are called 方案表1, 方案表2.
        expected=pl.format(
            "{}{}（{}{}）", "table_raw", "table_unit", pl.col("origin").replace("方案", ""), "table_cell"
        ),
        detail=pl.format("“{}”（{}）", "quote", "place"),
        off=(pl.col("value") / pl.col("table_value")).abs().log(10).abs().fill_nan(None),
        unit=format_numbers(pl.col("table_value")) + pl.col("unit"),
    )
