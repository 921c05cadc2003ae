"""Read delimited text (.csv, .tsv) in UTF-8, UTF-16, UTF-32 or GB18030: cells of text only."""

import codecs
import csv
import io
import re

from transforms.intake.cells import Cell, Sheet, UnreadableFileError
from transforms.intake.formats import limits

NAME = "CSV"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_SAMPLE = 64


def read(content: bytes) -> Sheet:
    """Read delimited text as one sheet.

    Raises:
        UnreadableFileError: if it is no text, in none of these encodings, or has no columns.
    """
    if len(content) > limits.TEXT:
        raise UnreadableFileError(f"文本文件超过{limits.TEXT // limits.MIB} MiB")
    text = _decode(content)
    if _BINARY.search(text):
        raise UnreadableFileError("不是工作簿：内容既不是表格文件，也不是文本")
    delimiter = _delimiter(text)
    cells: dict[tuple[int, int], Cell] = {}
    for row, line in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
        for column, value in enumerate(line, 1):
            if value.strip():
                cells[row, column] = Cell(row, column, "text", value)
        if row > limits.ROWS or len(cells) > limits.CELLS:
            raise UnreadableFileError(f"有内容的单元格超过{limits.CELLS}个，或行数过多")
    return Sheet(NAME, cells)


def _decode(content: bytes) -> str:
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            # Halves of characters are mended later, with all others.
            return content.decode(encoding, "surrogatepass")
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError("不是工作簿，也不是能够识别编码的文本（UTF-8、UTF-16、GB18030）")


def _delimiter(text: str) -> str:
    """Return the character that splits most of the first lines."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:_SAMPLE]
    counts = {delimiter: sum(delimiter in line for line in lines) for delimiter in (",", "\t", ";", "|")}
    best = max(counts, key=lambda delimiter: counts[delimiter])
    if not counts[best]:
        raise UnreadableFileError("不是工作簿，而是没有分列的文本")
    return best
