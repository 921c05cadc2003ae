"""Fixtures and options that all tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import SERVICE
from tests.support.prefect_server import server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tries", type=int, help="how many kills or sequences of edits the long suites try")


@pytest.fixture(scope="session")
def tries(pytestconfig: pytest.Config) -> int | None:
    """How many attempts the option asks for; None leaves it to the test."""
    return pytestconfig.getoption("tries")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home folder for commands."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Prefect server's API, on loopback."""
    with server(tmp_path_factory.mktemp("service")) as started:
        yield started.api


@pytest.fixture
def served(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands that this test starts use that server; one that wants to see a run alone does without."""
    monkeypatch.setenv(SERVICE, service)
