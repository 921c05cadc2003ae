"""Summarise a review for people, and remember it for the next run."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from flows.pipeline.request import Job
from flows.pipeline.results import Decisions
from flows.publication.input_fingerprint import LastRun, input_fingerprint, output_fingerprint, save_last_run
from flows.publication.publish import PublishResult
from flows.reporting.run_log import peak_memory
from transforms.aggregation.finding_changes import compare_findings
from transforms.decisions.ledger import Ledger
from transforms.failures import Failure
from transforms.pipeline import Review
from transforms.reports.files.run_summary import RunSummary


def summarize(
    job: Job,
    result: Review,
    decisions: "Decisions",
    failures: Sequence[Failure],
    held: Mapping[str, Sequence[str]],
    published: PublishResult,
    earlier: pl.DataFrame | None,
) -> RunSummary:
    """Return the figures of a run, the changed findings, and what needs attention."""
    attention = (
        *(f"could not be made: {failure}" for failure in failures),
        *attention_lines(result, decisions.ledger, published, decisions.archived, held, decisions.not_archived),
    )
    return RunSummary(
        round=job.request.round_name,
        complete=result.complete and not failures,
        written=published.written,
        unchanged=len(published.unchanged),
        held_back=(*published.rolled_back, *published.locked, *held),
        submissions=len(job.collected.workbooks),
        accepted=int(result.provinces["accepted"].sum()),
        quota=result.contracts.round.quota_total,
        changes=None if earlier is None else compare_findings(earlier, result.findings, result.contracts.rules),
        attention=attention,
        seconds=job.watch.seconds,
        memory_mib=peak_memory(),
        unread_reviews=_unread_reviews(decisions.ledger),
    )


def remember_result(job: Job, result: Review, decisions: "Decisions", facts: RunSummary) -> None:
    """Store the input fingerprint and the result, so that an unchanged run ends at once; a failure is only logged."""
    nothing = PublishResult(written=(), unchanged=(), archived=())
    attention = list(attention_lines(result, decisions.ledger, nothing, (), {}))
    try:
        last_run = LastRun(
            inputs=input_fingerprint(job.received, decisions.reviews),
            outputs=output_fingerprint(job.target),
            provinces=result.provinces.to_dicts(),
            figures={name: getattr(facts, name) for name in ("submissions", "accepted", "quota", "unread_reviews")}
            | {"attention": attention},
        )
        save_last_run(job.target, last_run)
    except OSError as error:
        job.log.warning("the run is done, but the next one cannot know that nothing changed: %s", error)


def _unread_reviews(ledger: Ledger) -> tuple[str, ...]:
    """Return the review workbooks that could not be used, with reasons."""
    return tuple(f"{copy.file}: {copy.fault}" for copy in ledger.unread_reviews)


def attention_lines(
    result: Review,
    ledger: Ledger,
    published: PublishResult,
    archived: Iterable[str],
    held: Mapping[str, Sequence[str]],
    left: Iterable[str] = (),
) -> Iterable[str]:
    """Yield what a person should look at first, a line each."""
    for province, reasons in held.items():
        yield f"{province}: held back, its earlier package stays (--accept-change publishes it): {'; '.join(reasons)}"
    for row in result.provinces.iter_rows(named=True):
        if row["quota_status"] != "met" and result.contracts.round.publishes_quota(row["province"]):
            yield f"{row['province']}: quota {row['quota']}, accepted {row['accepted'] or 0} ({row['quota_status']})"
    for finding in result.findings.filter(pl.col("severity") == "blocker").iter_rows(named=True):
        yield f"{finding['province'] or '(unknown province)'}: blocker {finding['rule']}: {finding['file']}"
    unread = result.findings.filter(pl.col("rule") == "FILE-FORMAT").select("province", "file").iter_rows()
    yield from (f"{province or '(unknown province)'}: received, but not read: {file}" for province, file in unread)
    for line in result.not_evaluated:
        yield f"could not be checked: {line}"
    for path in dict.fromkeys((*archived, *published.archived)):
        yield f"kept what a person wrote: {path}"
    for line in left:
        yield f"found in a package and not copied (kept in .history with the package that it was in): {line}"
    yield from (f"review workbook not taken over: {line}" for line in _unread_reviews(ledger))
    for name in published.rolled_back:
        yield f"{name}: keeps an earlier package, because a person took this one back (--force publishes it)"
    for name in published.locked:
        yield f"{name}: keeps its earlier package, because that folder may not be read or written"
    yield from (f"{name}: no longer in the round, its last package is in .history/{name}" for name in published.removed)
    for path in published.beside:
        yield f"open in another program, so the new one is beside it: {path}"
