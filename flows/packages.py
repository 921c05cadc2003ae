"""The main job: submissions → judged batch → packages → published. Its imports take seconds."""

from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

import polars as pl
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import TaskRunner
from prefect.utilities.annotations import quote

from contracts.load import Contracts, fingerprint, load_contracts
from flows.gate.gate_process import Gate, open_gate
from flows.gate.publish_gate import pass_gate, published_provinces
from flows.outcome import Refused, ReportError, Request, Summary
from flows.publication.input_fingerprint import (
    LastRun,
    input_fingerprint,
    match_manifests,
    output_hashes,
    save_last_run,
)
from flows.publication.manifest import packages_in
from flows.publication.open_workbooks import Content
from flows.publication.publish import PublishResult, publish
from flows.publication.reviewer_edits import archive_changes, not_archived
from flows.publication.round_files import made_as_of, note_held, round_files
from flows.reporting.attention import attention_lines
from flows.reporting.prefect_page import StepLog, follow, show
from flows.reporting.run_log import Watch, peak_memory
from flows.selection import chosen_provinces, named_provinces
from flows.sources.as_of import moment_of
from flows.sources.collect import Collected, collect_reviews
from flows.sources.raw_files import Received
from flows.workers.plans import read_plans
from flows.workers.rendering import NATION, NATIONAL, RENDERED_INTO, Package, render_packages, rendering_folder
from flows.workers.sandbox import read_review_copies, read_submissions
from flows.workers.task_runner import chosen_runner, read_with
from transforms.aggregation.finding_changes import compare_findings
from transforms.decisions.ledger import Ledger, ReviewFile
from transforms.decisions.merge import merge_what_can_be
from transforms.failures import Failure
from transforms.gate.changes import figures_to_json, province_figures
from transforms.intake.submission import Submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.plans.read_plan import Plan
from transforms.reports.run_summary import Facts

T = TypeVar("T")


def make_packages(round_name: str, collected: Collected, target: Path, request: Request, watch: Watch) -> Summary:
    """Read, judge, render and publish what was collected for a round; the caller holds its lock.

    Raises:
        Refused: if there is no such province, pilot or task runner, or packages of another moment are published there.
        GateClosed: if a promise of ours is broken.
        ReportError: if all is published, but not what comes after it done.
        OSError: if something cannot be read or written.
    """
    _refuse_mixture(target, request)
    with open_gate() as gate, rendering_folder(target / RENDERED_INTO) as aside:
        return _make_packages(gate, aside, round_name, collected, target, request, watch)


def _make_packages(
    gate: Gate, aside: Path, round_name: str, collected: Collected, target: Path, request: Request, watch: Watch
) -> Summary:
    log, folder = follow(round_name), collected.folder
    runner = _runner()
    told = (len(collected.workbooks), len(collected.plans), folder, len(collected.ignored))
    log.info("take in  %d workbooks and %d plans in %s, %d others ignored", *told)
    result = _read_and_judge(round_name, collected, runner, log)
    chosen = chosen_provinces(result, request.provinces, request.pilots)
    accepted = named_provinces(result, request.accept_change, published_provinces(target))
    # What people wrote is kept and read before anything is made anew.
    kept = archive_changes(target, folder / "reviews", chosen if request.partial else None)
    left = not_archived(target, chosen if request.partial else sorted({*chosen, *packages_in(target)}))
    written, no_reviews = collect_reviews(collected)
    copies = read_with(runner.duplicate(), read_review_copies, written, round_name)
    ledger, failures = decide(_whole(result), _whole(copies))
    known = {failure.what for failure in failures}
    unread = [copy for copy in ledger.copies if copy.code_failed and copy.file not in known]
    failures += [Failure(copy.file, copy.fault or "", "") for copy in unread]
    decisions = sum(len(copy.decisions) for copy in ledger.copies)
    log.info("decide   %d decisions in %d review workbooks", decisions, len(ledger.copies))
    rendered = render(_whole(result), _whole(ledger), chosen, aside, nation=not request.partial)
    failures += [failure for package in rendered.values() for failure in package.failures]
    contents = collected.contents
    packages: dict[str, dict[str, Content]] = {
        name: {**package.files, **{file: contents[file] for file in package.copies}}
        for name, package in rendered.items()
        if name != NATION and package.files
    }
    not_made = [name for name, package in rendered.items() if not package.files]
    files: dict[str, bytes] = {}
    if not request.partial:
        summary = rendered[NATION].files.get(NATIONAL)
        content = summary.read_bytes() if summary else None
        ignored = collected.ignored + no_reviews
        files = round_files(result, ledger, collected.workbooks, ignored, content, failures, request.as_of)
    for failure in failures:
        log.error("could not be made: %s\n%s", failure, failure.trace)
    log.info("render   %d packages%s", len(packages), "" if request.partial else " and the national summary")
    verdict = pass_gate(gate, result, collected.workbooks, packages, files, target, accepted)
    log.info("gate     %d expectations, %d provinces held back", len(verdict.outcomes), len(verdict.held))
    for province, reasons in verdict.held.items():
        log.warning("hold     %s: %s", province, "; ".join(reasons))
    packages = {province: package for province, package in packages.items() if province not in verdict.held}
    files = note_held(files, verdict.held)
    earlier = _last_published(target)
    published = publish(
        target,
        folder / "reviews",
        packages,
        files,
        force=request.force,
        remove_others=not request.partial,
        keep=[*verdict.held, *not_made],
        properties={name: {"figures": figures_to_json(figures)} for name, figures in province_figures(result).items()},
    )
    try:
        log.info("publish  %d packages written, %d unchanged", len(published.written), len(published.unchanged))
        attention = (
            *(f"could not be made: {failure}" for failure in failures),
            *attention_lines(result, ledger, published, kept, verdict.held, left),
        )
        facts = Facts(
            round=round_name,
            complete=result.complete and not failures,
            written=published.written,
            unchanged=len(published.unchanged),
            held_back=(*published.rolled_back, *published.locked, *verdict.held),
            submissions=len(collected.workbooks),
            accepted=int(result.provinces["accepted"].sum()),
            quota=result.contracts.round.quota_total,
            changes=None if earlier is None else compare_findings(earlier, result.findings, result.contracts.rules),
            attention=attention,
            seconds=watch.seconds,
            memory_mib=peak_memory(),
        )
        show(facts, result.provinces.to_dicts(), str(target))
        if _is_settled(facts, published, request):
            _remember(result, ledger, facts, target, input_fingerprint(collected, (written, no_reviews)))
        return Summary(str(target), published, facts, verdict.held)
    except Exception as error:  # whatever it is, the packages are in place
        raise ReportError(published) from error


