"""Workbooks as strangers save them: by openpyxl itself, and the same bytes every time."""

import io
from datetime import datetime

from openpyxl import Workbook

from transforms.reports.files.office_files import without_clock


def saved(workbook: Workbook) -> bytes:
    """The bytes of a workbook, without the clock."""
    workbook.properties.created = datetime(2000, 1, 1)  # noqa: DTZ001
    buffer = io.BytesIO()
    workbook.save(buffer)
    return without_clock(buffer.getvalue())
