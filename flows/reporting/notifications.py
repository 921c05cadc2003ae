"""Messages through notification blocks that are declared on the Prefect server."""

from collections.abc import Sequence

from prefect import get_run_logger
from prefect.blocks.core import Block

from flows.workers.prefect_requests import brief_requests


def notify(blocks: Sequence[str], subject: str, body: str) -> list[str]:
    """Send a message through every block; one that fails is logged, and the others are used all the same.

    Returns:
        The blocks through which it could not be sent.
    """
    log, failed = get_run_logger(), []
    for name in blocks:
        try:
            with brief_requests():
                block = Block.load(name)
            block.notify(body, subject)  # type: ignore[union-attr]
        except Exception as error:  # a block may raise anything
            # An address may hold a key: of an error in transit only the type is logged.
            reason = str(error) if isinstance(error, ValueError) else type(error).__name__
            log.warning("notify   not sent through %s: %s", name, reason)
            failed.append(name)
    return failed
