"""The hidden sheet of a review workbook: read back as written, and refused when it was touched."""

import pytest

from transforms.decisions.metadata import MetadataError, PublishedWorkbook, from_rows, to_rows
from transforms.reports.sheet_parts.cells import LONGEST

PUBLISHED = PublishedWorkbook(
    "first-batch", "山西省", "a" * 64, "b" * 64, ("c" * 64,),
    {"k": {"raw_value": " 前后 空格 \n", "value": 0.1, "message": "长" * 70_000, "shown": {"status": "待处理"}}},
    {"p": {"pilot": "\t=1高新区", "raw_value": None, "shown": {}, "marks": {}}},
    {"封面": ["1", "2"]},
)  # fmt: skip


def test_metadata_is_read_back_as_written() -> None:
    rows = to_rows(PUBLISHED)
    assert from_rows(rows) == PUBLISHED
    assert max(len(text) for row in rows for text in row) < LONGEST


@pytest.mark.parametrize("at", range(9))
def test_metadata_that_was_touched_is_refused(at: int) -> None:
    rows = to_rows(PUBLISHED)
    assert len(rows) == 10
    for damaged in ([*rows[:at], *rows[at + 1 :]], [*rows[:at], [*rows[at][:-1], "x"], *rows[at + 1 :]], []):
        with pytest.raises(MetadataError):
            from_rows(damaged)
