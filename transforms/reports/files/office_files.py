"""Save workbooks and Word documents as the same bytes at every run."""

import io
import re
import zipfile
from datetime import datetime

from openpyxl.workbook import Workbook
from openpyxl.writer.excel import ExcelWriter

_FIXED_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 - without meaning: the clock must not enter a package
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def workbook_bytes(workbook: Workbook) -> bytes:
    """Return a workbook as .xlsx."""
    workbook.properties.created = _FIXED_DATE
    buffer = io.BytesIO()
    ExcelWriter(workbook, zipfile.ZipFile(buffer, "w")).save()  # not compressed: `without_clock` does that
    return without_clock(buffer.getvalue())


def without_clock(content: bytes) -> bytes:
    """Rewrite an Office file with fixed times, in place of those that openpyxl, python-docx and zipfile write."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", part)
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return result.getvalue()
