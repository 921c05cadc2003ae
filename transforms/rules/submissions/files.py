"""Rules about a file as a whole: readable, identified, counted."""

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.failures import FAILED
from transforms.intake.sender.version import parse_day
from transforms.judging.findings import as_context

_NAMED = 5
_PACKED = r"\.(zip|rar|7z|tar|gz|tgz|bz2|xz)$"


def file_unreadable(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The file cannot be opened as a workbook; `not_evaluated` if the code raised an error."""
    return select_unreadable(_unique_content(batch))


def file_encrypted(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The file needs a password that is not in the settings."""
    return _unique_content(batch).filter(pl.col("fault") == "encrypted")


def file_macro(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The file contains macros; they were not run."""
    return _unique_content(batch).filter(pl.col("has_macros"))


def file_odd(batch: Batch, _: Contracts) -> pl.DataFrame:
    """A lone cell far away, or a merged range as large as the sheet."""
    rows = _unique_content(batch).filter(pl.col("oddities").is_not_null())
    return rows.with_columns(detail=pl.col("oddities"))


def file_text(batch: Batch, _: Contracts) -> pl.DataFrame:
    """Characters of a cell were lost: one row for each value, and one for all other cells of a file."""
    files = _unique_content(batch).filter(pl.col("damaged").list.len() > 0)
    cells = files.explode("damaged").with_columns(
        pl.col("damaged").str.extract_groups(r"(?s)^(?<sheet>.*)!(?<cell>[A-Z]+[0-9]+)$").struct.unnest()
    )
    at, word = ["file", "sheet", "cell"], pl.col("sheet") + "!" + pl.col("cell")
    values = batch.observations.join(cells.select(at), on=at, how="semi").with_columns(detail=word)
    others = cells.join(values.select(at), on=at, how="anti", maintain_order="left").group_by(
        "file", maintain_order=True
    )
    listed = pl.col("damaged").head(_NAMED).str.join("、")
    more = pl.when(pl.len() > _NAMED).then(pl.format("等{}处", pl.len())).otherwise(pl.lit(""))
    rest = others.agg(pl.exclude("damaged", "detail").first(), detail=listed + more)
    return pl.concat([as_context(values), as_context(rest)])


def file_ignored(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The file is neither workbook nor plan, or is a link; it was not read, and the pilot's workbook was received."""
    return batch.ignored.filter(~pl.col("quiet")).join(
        file_format(batch, contracts), on="file", how="anti", maintain_order="left"
    )


def file_format(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The file was not read, and the pilot that sent it has no workbook; without a pilot, any pilot of the province."""
    sent = set(batch.files.select("province", "pilot").iter_rows())
    missing = {(province, pilot.name) for province, pilot in contracts.round.roster} - sent
    short = {province for province, _ in missing}

    def is_without(row: dict[str, str | None]) -> bool:
        if row["pilot"]:
            return (row["province"], row["pilot"]) not in sent
        return row["province"] in short if row["province"] else bool(missing)

    rows = batch.ignored.filter(pl.Series(map(is_without, batch.ignored.to_dicts()), dtype=pl.Boolean))
    packed = pl.when(pl.col("file").str.to_lowercase().str.contains(_PACKED)).then(pl.lit("压缩包"))
    return rows.with_columns(
        detail=pl.format("{}“{}”，未能读取：{}", packed.otherwise(pl.lit("文件")), "file", "detail")
    )


def file_no_table(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The workbook has no indicator table, or an empty one."""
    return _unique_content(batch).filter(pl.col("fault") == "no_table")


def file_unidentified(batch: Batch, _: Contracts) -> pl.DataFrame:
    """Neither cover, title, file name nor folder names the pilot and its province. Only for readable files."""
    missing = pl.when(pl.col("pilot").is_null()).then(pl.lit("试点名称")).otherwise(pl.lit("所在省份"))
    return batch.files.filter(pl.col("standing") == "unidentified").with_columns(
        detail="封面、表题、文件名和文件夹中都没有找到" + missing
    )


def file_identity(batch: Batch, _: Contracts) -> pl.DataFrame:
    """Cover, title, file name and folder name different pilots."""
    return batch.counted.filter(pl.col("contradiction").is_not_null()).with_columns(detail=pl.col("contradiction"))


def file_identical(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The same bytes were received twice from one pilot."""
    return _standing(batch, "identical")


def submission_conflict(batch: Batch, _: Contracts) -> pl.DataFrame:
    """Different files of one pilot have the same version and date: one row for all of them."""
    rows = batch.files.filter(pl.col("standing") == "conflict")
    who = ["province", "pilot"]
    return rows.with_columns(detail=pl.col("file").str.join("、").over(who)).unique(who, maintain_order=True)


def submission_date(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The date on the cover is none: 2024/13/45, 去年十二月, the number 45383."""
    rows = _unique_content(batch).filter(pl.col("filled_on").is_not_null())
    impossible = [parse_day(text) is None for text in rows["filled_on"]]
    return rows.filter(pl.Series(impossible, dtype=pl.Boolean)).with_columns(raw_value="filled_on")


def submission_shared(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The same bytes were received from different pilots. The other is not named: it may be of another province."""
    return batch.files.filter(pl.col("standing") == "shared")


def submission_decided(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The round's contract has a manual ruling about the file."""
    decided = contracts.round.decided
    said = {
        sha256: f"{'经人工确认有效' if decision.counts else '经人工确认作废'}：{decision.reason}"
        for sha256, decision in decided.items()
    }
    return batch.files.filter(pl.col("file_sha256").is_in(list(decided))).with_columns(
        detail=pl.col("file_sha256").replace_strict(said, default=None, return_dtype=pl.String)
    )


def submission_obsolete(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The file of a manual ruling is no longer there."""
    gone = sorted(set(contracts.round.decided) - set(batch.files["file_sha256"]))
    return pl.DataFrame({"detail": gone}, schema={"detail": pl.String})


def submission_superseded(batch: Batch, _: Contracts) -> pl.DataFrame:
    """A later version of the same pilot counts."""
    return _standing(batch, "superseded")


def select_unreadable(files: pl.DataFrame) -> pl.DataFrame:
    """Select unreadable files, and files at which the code failed as `not_evaluated`."""
    failed = pl.when(pl.col("fault") == FAILED).then(pl.lit("not_evaluated"))
    return files.filter(pl.col("fault").is_in(["unreadable", FAILED])).with_columns(status=failed)


def _unique_content(batch: Batch) -> pl.DataFrame:
    """Return the files without byte-identical copies."""
    return batch.files.filter(pl.col("standing") != "identical")


def _standing(batch: Batch, standing: str) -> pl.DataFrame:
    return batch.files.filter(pl.col("standing") == standing).with_columns(detail=pl.col("instead"))
