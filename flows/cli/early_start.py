"""Start what a run needs while Prefect's server is starting, which takes seconds and leaves a processor idle."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path

from flows.settings import SettingError
from flows.workers.processes import preload_workers


@contextmanager
def early_start(round_name: str, raw: str, out: str) -> Iterator[Callable[[], None]]:
    """Yield a function that reads the raw folder and, if the run will need them, starts worker processes and the gate.

    It only saves time: what it does not start or read, the run does itself.
    """
    with ExitStack() as stack:

        def start() -> None:
            from flows.pipeline.outcome import RefusedError  # noqa: PLC0415 - takes a second
            from flows.publication.input_fingerprint import input_fingerprint, load_last_run  # noqa: PLC0415
            from flows.sources.collect import collect, collect_reviews, collected_early  # noqa: PLC0415

            import_module("flows.review")
            try:
                collected = collect(Path(raw) / round_name)
                inputs = input_fingerprint(collected, collect_reviews(collected))
                is_unchanged = load_last_run(Path(out) / round_name, inputs) is not None
            except (OSError, RefusedError, SettingError):
                return  # the run says what is wrong
            stack.enter_context(collected_early(collected))
            if is_unchanged:
                return
            preload_workers()
            from flows.gate.gate_process import open_gate  # noqa: PLC0415 - not needed by an unchanged round

            stack.enter_context(open_gate())
            import_module("flows.pipeline.steps")

        yield start
