"""The process from which readers' children are forked. Imports nothing of ours, so as to be started first of all."""

import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

# Loaded once there; a child that had to be killed is replaced in milliseconds.
_LOADED = ["transforms.intake.submission", "transforms.decisions.reading", "transforms.plan.reading"]


def fork_context() -> ForkServerContext:
    """Where to make children, with the readers' imports loaded."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context


def load_readers_meanwhile() -> None:
    """Have the readers' imports begin, if they have not yet, while the caller goes on with something else."""
    fork_context()
    forkserver.ensure_running()
