"""A setting that may be a secret: from the environment, or from a block on the Prefect server."""

import os

from prefect.blocks.system import Secret


def setting(name: str) -> str | None:
    """`SFTP_PASSWORD` is the variable PEAK_REVIEW_SFTP_PASSWORD, or else the Secret block peak-review-sftp-password."""
    if value := os.environ.get(f"PEAK_REVIEW_{name}"):
        return value
    try:
        block = Secret.load(f"peak-review-{name.lower().replace('_', '-')}")
    except ValueError:
        return None
    # In a flow that is not async it is no coroutine, which its types do not say.
    return str(block.get())  # type: ignore[union-attr]
