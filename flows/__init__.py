"""The only place with I/O, time, processes and Prefect. Thin: no arithmetic on frames."""

import os

# Nothing of ours calls home. Set before Prefect is imported, because it reads its settings then.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
