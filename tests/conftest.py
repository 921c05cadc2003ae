"""What many tests share: a Prefect server, which otherwise every run of the command would start for itself."""

from collections.abc import Iterator

import pytest

from tests.server.prefect import server

SERVICE = "TEST_PREFECT_API_URL"


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server's API, on loopback."""
    with server(tmp_path_factory.mktemp("service")) as started:
        yield started.api


@pytest.fixture
def served(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that this test starts use that server; one that wants to see a run alone does without."""
    monkeypatch.setenv(SERVICE, service)