def _refuse_mixture(target: Path, request: Request) -> None:
    """Raise Refused if packages of one moment would replace some of another one; all of today's may replace any."""
    made, wanted = made_as_of(target), moment_of(request.as_of)
    if packages_in(target) and made != wanted and (wanted or request.partial):
        told = f"as of {request.as_of}" if wanted else "some provinces of today"
        raise Refused(
            f"{told}: {target} holds packages as of {made or 'another moment'}; give this an --out of its own"
        )


def _runner() -> TaskRunner[Any]:
    try:
        return chosen_runner()
    except ValueError as error:
        raise Refused(str(error)) from None


def _read_and_judge(round_name: str, collected: Collected, runner: TaskRunner[Any], log: StepLog) -> Review:
    submissions = read_with(runner, read_submissions, collected.workbooks, round_name)
    plans = read_documents(_whole(collected.plans), round_name)
    unread = sum(submission.fault is not None for submission in submissions)
    log.info("read     %d workbooks, %d could not be reviewed", len(submissions), unread)
    result = judge(_whole(submissions), _whole(plans), _whole(load_contracts(round_name)), collected.notices)
    counts = dict(result.findings.group_by("severity").len().iter_rows())
    log.info("judge    %d findings: %s", result.findings.height, _counted(counts))
    for trace in result.tracebacks:
        log.error("could not be checked:\n%s", trace)
    return result


def _is_settled(facts: Facts, published: PublishResult, request: Request) -> bool:
    """Whether the next run would do the same, if nothing changes: nothing was left out, held back or put aside."""
    return facts.complete and not (request.partial or request.as_of or facts.held_back or published.beside)


def _remember(result: Review, ledger: Ledger, facts: Facts, target: Path, inputs: str) -> None:
    nothing = PublishResult(written=(), unchanged=(), archived=())
    try:
        outputs = output_hashes(target)
        if not match_manifests(target, outputs):  # a reviewer has just saved a workbook: the next run archives it
            return
        last_run = LastRun(
            inputs=inputs,
            outputs=outputs,
            submissions=facts.submissions,
            accepted=facts.accepted,
            quota=facts.quota,
            attention=list(attention_lines(result, ledger, nothing, (), {})),
            packages=result.provinces["province"].to_list(),
            provinces=result.provinces.to_dicts(),
        )
        save_last_run(target, last_run)
    except OSError as error:
        get_run_logger().warning("the run is done, but the next one will not know: %s", error)


@task(cache_policy=NO_CACHE)
def read_documents(documents: list[Received], round_name: str) -> list[Plan]:
    """Read every plan beside the workbooks, each in a child process."""
    return read_plans(documents, round_name)


@task(cache_policy=NO_CACHE)
def judge(
    submissions: list[Submission], plans: list[Plan], contracts: Contracts, ignored: list[tuple[str, str]]
) -> Review:
    """Apply every rule to the whole batch, and aggregate: medians and quotas need all of it, and it takes seconds."""
    return review_round(submissions, contracts, Provenance(version("peak-review"), fingerprint()), plans, ignored)


@task(cache_policy=NO_CACHE)
def decide(result: Review, copies: list[ReviewFile]) -> tuple[Ledger, list[Failure]]:
    """Merge what people wrote into review workbooks."""
    return merge_what_can_be(copies, result)


@task(cache_policy=NO_CACHE, persist_result=False)
def render(result: Review, ledger: Ledger, provinces: list[str], folder: Path, *, nation: bool) -> dict[str, Package]:
    """Render the package of every province and the national summary."""
    return render_packages(result, ledger, provinces, folder, nation=nation)


def _whole(value: T) -> T:
    """Hand a task what is large as it is: Prefect would look for other tasks' results in it, for seconds."""
    return cast(T, quote(value))


def _counted(counts: dict[str, int]) -> str:
    order = ("blocker", "error", "warning", "info")
    return ", ".join(f"{counts[name]} {name}" for name in order if name in counts) or "none"


def _last_published(out: Path) -> pl.DataFrame | None:
    """The findings as they were published last; None where they are not there or cannot be read."""
    try:
        return pl.read_parquet(out / "findings.parquet")
    except (OSError, pl.exceptions.PolarsError):
        return None
