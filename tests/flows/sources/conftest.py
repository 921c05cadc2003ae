"""An inbox with two files, and an empty raw folder."""

from pathlib import Path

import pytest

from tests.support.inbox import NAME, put


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    put(tmp_path / "inbox", NAME, b"one")
    put(tmp_path / "inbox", "山西省/长治市.xlsx", b"two")
    return tmp_path / "inbox"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "raw" / "first-batch").mkdir(parents=True)
    return tmp_path / "raw" / "first-batch"
