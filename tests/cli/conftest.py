"""All that runs in processes is forked from one."""

import pytest

from tests.support.session import start_fork_server


@pytest.fixture(scope="session", autouse=True)
def fork_server() -> None:
    """The fork server, with the gate's library loaded once."""
    start_fork_server()
