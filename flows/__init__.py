"""I/O, time, processes and Prefect; no arithmetic on frames."""

import os

# No library calls home. Set before Prefect and Great Expectations are imported: they read their settings then.
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
