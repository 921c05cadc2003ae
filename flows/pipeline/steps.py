"""The steps of a review after `collect`, which is in `flows.review`. To import this takes most of a second."""

import errno
from dataclasses import replace
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import polars as pl

from contracts.load import fingerprint, load_contracts
from flows.gate.gate_process import Gate
from flows.gate.publish_gate import pass_gate
from flows.pipeline.outcome import (
    PUBLISHED_IN_PART,
    RefusedError,
    ReportError,
    Summary,
    decide,
    ended_after_publishing,
    one_line,
)
from flows.pipeline.plan_round import read_plan_round
from flows.pipeline.request import Job
from flows.pipeline.results import Decisions, Rendered, unread_files
from flows.pipeline.selection import accepted_provinces, check_names, chosen_provinces
from flows.publication.manifest import made_as_of, packages_in, submissions_published
from flows.publication.open_workbooks import Content
from flows.publication.publish import PublishResult
from flows.publication.publish import publish as publish_packages
from flows.publication.reviewer_edits import archive_changes, not_archived
from flows.reporting.prefect_page import show
from flows.reporting.run_summary import remember_result, summarize
from flows.sources.as_of import moment_of
from flows.sources.collect import Collected, collect_reviews
from flows.sources.raw_files import copy_large_file
from flows.workers.plans import read_plans
from flows.workers.prefect_task import step
from flows.workers.rendering import NATION, render_packages
from flows.workers.sandbox import read_review_copies, read_submissions
from flows.workers.task_runner import chosen_runner, read_with
from transforms.decisions.ledger import edited_documents
from transforms.decisions.merge import merge_without_failing
from transforms.failures import Failure
from transforms.gate.changes import figures_to_json, province_figures
from transforms.gate.decision import GateResult
from transforms.intake.submission import Submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.plans.read_plan import Plan
from transforms.reports.files.round_files import note_held, round_files
from transforms.rules.registry import load_checked


def check_request(job: Job) -> None:
    """Check the request and the rule catalogue before anything is judged.

    Raises:
        RefusedError: if a name is no province, or if packages of one time would replace some of another; a whole round
            of today may.
        FileNotFoundError: if nothing is there of what the published packages were made of.
        contracts.load.ContractError: if rules.yaml and the rule functions do not match.
    """
    contracts = load_checked(job.request.round_name)
    target, as_of = job.target, job.request.as_of
    check_names(contracts, [*job.request.provinces, *job.request.accept_change], packages_in(target))
    if not (job.collected.workbooks or job.collected.plans) and (before := submissions_published(target)):
        # Perhaps a disk is not mounted: provinces with one pilot would lose it, and the gate would not hold them back.
        fault = f"no submission is there; {before} were when the published packages were made"
        raise FileNotFoundError(errno.ENOENT, fault, str(job.received.folder))
    published, wanted = made_as_of(target), moment_of(as_of)
    if packages_in(target) and published != wanted and (wanted or job.request.is_partial):
        asked = f"as of {as_of}" if wanted else "some provinces of today"
        raise RefusedError(
            f"{asked}: {target} holds packages as of {published or 'another moment'}; give this an --out of its own"
        )


@step("read")
def read(job: Job) -> tuple[list[Submission], list[Plan]]:
    """Read every workbook and plan in sandboxed processes."""
    collected, round_name = job.collected, job.request.round_name
    submissions = read_with(chosen_runner(), read_submissions, collected.workbooks, round_name)
    plans = read_plans(collected.plans, round_name)
    unread = sum(submission.fault is not None for submission in submissions)
    job.log.done("read", "%d workbooks, %d could not be reviewed", len(submissions), unread)
    return submissions, plans


@step("judge")
def judge(job: Job, submissions: list[Submission], plans: list[Plan]) -> Review:
    """Apply every rule to the whole round and aggregate: medians and quotas need all submissions."""
    provenance = Provenance(version("peak-review"), fingerprint())
    contracts = load_contracts(job.request.round_name)
    assessed = read_plan_round(job, contracts.round.of, provenance)
    result = review_round(submissions, contracts, provenance, plans, job.collected.notices, assessed)
    counts = dict(result.findings.group_by("severity").len().iter_rows())
    named = ", ".join(f"{counts[name]} {name}" for name in ("blocker", "error", "warning", "info") if name in counts)
    job.log.done("judge", "%d findings: %s", result.findings.height, named or "none")
    for trace in result.tracebacks:
        job.log.error("could not be checked:\n%s", trace)
    return result


def select_provinces(job: Job, result: Review) -> list[str]:
    """Return the provinces to publish.

    Raises:
        RefusedError: if a province or pilot that was asked for is unknown.
    """
    accepted_provinces(result, job.request.accept_change, packages_in(job.target))  # refuses unknown ones; see `gate`
    return chosen_provinces(result, job.request.provinces, job.request.pilots)


@step("merge decisions")
def merge_decisions(job: Job, result: Review, provinces: list[str]) -> Decisions:
    """Archive the workbooks that reviewers edited, read all that were archived, and merge their entries."""
    target, is_partial = job.target, job.request.is_partial
    names = provinces if is_partial else sorted({*provinces, *packages_in(target)})  # also one without a manifest
    archived = archive_changes(target, job.collected.folder / "reviews", names)
    left = not_archived(target, names)
    reviews = collect_reviews(job.collected)
    copies = read_with(chosen_runner(), read_review_copies, reviews[0], job.request.round_name)
    ledger, failures = merge_without_failing(copies, result)
    ledger = replace(ledger, documents=(*ledger.documents, *edited_documents(one.file for one in reviews[1])))
    known = {failure.what for failure in failures}
    unread = [copy for copy in ledger.copies if copy.code_failed and copy.file not in known]
    failures += [Failure(copy.file, copy.fault or "", "") for copy in unread]
    decisions = sum(len(copy.decisions) for copy in ledger.copies)
    job.log.done("merge", "%d decisions in %d review workbooks", decisions, len(ledger.copies))
    return Decisions(ledger, reviews, archived, left, failures)


