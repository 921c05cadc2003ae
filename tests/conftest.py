"""What many tests share: a Prefect server, which otherwise every run of the command would start for itself."""

from collections.abc import Iterator

import pytest

from flows.readings import CACHE
from tests.server.prefect import server

SERVICE = "TEST_PREFECT_API_URL"


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What runs remember of their readings lies among the tests' own files, and not the user's; see `own_cache`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE, str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is spared a reading by another one."""
    monkeypatch.setenv(CACHE, str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server's API, on loopback."""
    with server(tmp_path_factory.mktemp("service")) as started:
        yield started.api


@pytest.fixture
def served(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that this test starts use that server; one that wants to see a run alone does without."""
    monkeypatch.setenv(SERVICE, service)
