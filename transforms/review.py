"""The whole of a review in one call: submissions → judged batch, summaries, and the frames that are published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from contracts.load import Contracts
from contracts.models import Findings, Observations, Provinces
from contracts.validate import require
from transforms.aggregate import published_observations, summarise_provinces
from transforms.batch import build_batch
from transforms.intake.submission import Submission
from transforms.judge import Judged, judge
from transforms.plan.reading import Plan


@dataclass(frozen=True)
class Provenance:
    """What made a package besides its inputs: version of the code, hash of the contracts."""

    code: str
    contracts: str


@dataclass(frozen=True)
class Review:
    """A round, reviewed; the frames hold what their models promise."""

    contracts: Contracts
    judged: Judged
    observations: pl.DataFrame
    findings: pl.DataFrame
    provinces: pl.DataFrame
    provenance: Provenance

    @property
    def complete(self) -> bool:
        """Whether every check could run."""
        return not self.judged.crashed


def review_round(
    submissions: Iterable[Submission], contracts: Contracts, provenance: Provenance, plans: Sequence[Plan] = ()
) -> Review:
    """Review everything received in a round: the workbooks, and the plans beside them.

    Raises:
        contracts.validate.PromiseBroken: if a frame of ours is not what its model says.
    """
    judged = judge(build_batch(submissions, contracts, plans), contracts)
    return Review(
        contracts,
        judged,
        require(published_observations(judged), Observations),
        require(judged.findings, Findings),
        require(summarise_provinces(judged, contracts), Provinces),
        provenance,
    )
