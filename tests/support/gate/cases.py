"""For every expectation, by id, a publication in which it fails and no other does."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from tests.sample import CONTRACTS
from tests.support.gate.breaking import batch_files, counts, earlier, finding, observation, plus, provinces, standing
from tests.support.gate.good import HEBEI, HUNAN, one_file
from transforms.gate.changes import province_figures
from transforms.gate.frames import PublishCandidate

Break = Callable[[PublishCandidate], PublishCandidate]


def province_twice(publication: PublishCandidate) -> PublishCandidate:
    frame = publication.review.provinces
    again = frame.filter(pl.col("province") == HEBEI).with_columns(quota=pl.lit(None, pl.Int64))
    changed = replace(publication, review=replace(publication.review, provinces=pl.concat([frame, again])))
    return counts(changed, accepted=again["accepted"][0], provinces_parquet=1)


def file_lost(publication: PublishCandidate) -> PublishCandidate:
    """Received by one and not by the other; a file that nothing is wrong with."""
    spoken_of = set(publication.review.findings["file"])
    lost = next(file for file in publication.received if file not in spoken_of)
    return counts(replace(publication, received=[one for one in publication.received if one != lost]), submissions=-1)


def file_twice(publication: PublishCandidate) -> PublishCandidate:
    file = one_file(HEBEI)
    again = pl.col("file") == file
    changed = batch_files(
        publication,
        lambda frame: pl.concat([frame, frame.filter(again).with_columns(standing=pl.lit("superseded"))]),
    )
    return counts(replace(changed, received=[*publication.received, file]), submissions=1)


def moved(publication: PublishCandidate, to: str | None) -> PublishCandidate:
    """A file left out of its package, or put into another's."""
    file = one_file(HEBEI)
    new = {name: [one for one in listed if one != file] for name, listed in publication.packages.items()}
    return replace(
        publication, packages={name: [*listed, file] if name == to else listed for name, listed in new.items()}
    )


def in_doubt(publication: PublishCandidate) -> PublishCandidate:
    excluding = [rule.id for rule in CONTRACTS.rules.values() if rule.excludes and rule.at == "value"]
    doubt = publication.review.findings.filter(pl.col("rule").is_in(excluding)).row(0, named=True)
    which = pl.all_horizontal(pl.col(name) == doubt[name] for name in ("file", "indicator", "year"))
    return counts(observation(publication, which & ~pl.col("usable"), usable=True), usable=1)


def not_counted(publication: PublishCandidate) -> PublishCandidate:
    """A file that an earlier step set aside, but whose values stayed in."""
    changed = standing(publication, one_file(HEBEI), "superseded")
    return counts(provinces(changed, HEBEI, accepted=2, cities=2), accepted=-1)


def no_number(publication: PublishCandidate) -> PublishCandidate:
    which = pl.col("qualifier") == "qualitative"
    frame = publication.review.observations.with_row_index("at")
    at = frame.filter(which)["at"][0]
    fewer = replace(publication.review, observations=frame.filter(pl.col("at") != at).drop("at"))
    return counts(replace(publication, review=fewer), observations=-1, observations_parquet=-1)


def renamed(publication: PublishCandidate) -> PublishCandidate:
    """A province of the quota that went under another name, nothing of which was published before."""
    nothing = {"accepted": None, "cities": None, "parks": None, "blockers": 0, "errors": 0, "warnings": 0}
    changed = provinces(publication, "黑龙江省", province="某省", submitted=0, **nothing)
    known = {name: figures for name, figures in publication.earlier.items() if name != "黑龙江省"}
    return counts(replace(changed, earlier=known), accepted=-2)


def many_findings(publication: PublishCandidate) -> PublishCandidate:
    review = publication.review
    row = review.findings.filter(pl.col("province") == HEBEI).head(1)
    more = pl.concat(
        [
            row.with_columns(
                finding_key=pl.lit(f"more-{n}"), severity=pl.lit("warning"), status=pl.lit("not_evaluated")
            )
            for n in range(30)
        ]
    )
    warnings = review.provinces.filter(pl.col("province") == HEBEI)["warnings"][0] + 30
    changed = replace(publication, review=replace(review, findings=pl.concat([review.findings, more])))
    changed = replace(changed, books={name: keys for name, keys in changed.books.items() if name != "全国"})
    return counts(provinces(changed, HEBEI, warnings=warnings), findings=30, findings_parquet=30)


def fewer_usable(publication: PublishCandidate) -> PublishCandidate:
    """As if every indicator had had its double."""
    values = publication.earlier[HEBEI].values
    doubled = {
        pilot: of_pilot | {key.replace(" ", " +", 1): value for key, value in of_pilot.items()}
        for pilot, of_pilot in values.items()
    }
    return earlier(publication, HEBEI, values=doubled)


