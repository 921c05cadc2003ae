"""Start what a run needs while Prefect's server is starting, which takes seconds and leaves a processor idle."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path

from flows.settings import SettingError
from flows.workers.processes import preload_workers


@contextmanager
def early_start(round_name: str, raw: str, out: str) -> Iterator[Callable[[], None]]:
    """Yield a function that starts the worker processes and the gate, if the run will need them; the block ends them.

    It only saves time: what it does not start, the run starts itself.
    """
    with ExitStack() as stack:

        def start() -> None:
            if _is_unchanged(Path(raw) / round_name, Path(out) / round_name):
                return
            preload_workers()
            from flows.gate.gate_process import open_gate  # noqa: PLC0415 - not needed by an unchanged round

            stack.enter_context(open_gate())
            import_module("flows.steps")

        yield start


def _is_unchanged(folder: Path, target: Path) -> bool:
    from flows.outcome import RefusedError  # noqa: PLC0415 - takes a second
    from flows.publication.input_fingerprint import input_fingerprint, load_last_run  # noqa: PLC0415
    from flows.sources.collect import collect, collect_reviews  # noqa: PLC0415

    import_module("flows.review")
    try:
        collected = collect(folder)
        return load_last_run(target, input_fingerprint(collected, collect_reviews(collected))) is not None
    except (OSError, RefusedError, SettingError):
        return True  # the run says what is wrong