@step("render")
def render(job: Job, result: Review, decisions: Decisions, provinces: list[str], folder: Path) -> Rendered:
    """Render the packages of the provinces into a folder, and the files of the round."""
    is_partial, collected = job.request.is_partial, job.collected
    rendered = render_packages(result, decisions.ledger, provinces, folder, nation=not is_partial)
    failures = [*decisions.failures, *(failure for package in rendered.values() for failure in package.failures)]
    contents, changed = _contents(collected, folder)
    packages = {}
    for name in provinces:
        copies = rendered[name].copies
        if missing := [changed[file] for file in copies if file in changed]:
            failures += [Failure(name, one_line(error), "") for error in missing]
        elif rendered[name].files:
            packages[name] = {**rendered[name].files, **{file: contents[file] for file in copies}}
    files: dict[str, bytes] = {}
    if not is_partial:
        national = {name: path.read_bytes() for name, path in rendered[NATION].files.items()}
        inputs = [{"file": one.file, "bytes": one.size, "sha256": one.sha256 or None} for one in collected.workbooks]
        ignored = [{"file": one.file, "reason": one.reason} for one in collected.ignored + decisions.reviews[1]]
        as_of = moment_of(job.request.as_of)
        of = collected.plan_round
        assessed = [{"file": one.file, "sha256": one.sha256 or None} for one in of.workbooks] if of else None
        files = round_files(result, decisions.ledger, inputs, ignored, national, failures, as_of, assessed)
    for failure in failures:
        job.log.error("could not be made: %s\n%s", failure, failure.trace)
    job.log.done("render", "%d packages%s", len(packages), "" if is_partial else " and the national summary")
    return Rendered(packages, files, [name for name in provinces if name not in packages], failures)


def _contents(collected: Collected, folder: Path) -> tuple[dict[str, Content], dict[str, OSError]]:
    """Return the content of every file, of a large one its copy in `folder`; and the errors of those that changed."""
    contents: dict[str, Content] = {**collected.contents}
    changed: dict[str, OSError] = {}
    for number, item in enumerate(collected.large):
        copy = folder / "large" / str(number)
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            copy_large_file(item, copy)
            contents[item.file] = copy
        except OSError as error:
            changed[item.file] = error
    return contents, changed


@step("gate")
def gate(job: Job, result: Review, decisions: Decisions, rendered: Rendered, process: Gate) -> GateResult:
    """Check everything that is about to be published.

    Raises:
        GateClosedError: if nothing may be published.
    """
    accepted = accepted_provinces(result, job.request.accept_change, packages_in(job.target))
    workbooks = job.collected.workbooks
    unread = unread_files(result, decisions)
    verdict = pass_gate(process, result, workbooks, rendered.packages, rendered.files, job.target, accepted, unread)
    job.log.done("gate", "%d expectations, %d provinces held back", len(verdict.outcomes), len(verdict.held))
    for province, reasons in verdict.held.items():
        job.log.warning("hold     %s: %s", province, "; ".join(reasons))
    return verdict


@step("publish")
def publish(job: Job, result: Review, rendered: Rendered, verdict: GateResult) -> PublishResult:
    """Swap in the packages that the gate did not hold back, and the files of the round."""
    decide(PUBLISHED_IN_PART)  # holds where the run is interrupted, until something else is decided
    published = publish_packages(
        job.target,
        job.collected.folder / "reviews",
        {name: package for name, package in rendered.packages.items() if name not in verdict.held},
        note_held(rendered.files, verdict.held),
        force=job.request.force,
        remove_others=not job.request.is_partial,
        keep=[*verdict.held, *rendered.not_made],
        properties={name: {"figures": figures_to_json(figures)} for name, figures in province_figures(result).items()},
    )
    decide(ended_after_publishing(published))
    job.log.done("publish", "%s", published)
    return published


@step("report")
def report(
    job: Job,
    result: Review,
    decisions: Decisions,
    rendered: Rendered,
    verdict: GateResult,
    published: PublishResult,
    earlier: pl.DataFrame | None,
) -> Summary:
    """Summarise the run for people, and remember its input fingerprint.

    Raises:
        ReportError: if that fails; the packages are published.
    """
    try:
        held = verdict.held
        facts = summarize(job, result, decisions, rendered.failures, held, published, earlier)
        show(facts, result.provinces.to_dicts(), str(job.target))
        settled = not (job.request.is_partial or job.request.as_of or facts.held_back or published.beside)
        if facts.complete and settled:  # the next run would do the same
            remember_result(job, result, decisions, facts)
        unread = unread_files(result, decisions)
        not_made = tuple(failure.what for failure in rendered.failures if failure.what not in unread)
        return Summary(str(job.target), published, facts, held, not_made, unread, is_checked=result.complete)
    except Exception as error:  # whatever it is, the packages are in place
        raise ReportError(published) from error


def published_findings(job: Job) -> pl.DataFrame | None:
    """Read the findings that were published last; None if there are none or they cannot be read."""
    try:
        return pl.read_parquet(BytesIO((job.target / "findings.parquet").read_bytes()))
    except (OSError, pl.exceptions.PolarsError):
        return None
