"""The whole of a review in one call: submissions → judged batch, summaries, and the frames that are published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

import polars as pl

from contracts.load import Contracts
from contracts.schemas.published import Findings, Observations, Provinces
from contracts.schemas.validation import require
from transforms.aggregation.statistics import peer_medians, select_observations, summarise_provinces
from transforms.batch import Batch, build_batch
from transforms.failures import FAILED, Failure, replace_failing
from transforms.intake.submission import Submission, unreadable_submission
from transforms.judging.apply_rules import JudgedBatch, apply_rules
from transforms.plans.frames import Plans
from transforms.plans.read_plan import Plan, unread_plan
from transforms.rules.copied_figures import copied_pairs

UNREAD = ("FILE-UNREADABLE", "PLAN-UNREADABLE")


@dataclass(frozen=True)
class Provenance:
    """What made a package besides its inputs: version of the code, hash of the contracts."""

    code: str
    contracts: str


@dataclass(frozen=True)
class RoundContext:
    """What every package needs to know of the whole round.

    Attributes:
        medians: of the peers, from `peer_medians`.
        copies: pairs of pilots with equal figures, from `copied_pairs`.
        names: `pilot` and `named` of every file, so that a letter names nobody else.
    """

    medians: pl.DataFrame
    copies: pl.DataFrame
    names: pl.DataFrame


@dataclass(frozen=True)
class Review:
    """A round, reviewed, or one province's part of it; the frames hold what their models promise."""

    contracts: Contracts
    judged: JudgedBatch
    observations: pl.DataFrame
    findings: pl.DataFrame
    provinces: pl.DataFrame
    round_context: RoundContext
    provenance: Provenance
    tracebacks: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every check could run."""
        return not self.not_evaluated

    @property
    def not_evaluated(self) -> tuple[str, ...]:
        """A line for every rule that could not run, and for every file at which our code failed."""
        batch = self.judged.batch
        unread = [
            f"{rule}: {file}: {detail}"
            for rule, files in zip(UNREAD, (batch.files, batch.plans.files), strict=True)
            for file, detail in files.filter(pl.col("fault") == FAILED).select("file", "detail").iter_rows()
        ]
        return (*self.judged.failed_rules, *unread)


def review_round(
    submissions: Iterable[Submission],
    contracts: Contracts,
    provenance: Provenance,
    plans: Sequence[Plan] = (),
    ignored: Iterable[tuple[str, str]] = (),
) -> Review:
    """Review everything received in a round: the workbooks, the plans beside them, and what is neither.

    Raises:
        contracts.schemas.validation.ContractViolationError: if a frame of ours is not what its model says.
    """
    batch, failures = _build_what_can_be(tuple(submissions), contracts, plans, tuple(ignored))
    judged = apply_rules(batch, contracts)
    names = judged.batch.files.select("pilot", "named").unique(maintain_order=True)
    return Review(
        contracts,
        judged,
        require(select_observations(judged), Observations),
        require(judged.findings, Findings),
        require(summarise_provinces(judged, contracts), Provinces),
        RoundContext(
            peer_medians(judged),
            copied_pairs(judged.batch, contracts, **contracts.rules["COPY-PILOT"].thresholds),
            names,
        ),
        provenance,
        (*(failure.trace for failure in failures), *judged.tracebacks),
    )


def _build_what_can_be(
    submissions: Sequence[Submission],
    contracts: Contracts,
    plans: Sequence[Plan],
    ignored: Sequence[tuple[str, str]],
) -> tuple[Batch, list[Failure]]:
    """The batch; a file of which none can be made counts as one at which our code failed."""
    try:
        return build_batch(submissions, contracts, plans, ignored), []
    except Exception:
        fit, failed = replace_failing(
            submissions,
            lambda one: build_batch([one], contracts),
            lambda one, why: unreadable_submission(one.file, one.sha256, why.reason, contracts, fault=FAILED),
            lambda one: one.file,
        )
        fit_plans, failed_plans = replace_failing(
            plans,
            lambda one: build_batch([], contracts, [one]),
            lambda one, why: unread_plan(one.file, one.sha256, why.reason, contracts, fault=FAILED),
            lambda one: one.file,
        )
        if not (failed or failed_plans):
            raise
        return build_batch(fit, contracts, fit_plans, ignored), failed + failed_plans


def select_province(review: Review, province: str) -> Review:
    """What a province's package is made from: its own rows, those that are nobody's own, and the whole round's few.

    A package made from it is the same as one made from the whole round, byte for byte.
    """

    def own(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(pl.col("province").is_null() | (pl.col("province") == province))

    batch, copies = review.judged.batch, review.round_context.copies
    files = own(batch.files)
    names = set(files["file"])
    batch = replace(
        batch,
        files=files,
        observations=own(batch.observations),
        sheets={file: sheet for file, sheet in batch.sheets.items() if file in names},
        ignored=own(batch.ignored),
        plans=Plans(**{one.name: own(getattr(batch.plans, one.name)) for one in fields(Plans)}),
    )
    findings = own(review.findings)
    return replace(
        review,
        judged=replace(
            review.judged, batch=batch, findings=findings, blocked_files=review.judged.blocked_files & names
        ),
        observations=own(review.observations),
        findings=findings,
        provinces=own(review.provinces),
        round_context=replace(review.round_context, copies=copies.filter(pl.col("other_province") == province)),
    )
