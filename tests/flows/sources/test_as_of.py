"""An earlier night again: only what had been received by then counts."""

import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.sources.as_of import parse_as_of, received_until
from flows.sources.raw_listing import list_raw

NIGHT = datetime(2026, 1, 31, 18, tzinfo=UTC)  # 02:00 on 1 February in China


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An old file by its date, a file with a receipt that is older than its date, and one that came later."""
    place = tmp_path / "submissions"
    place.mkdir()
    for name, days in (("old", -1), ("copied", 9), ("late", 9), ("plan.docx", 9)):
        path = place / (name if "." in name else f"{name}.xlsx")
        path.write_bytes(name.encode())
        when = (NIGHT + timedelta(days=days)).timestamp()
        os.utime(path, (when, when))
    return tmp_path


def receipts(folder: Path, *lines: str) -> None:
    (folder / "receipts.jsonl").write_text("".join(lines), encoding="utf-8")


def receipt(name: str, taken: datetime, key: str = "taken") -> str:
    return json.dumps({"sha256": hashlib.sha256(name.encode()).hexdigest(), key: taken.isoformat()}) + "\n"


def seen(folder: Path, as_of: str | None) -> list[str]:
    found = list_raw(folder, counts=received_until(folder, as_of))
    return [Path(item.file).name for items in found for item in items]


def test_without_a_date_everything_counts(folder: Path) -> None:
    assert seen(folder, None) == ["copied.xlsx", "late.xlsx", "old.xlsx", "plan.docx"]


@pytest.mark.parametrize("key", ["taken", "time"])
def test_a_receipt_goes_before_the_date_on_the_disk(folder: Path, key: str) -> None:
    assert seen(folder, "2026-02-01T02:00") == ["old.xlsx"]
    receipts(folder, receipt("copied", NIGHT, key), receipt("copied", NIGHT + timedelta(days=1), key))
    assert seen(folder, "2026-02-01T02:00") == ["copied.xlsx", "old.xlsx"]
    assert seen(folder, "2026-02-01T01:59") == ["old.xlsx"]
    receipts(folder, receipt("copied", NIGHT + timedelta(days=1), key), receipt("copied", NIGHT, key))
    assert seen(folder, "2026-02-01T02:00") == ["copied.xlsx", "old.xlsx"]


@pytest.mark.parametrize("torn", ["", "{", '{"sha256": "0"}', "[]", "7", '{"sha256": 1, "taken": 2}'])
def test_a_torn_receipt_is_passed_over(folder: Path, torn: str) -> None:
    receipts(folder, f"{torn}\n", receipt("late", NIGHT), torn)
    assert seen(folder, "2026-02-01T02:00") == ["late.xlsx", "old.xlsx"]


def test_a_date_is_its_end_in_china() -> None:
    assert parse_as_of("2026-01-31") < parse_as_of("2026-02-01T00:00") == datetime(2026, 1, 31, 16, tzinfo=UTC)
    assert parse_as_of("2026-01-31T16:00Z") == parse_as_of("2026-02-01T00:00")
    assert parse_as_of("2026-01-31") > parse_as_of("2026-01-31T23:59:59")


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "31.1.2026"])
def test_what_is_no_date_is_told(folder: Path, text: str) -> None:
    with pytest.raises(ValueError, match=f"as of {text}: a date"):
        received_until(folder, text)
