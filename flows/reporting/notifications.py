"""Tells people, through notification blocks that are declared on the Prefect server."""

from collections.abc import Sequence

from prefect import get_run_logger
from prefect.blocks.core import Block


def notify(blocks: Sequence[str], subject: str, body: str) -> list[str]:
    """Send a message through every block; one that fails is logged, and does not keep the others from theirs.

    Returns:
        The blocks through which it could not be sent.
    """
    log, failed = get_run_logger(), []
    for name in blocks:
        try:
            Block.load(name).notify(body, subject)  # type: ignore[union-attr]
        except Exception as error:  # whatever a block of somebody else's raises
            # An address may hold a key: of what went wrong on the way only the kind is told.
            reason = str(error) if isinstance(error, ValueError) else type(error).__name__
            log.warning("notify   not sent through %s: %s", name, reason)
            failed.append(name)
    return failed
