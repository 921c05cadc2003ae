"""The command, interrupted with its server as by Ctrl-C in a terminal: `python -m tests.kill.interrupted_run AT run …`.

AT is `judge`, with nothing published; `publish`, when all packages have been swapped in; `summarize`, a moment later.
"""

import os
import signal
import sys
from typing import Any
from unittest.mock import patch

from flows.cli.prefect_session import quiet_prefect

HOOKED = {"judge": "review_round", "publish": "publish_packages", "summarize": "summarize"}
KIND = {"judge": signal.SIGTERM, "publish": signal.SIGINT, "summarize": signal.SIGTERM}


def main() -> None:
    quiet_prefect()  # before Prefect is imported
    from flows.cli import app  # noqa: PLC0415
    from flows.pipeline import steps  # noqa: PLC0415

    at = sys.argv.pop(1)
    function = getattr(steps, HOOKED[at])

    def interrupted(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        os.killpg(0, KIND[at])
        return result

    with patch.object(steps, HOOKED[at], interrupted):
        app()


if __name__ == "__main__":
    main()
