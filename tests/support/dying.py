"""Kill this process right before one of the things that it asks of the operating system."""

import os
import signal
import sys
from collections.abc import Callable


def die_at(event: int, kinds: tuple[str, ...]) -> Callable[[], int]:
    """Send SIGKILL to this process before the given audit event, counted from 1; 0 only counts.

    Args:
        event: which of the events.
        kinds: how their names begin; `sys.addaudithook` names them.

    Returns:
        how many events there have been.
    """
    count = 0

    def hook(name: str, _: object) -> None:
        nonlocal count
        if name.startswith(kinds):
            count += 1
            if count == event:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    return lambda: count
