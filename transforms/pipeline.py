"""Review a whole round in one pure call: submissions and plans in, published frames out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace

import polars as pl

from contracts.load import Contracts
from contracts.schemas.published import Findings, Observations, PlanTargets, Provinces
from contracts.schemas.validation import require
from transforms.aggregation.paces import compute_paces, peer_paces
from transforms.aggregation.province_summary import summarise_provinces
from transforms.aggregation.statistics import peer_medians, select_observations
from transforms.batch import Batch, build_batch
from transforms.failures import FAILED, Failure, replace_failing
from transforms.intake.submission import Submission, unreadable_submission
from transforms.judging.apply_rules import JudgedBatch, apply_rules
from transforms.plans.claims import plan_targets
from transforms.plans.frames import Plans
from transforms.plans.read_plan import Plan, unread_plan
from transforms.progress.achievement import ACHIEVEMENT, achievement
from transforms.rules.values.copied_figures import copied_pairs

UNREAD = ("FILE-UNREADABLE", "PLAN-UNREADABLE")


@dataclass(frozen=True)
class Provenance:
    """Version of the code and hash of the contracts, recorded in every package."""

    code: str
    contracts: str


@dataclass(frozen=True)
class RoundContext:
    """Results about the whole round that every package uses.

    Attributes:
        medians: of the peers, from `peer_medians`.
        copies: pairs of pilots with equal figures, from `copied_pairs`.
        paces: of the peers, from `peer_paces`.
        names: columns `pilot`, `named` of every file; used to keep other pilots' names out of letters.
    """

    medians: pl.DataFrame
    paces: pl.DataFrame
    copies: pl.DataFrame
    names: pl.DataFrame


@dataclass(frozen=True)
class Review:
    """Result of a review, of a round or of one province; the frames satisfy their models."""

    contracts: Contracts
    judged: JudgedBatch
    observations: pl.DataFrame
    findings: pl.DataFrame
    provinces: pl.DataFrame
    plan_targets: pl.DataFrame
    round_context: RoundContext
    provenance: Provenance
    tracebacks: tuple[str, ...] = ()
    achievement: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ACHIEVEMENT))

    @property
    def complete(self) -> bool:
        """Return whether every check was evaluated."""
        return not self.not_evaluated

    @property
    def failed_files(self) -> tuple[str, ...]:
        """Return the submissions and plans that this machine or the code failed to read."""
        frames = self.judged.batch.files, self.judged.batch.plans.files
        return tuple(file for frame in frames for file in frame.filter(pl.col("fault") == FAILED)["file"])

    @property
    def not_evaluated(self) -> tuple[str, ...]:
        """Return one line for each rule that raised an error and each file of `failed_files`."""
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
    ignored: Iterable[tuple[str, str, bool]] = (),
    accepted_plans: pl.DataFrame | None = None,
) -> Review:
    """Review a round.

    Args:
        submissions: all workbooks received, as read.
        contracts: of the round.
        provenance: of the code and the contracts.
        plans: all plans received, as read.
        ignored: of every other file, see `transforms.batch.build_batch`.
        accepted_plans: of a progress round: what the plans state, from `accepted_plans`.

    Raises:
        contracts.schemas.validation.ContractViolationError: if a frame violates its model.
    """
    batch, failures = _build_batch_without_failing(tuple(submissions), contracts, plans, tuple(ignored))
    if accepted_plans is not None:
        batch = replace(batch, accepted_plans=accepted_plans)
    judged = apply_rules(batch, contracts)
    names = judged.batch.files.select("pilot", "named").unique(maintain_order=True)
    return Review(
        contracts,
        judged,
        require(select_observations(judged), Observations),
        require(judged.findings, Findings),
        require(summarise_provinces(judged, contracts), Provinces),
        require(plan_targets(judged.batch.plans.claims, contracts.round.round), PlanTargets),
        RoundContext(
            peer_medians(judged),
            peer_paces(compute_paces(judged, contracts)),
            copied_pairs(judged.batch, contracts, **contracts.rules["COPY-PILOT"].thresholds),
            names,
        ),
        provenance,
        (*(failure.trace for failure in failures), *judged.tracebacks),
        achievement(judged.batch, judged.accepted, contracts),
    )


def _build_batch_without_failing(
    submissions: Sequence[Submission],
    contracts: Contracts,
    plans: Sequence[Plan],
    ignored: Sequence[tuple[str, str, bool]],
) -> tuple[Batch, list[Failure]]:
    """Build the batch; a file that raises an error is replaced by one with the fault `failed`."""
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
    """Select the rows of one province and those without a province, together with the round's context.

    A package rendered from it equals one rendered from the whole review, byte for byte.
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
        restated=own(batch.restated),
        accepted_plans=own(batch.accepted_plans),
        plans=Plans(**{one.name: own(getattr(batch.plans, one.name)) for one in fields(Plans)}),
    )
    findings = own(review.findings)
    return replace(
        review,
        judged=replace(
            review.judged,
            batch=batch,
            findings=findings,
            blocked_files=review.judged.blocked_files & names,
            earlier_findings=own(review.judged.earlier_findings),
        ),
        observations=own(review.observations),
        findings=findings,
        provinces=own(review.provinces),
        plan_targets=own(review.plan_targets),
        achievement=own(review.achievement),
        round_context=replace(review.round_context, copies=copies.filter(pl.col("other_province") == province)),
    )
