"""The flow `review`: what lies in `data/raw` for a round → one review package per province in `data/out`."""

from collections.abc import Sequence
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.states import Failed

from flows.account import remember_run
from flows.collect import collect, collect_reviews
from flows.commit import finish, is_begun
from flows.forking import load_readers_meanwhile
from flows.lock import hold
from flows.outcome import GateClosed, Refused, Request, Summary
from flows.outside import follow, show
from flows.publish import Published
from flows.runs import Watch, peak_memory, start_watch
from flows.unchanged import cause_of, recall
from transforms.digest import Facts

REFUSED = "Refused"


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
    watch, folder, target = start_watch(), Path(raw) / round, Path(out) / round
    try:
        with hold(Path(out), round) as killed:
            if killed or is_begun(target):
                get_run_logger().info("repair   what the run before left unfinished (%s)", killed or "unknown")
                finish(target, folder / "reviews")
            request = Request(tuple(provinces), tuple(pilots), tuple(accept_change), force, as_of)
            collected = collect(folder, as_of)
            cause = cause_of(collected, collect_reviews(collected))
            summary = _as_it_was(round, folder, target, cause, watch) if request == Request() else None
            if summary is None:
                # Here, because what it imports takes seconds; meanwhile the readers import theirs.
                load_readers_meanwhile()
                from flows.packages import make_packages  # noqa: PLC0415

                summary = make_packages(round, collected, target, request, watch)
            remember_run(watch, round, out, summary.facts, as_of=as_of)
            return summary
    except Refused as refusal:
        # Prefect takes a state for a result, which its types do not say.
        return Failed(name=REFUSED, message=str(refusal))  # type: ignore[return-value]
    except GateClosed as closed:
        reason = f"nothing published: {closed}"
        remember_run(watch, round, out, reason, as_of=as_of)
        return Failed(message=reason)  # type: ignore[return-value]
    except OSError as error:
        # Where another run is at it, the journal is not ours.
        begun = not isinstance(error, BlockingIOError) and is_begun(target)
        done = "published in part, the next run finishes" if begun else "nothing published"
        reason = f"{done}: {error.strerror or error}: {error.filename or out}"
        remember_run(watch, round, out, reason, as_of=as_of)
        return Failed(message=reason)  # type: ignore[return-value]
    except Exception as error:
        remember_run(watch, round, out, f"nothing published: {type(error).__name__}: {error}", as_of=as_of)
        raise


def _as_it_was(round_name: str, folder: Path, target: Path, cause: str, watch: Watch) -> Summary | None:
    """What the last run did, where this one would do the same."""
    memory = recall(target, cause)
    if memory is None:
        return None
    log = follow(round_name)
    log.info("take in  %d files in %s, as the last run found them", memory.submissions, folder)
    log.info("publish  0 packages written, %d unchanged", len(memory.packages))
    facts = Facts(
        round=round_name,
        complete=True,
        written=(),
        unchanged=len(memory.packages),
        held_back=(),
        submissions=memory.submissions,
        accepted=memory.accepted,
        quota=memory.quota,
        changes=(),
        attention=tuple(memory.attention),
        seconds=watch.seconds,
        memory_mib=peak_memory(),
    )
    show(facts, memory.provinces, str(target))
    published = Published(written=(), unchanged=tuple(memory.packages), archived=())
    return Summary(str(target), published, facts, {})
