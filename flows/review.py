"""The flow `review`: what lies in `data/raw` for a round → one review package per province in `data/out`."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.states import Failed

from contracts.load import Contracts, fingerprint, load_contracts
from flows.account import last_published, remember_run
from flows.archive import archive_changes
from flows.as_of import received_until
from flows.attention import attention_lines
from flows.choice import Refused, chosen_provinces, named_provinces
from flows.commit import finish, is_begun
from flows.gate import Gate, GateClosed, open_gate, pass_gate, published_provinces, remember
from flows.lock import hold
from flows.outside import follow, show
from flows.plans import list_plans, read_plans, without_plans
from flows.publish import Published, publish
from flows.raw import Received, list_raw
from flows.reading import read_all, read_reviews
from flows.record import note_held, round_files
from flows.runs import Watch, peak_memory, start_watch
from transforms.changes import compare_findings
from transforms.decisions.ledger import Ledger
from transforms.decisions.merge import merge_copies
from transforms.digest import Facts
from transforms.intake.submission import Submission
from transforms.plan.reading import Plan
from transforms.render.book import render_book
from transforms.render.notices import render_notices
from transforms.render.view import View
from transforms.review import Provenance, Review, review_round

REFUSED = "Refused"


@dataclass(frozen=True)
class Summary:
    """What a run did, for the command line and for Prefect's page."""

    complete: bool
    out: Path
    published: Published
    submissions: int
    accepted: int
    quota: int
    findings: dict[str, int]
    attention: tuple[str, ...]
    facts: Facts
    held: dict[str, tuple[str, ...]]


@flow(name="review", flow_run_name="review-{round}", persist_result=False, validate_parameters=False)
def review(
    round: str = "first-batch",  # noqa: A002 - the name that a person sees in Prefect's form
    raw: str | Path = "data/raw",
    out: str | Path = "data/out",
    provinces: Sequence[str] = (),
    pilots: Sequence[str] = (),
    force: bool = False,
    as_of: str | None = None,
    accept_change: Sequence[str] = (),
) -> Summary:
    """Review a round and publish its packages.

    Args:
        round: name of the round, e.g. first-batch.
        raw: folder with the submissions of all rounds.
        out: folder for the packages of all rounds.
        provinces: publish only these; every submission is read and judged all the same, because of the medians.
        pilots: publish only the provinces of these pilots.
        force: write packages even where nothing changed, or where a person took back the same.
        as_of: only what was received until then counts, e.g. 2026-01-31 (its end) or 2026-01-31T02:00, China's time.
        accept_change: publish these however far they are from what was published of them.

    Returns:
        What was done; or the state `Refused` (an unknown province or pilot) or `Failed` (a folder that cannot be read
        or written), with the reason and without a traceback: neither is a fault of the code.
    """
    watch, target, archive = start_watch(), Path(out) / round, Path(raw) / round / "reviews"
    try:
        with hold(Path(out), round) as killed, open_gate() as gate:
            if killed or is_begun(target):
                get_run_logger().info("repair   what the run before left unfinished (%s)", killed or "unknown")
                finish(target, archive)
            summary = _review(
                gate,
                round,
                Path(raw),
                Path(out),
                provinces,
                pilots,
                accept_change,
                force=force,
                as_of=as_of,
                watch=watch,
            )
            remember_run(watch, round, target, summary.facts, as_of=as_of)
            return summary
    except Refused as refusal:
        # Prefect takes a state for a result, which its types do not say.
        return Failed(name=REFUSED, message=str(refusal))  # type: ignore[return-value]
    except GateClosed as closed:
        reason = f"nothing published: {closed}"
        remember_run(watch, round, target, reason, as_of=as_of)
        return Failed(message=reason)  # type: ignore[return-value]
    except OSError as error:
        # Where another run is at it, the journal is not ours.
        begun = not isinstance(error, BlockingIOError) and is_begun(target)
        done = "published in part, the next run finishes" if begun else "nothing published"
        reason = f"{done}: {error.strerror or error}: {error.filename or out}"
        remember_run(watch, round, target, reason, as_of=as_of)
        return Failed(message=reason)  # type: ignore[return-value]
    except Exception as error:
        remember_run(watch, round, target, f"nothing published: {type(error).__name__}: {error}", as_of=as_of)
        raise