def smaller(publication: PublishCandidate, factor: float) -> dict[str, dict[str, float]]:
    """The values of Hebei, those in 某单位 smaller by a factor."""
    return {
        pilot: {key: value / factor if key.endswith(" 某单位") else value for key, value in of_pilot.items()}
        for pilot, of_pilot in publication.earlier[HEBEI].values.items()
    }


def in_another_unit(publication: PublishCandidate) -> PublishCandidate:
    """Half of the values ten times smaller; indicators that few have, so that no median moves."""
    review = publication.review
    frame = review.observations.with_row_index("at")
    mine = frame.filter((pl.col("province") == HEBEI) & pl.col("usable") & (pl.col("value") != 0))["at"][:100]
    unit = pl.when(pl.col("at").is_in(mine.to_list())).then(pl.lit("某单位")).otherwise("unit").alias("unit")
    now = replace(review, observations=frame.with_columns(unit).drop("at"))
    same = replace(publication, review=now, earlier=province_figures(now))
    return earlier(same, HEBEI, values=smaller(same, 10))


def one_median(publication: PublishCandidate) -> PublishCandidate:
    """Three of eight values a thousand times larger: too few to be rescaled, enough for a median."""
    review = publication.review
    frame = review.observations.with_row_index("at")
    which = (pl.col("indicator") == "C05") & (pl.col("year") == 2030) & pl.col("usable")
    mine = frame.filter(which & (pl.col("province") == HEBEI))["at"].to_list()
    others = frame.filter(which & (pl.col("province") != HEBEI))["at"][:5].to_list()
    new = dict(zip([*mine, *others], [100.0, 101.0, 102.0, 1.0, 2.0, 3.0, 4.0, 5.0], strict=True))
    here = pl.col("at").is_in(list(new))
    changed = frame.with_columns(
        unit=pl.when(here).then(pl.lit("某单位")).otherwise("unit"),
        value=pl.when(here).then(pl.col("at").replace_strict(new, default=None)).otherwise("value"),
    )
    now = replace(review, observations=changed.drop("at"))
    same = replace(publication, review=now, earlier=province_figures(now))
    return earlier(same, HEBEI, values=smaller(same, 1000))


CASES: dict[str, Break] = {
    "quota-total": lambda p: plus(p, HEBEI, "quota"),
    "quota-provinces": renamed,
    "province-once": province_twice,
    "quota-status": lambda p: provinces(p, HEBEI, quota_status="hm"),
    "accepted-submitted": lambda p: provinces(p, HEBEI, submitted=1),
    "accepted-kinds": lambda p: plus(p, HEBEI, "parks"),
    "accepted-files": lambda p: counts(plus(p, HEBEI, "accepted", "cities", "submitted"), accepted=1),
    "blockers-counted": lambda p: plus(p, HEBEI, "blockers"),
    "errors-counted": lambda p: plus(p, HEBEI, "errors"),
    "warnings-counted": lambda p: plus(p, HEBEI, "warnings"),
    "files-received": file_lost,
    "file-once": file_twice,
    "file-standing": lambda p: standing(p, one_file(HUNAN, "faulty"), "lost"),
    "file-packages": lambda p: moved(p, None),
    "file-home": lambda p: moved(p, HUNAN),
    "file-recorded": lambda p: replace(p, recorded=[file for file in p.recorded or () if file != one_file(HEBEI)]),
    "values-complete": no_number,
    "usable-clear": in_doubt,
    "usable-counted": not_counted,
    "value-qualifier": lambda p: observation(p, pl.col("qualifier") == "missing", qualifier="hm"),
    "finding-key": lambda p: finding(p, finding_key=p.review.findings["finding_key"][1]),
    "finding-severity": lambda p: finding(p, severity="hm"),
    "finding-status": lambda p: finding(p, status="hm"),
    "finding-rule": lambda p: finding(p, rule="NO-SUCH"),
    "finding-place": lambda p: finding(p, file="submissions/nowhere.xlsx"),
    "book-findings": lambda p: replace(p, books={**p.books, HUNAN: [*p.books[HUNAN], p.books[HUNAN][0]]}),
    "book-keys": lambda p: replace(p, books={**p.books, HUNAN: ["of another", *p.books[HUNAN][1:]]}),
    "record-counts": lambda p: counts(p, usable=1),
    "accepted-drop": lambda p: earlier(p, HEBEI, accepted=(*p.earlier[HEBEI].accepted, "甲", "乙", "丙", "丁")),
    "usable-drop": fewer_usable,
    "values-rescaled": in_another_unit,
    "findings-multiply": many_findings,
    "median-jump": one_median,
}
