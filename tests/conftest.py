"""Fixtures and options that all tests share."""

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path

import pytest

# No setting of this machine reaches the Prefect of the tests.
for name in [name for name in os.environ if name.startswith("PREFECT")]:
    del os.environ[name]
os.environ["POLARS_MAX_THREADS"] = "1"  # each core has a test process of its own
# The server that the test processes share answers 503 while it writes for another of them.
os.environ["PREFECT_CLIENT_MAX_RETRIES"] = "4"
os.environ["PREFECT_HOME"] = f"{tempfile.gettempdir()}/peak-review-tests-{os.getuid()}"

from tests.support.command import SERVICE, Ended, peak_review  # noqa: E402
from tests.support.garbage import collect_less_often  # noqa: E402
from tests.support.paths import SAMPLE  # noqa: E402
from tests.support.session import SampleRun, share, start_prefect_server  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tries", type=int, help="how many kills or sequences of edits the long suites try")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Show a short Chinese value of a case as it is written, not as escapes."""
    readable = isinstance(val, str) and not val.isascii() and val.isprintable() and len(val) <= 40
    return str(val) if readable else None


def pytest_collection_finish() -> None:
    """Collect garbage less often, now that what the tests need is loaded."""
    collect_less_often()


@pytest.fixture(scope="session")
def tries(pytestconfig: pytest.Config) -> int | None:
    """How many attempts the option asks for; None leaves it to the test."""
    return pytestconfig.getoption("tries")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty home folder for commands."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of the session share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def service(session_folder: Path) -> str:
    """The address of the session's Prefect server, on loopback."""
    return share(session_folder, "service", lambda: start_prefect_server(session_folder))


@pytest.fixture
def served(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands that this test starts use that server; one that wants to see a run alone does without."""
    monkeypatch.setenv(SERVICE, service)


@pytest.fixture(scope="session")
def sample_run(session_folder: Path, service: str, home: Path) -> SampleRun:
    """The sample round, reviewed once in the session."""
    out = session_folder / "sample-run"

    def run() -> str:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv(SERVICE, service)
            ended = peak_review(home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", out)
        return json.dumps(asdict(ended))

    return SampleRun(Ended(**json.loads(share(session_folder, "sample-run", run))), out / "first-batch")