def _review(
    gate: Gate,
    round_name: str,
    raw: Path,
    out: Path,
    provinces: Sequence[str],
    pilots: Sequence[str],
    accept_change: Sequence[str],
    *,
    force: bool,
    as_of: str | None,
    watch: Watch,
) -> Summary:
    log = follow(round_name)
    contracts = load_contracts(round_name)
    folder, target = raw / round_name, out / round_name
    if not folder.is_dir():  # a disk that is not mounted is no empty round
        raise FileNotFoundError(errno.ENOENT, "the raw folder is not there", str(folder))
    try:
        counts_as_of = received_until(folder, as_of)
    except ValueError as error:
        raise Refused(str(error)) from None
    received, ignored = list_raw(folder, counts=counts_as_of)
    if as_of and not received:
        raise Refused(f"as of {as_of}: nothing had been received until then")
    documents = list_plans(folder, counts_as_of)
    ignored = without_plans(ignored, documents)
    log.info(
        "take in  %d workbooks and %d plans in %s, %d others ignored",
        len(received), len(documents), folder, len(ignored),
    )  # fmt: skip
    submissions = read(received, round_name)
    plans = read_documents(documents, round_name)
    unread = sum(submission.fault is not None for submission in submissions)
    log.info("read     %d workbooks, %d could not be reviewed", len(submissions), unread)
    result = judge(submissions, plans, contracts)
    counts = dict(result.findings.group_by("severity").len().iter_rows())
    log.info("judge    %d findings: %s", result.findings.height, _counted(counts))
    chosen = chosen_provinces(result, provinces, pilots)
    accepted = named_provinces(result, accept_change, published_provinces(target))
    partial = bool(provinces or pilots)
    # What people wrote is kept and read before anything is made anew.
    kept = archive_changes(target, folder / "reviews", chosen if partial else None)
    written, set_aside = list_raw(folder, "reviews", counts_as_of)
    ledger = decide(result, written, round_name)
    decisions = sum(len(copy.decisions) for copy in ledger.copies)
    log.info("decide   %d decisions in %d review workbooks", decisions, len(ledger.copies))
    places = {item.file: item.path for item in (*received, *documents)}
    packages = {province: render(result, ledger, province, places) for province in chosen}
    files = {} if partial else round_files(result, ledger, received, ignored + set_aside)
    log.info("render   %d packages%s", len(packages), "" if partial else " and the national summary")
    verdict = pass_gate(gate, result, received, packages, files, target, accepted)
    log.info("gate     %d expectations, %d provinces held back", len(verdict.outcomes), len(verdict.held))
    for province, reasons in verdict.held.items():
        log.warning("hold     %s: %s", province, "; ".join(reasons))
    packages = {province: package for province, package in packages.items() if province not in verdict.held}
    files = note_held(files, verdict.held)
    before = last_published(target)
    published = publish(
        target, folder / "reviews", packages, files, force=force, remove_others=not partial, keep=verdict.held
    )
    remember(target, result, packages, verdict)
    log.info("publish  %d packages written, %d unchanged", len(published.written), len(published.unchanged))
    attention = tuple(attention_lines(result, ledger, published, kept, verdict.held))
    facts = Facts(
        round=round_name,
        complete=result.complete,
        written=published.written,
        unchanged=len(published.unchanged),
        held_back=(*published.taken_back, *verdict.held),
        submissions=len(received),
        accepted=int(result.provinces["accepted"].sum()),
        quota=contracts.round.quota_total,
        changes=None if before is None else compare_findings(before, result.findings, contracts.rules),
        attention=attention,
        seconds=watch.seconds,
        memory_mib=peak_memory(),
    )
    show(facts, result.provinces.to_dicts(), target)
    return Summary(
        complete=facts.complete,
        out=target,
        published=published,
        submissions=facts.submissions,
        accepted=facts.accepted,
        quota=facts.quota,
        findings=counts,
        attention=attention,
        facts=facts,
        held=verdict.held,
    )


@task(cache_policy=NO_CACHE)
def read(received: list[Received], round_name: str) -> list[Submission]:
    """Read every workbook, each in a child process."""
    return read_all(received, round_name)


@task(cache_policy=NO_CACHE)
def read_documents(documents: list[Received], round_name: str) -> list[Plan]:
    """Read every plan beside the workbooks, each in a child process."""
    return read_plans(documents, round_name)


@task(cache_policy=NO_CACHE)
def judge(submissions: list[Submission], plans: list[Plan], contracts: Contracts) -> Review:
    """Apply every rule to the whole batch, and aggregate."""
    return review_round(submissions, contracts, Provenance(version("peak-review"), fingerprint()), plans)


@task(cache_policy=NO_CACHE)
def decide(result: Review, written: list[Received], round_name: str) -> Ledger:
    """Read what people wrote into review workbooks, each in a child process, and merge it."""
    return merge_copies(read_reviews(written, round_name), result)


@task(cache_policy=NO_CACHE, task_run_name="render-{province}")
def render(result: Review, ledger: Ledger, province: str, places: dict[str, Path]) -> dict[str, bytes | Path]:
    """The files of one province's package: review workbook, notices, and copies of what was received."""
    view = View(result, province, ledger)
    package: dict[str, bytes | Path] = {f"{province}评审工作簿.xlsx": render_book(view)}
    package |= render_notices(view)
    return package | {file: places[file] for file in view.copies}


def _counted(counts: dict[str, int]) -> str:
    order = ("blocker", "error", "warning", "info")
    return ", ".join(f"{counts[name]} {name}" for name in order if name in counts) or "none"
