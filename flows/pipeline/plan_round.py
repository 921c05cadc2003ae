"""Read the round of plans that a progress round assesses again, so that its packages depend on raw files alone."""

import errno

import polars as pl

from contracts.load import load_contracts
from flows.pipeline.request import Job
from flows.publication.file_names import printable
from flows.workers.plans import read_plans
from flows.workers.sandbox import read_submissions
from flows.workers.task_runner import chosen_runner, read_with
from transforms.pipeline import Provenance, review_round
from transforms.progress.accepted_plans import accepted_plans


def read_plan_round(job: Job, of: str | None, provenance: Provenance) -> pl.DataFrame | None:
    """Review the round of plans that a progress round assesses again; return what is accepted in it.

    Raises:
        OSError: if this machine cannot read a file of it: without the plan, the pilot would be blamed for having none.
    """
    collected = job.collected.plan_round
    if not (of and collected):
        return None
    for one in (*collected.workbooks, *collected.plans):
        if one.is_unread:
            raise OSError(errno.EIO, f"a file of {of} cannot be read: {printable(str(one.path))}: {one.fault}")
    submissions = read_with(chosen_runner(), read_submissions, collected.workbooks, of)
    plans = read_plans(collected.plans, of)
    accepted = accepted_plans(review_round(submissions, load_contracts(of), provenance, plans).judged)
    pilots = accepted.select("province", "pilot").n_unique()
    job.log.done("judge", "%d pilots with an accepted plan in %s", pilots, printable(str(collected.folder)))
    return accepted
