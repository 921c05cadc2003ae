"""One thing broken in a publication, whatever it is."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from tests.support.gate.good import RENDERED
from transforms.gate.frames import PublishCandidate


def provinces(publication: PublishCandidate, which: str, **changes: object) -> PublishCandidate:
    """Other figures in one row of the province summaries."""
    frame = publication.review.provinces
    new = [
        pl.when(pl.col("province") == which).then(pl.lit(value, frame.schema[name])).otherwise(name).alias(name)
        for name, value in changes.items()
    ]
    return replace(publication, review=replace(publication.review, provinces=frame.with_columns(new)))


def plus(publication: PublishCandidate, province: str, *columns: str) -> PublishCandidate:
    """One more in some columns of one province."""
    row = publication.review.provinces.row(by_predicate=pl.col("province") == province, named=True)
    return provinces(publication, province, **{name: row[name] + 1 for name in columns})


def batch_files(publication: PublishCandidate, change: Callable[[pl.DataFrame], pl.DataFrame]) -> PublishCandidate:
    judged = publication.review.judged
    changed = replace(judged, batch=replace(judged.batch, files=change(judged.batch.files)))
    return replace(publication, review=replace(publication.review, judged=changed))


def standing(publication: PublishCandidate, file: str, value: str) -> PublishCandidate:
    new = pl.when(pl.col("file") == file).then(pl.lit(value)).otherwise("standing")
    return batch_files(publication, lambda frame: frame.with_columns(standing=new))


def observation(publication: PublishCandidate, which: pl.Expr, **changes: object) -> PublishCandidate:
    """The first observation of a kind, changed."""
    frame = publication.review.observations.with_row_index("at")
    at = frame.filter(which)["at"][0]
    new = [
        pl.when(pl.col("at") == at).then(pl.lit(value)).otherwise(name).alias(name) for name, value in changes.items()
    ]
    changed = replace(publication.review, observations=frame.with_columns(new).drop("at"))
    return replace(publication, review=changed)


def finding(publication: PublishCandidate, **changes: object) -> PublishCandidate:
    """The last info, which no workbook of the case shows and which keeps nothing out, changed."""
    frame = publication.review.findings.with_row_index("at")
    quiet = (pl.col("severity") == "info") & ~pl.col("province").is_in(RENDERED)
    at = frame.filter(quiet)["at"][-1]
    new = [
        pl.when(pl.col("at") == at).then(pl.lit(value)).otherwise(name).alias(name) for name, value in changes.items()
    ]
    changed = replace(publication.review, findings=frame.with_columns(new).drop("at"))
    return replace(publication, review=changed)


def counts(publication: PublishCandidate, **more: int) -> PublishCandidate:
    """What the record says, moved together with what is broken, so that one expectation fails and no other."""
    found = {name.replace("_parquet", ".parquet"): number for name, number in more.items()}
    moved = {name: publication.counts[name] + number for name, number in found.items()}
    return replace(publication, counts={**publication.counts, **moved})


def earlier(publication: PublishCandidate, province: str, **changes: object) -> PublishCandidate:
    figures = replace(publication.earlier[province], **changes)
    return replace(publication, earlier={**publication.earlier, province: figures})
