"""Write and read the hidden metadata sheet of a published review workbook."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from transforms.decisions.sheet_grid import clean
from transforms.safe_text import repair_surrogates

_HEADER = ("项目", "名称", "内容")
_FIELDS = {"round": "批次", "province": "省份", "content": "内容标识", "contracts": "规则与指标表"}
_CONTAINS, _FINDING, _PILOT, _SHEET, _COMMENTS, _CHECK = "已含审核文件", "问题", "试点", "工作表", "批注", "校验"
_PIECE = 30_000  # a cell holds 32 767 characters
# Programs may trim or replace these when they save; JSON escapes them.
_FRAGILE = re.compile(r"[\s\ud800-\udfff\ufffe\uffff]")


class MetadataError(Exception):
    """The rows of the sheet were changed."""


@dataclass(frozen=True)
class PublishedWorkbook:
    """Metadata of a published workbook.

    Attributes:
        contains: sha256 of the review files that were merged before.
        findings: by key: the finding, texts `shown` in the fields of the form, `marks` of other cells by title.
        pilots: the same by `pilot_key`.
        sheets: hashes of the rows of every other sheet.
        comments: hashes of the texts of all comments on cells.
    """

    round: str
    province: str
    content: str
    contracts: str
    contains: tuple[str, ...]
    findings: dict[str, dict[str, Any]]
    pilots: dict[str, dict[str, Any]]
    sheets: dict[str, list[str]]
    comments: tuple[str, ...] = ()


def to_rows(published: PublishedWorkbook) -> list[list[str]]:
    """Return one row per field, finding, pilot and sheet; long content continues in further cells; last a checksum."""
    rows = [list(_HEADER)]
    rows += [[title, "", getattr(published, name)] for name, title in _FIELDS.items()]
    rows += [[_CONTAINS, sha256] for sha256 in published.contains]
    for title, entries in ((_FINDING, published.findings), (_PILOT, published.pilots), (_SHEET, published.sheets)):
        rows += [[title, clean(key), *_pieces([key, entry])] for key, entry in entries.items()]
    rows += [[_COMMENTS, "", *_pieces([_COMMENTS, published.comments])]] if published.comments else []
    return [*rows, [_CHECK, "", _checksum(rows)]]


def is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether rows are the first row of the sheet."""
    return [tuple(row) for row in rows] == [_HEADER]


def from_rows(rows: Sequence[Sequence[str]]) -> PublishedWorkbook:
    """Read the rows back.

    Raises:
        MetadataError: if a row was changed, added or removed.
    """
    try:
        *body, seal = ([*row, "", ""][: max(3, len(row))] for row in rows)
        if seal[0] != _CHECK or seal[2] != _checksum(body):
            raise MetadataError
        facts = {name: next(row[2] for row in body if row[0] == title) for name, title in _FIELDS.items()}
        parts = {
            title: dict(_entry("".join(row[2:])) for row in body if row[0] == title)
            for title in (_FINDING, _PILOT, _SHEET, _COMMENTS)
        }
    except (ValueError, StopIteration, IndexError) as error:
        raise MetadataError from error
    contains = tuple(row[1] for row in body if row[0] == _CONTAINS)
    return PublishedWorkbook(
        **facts,
        contains=contains,
        findings=parts[_FINDING],
        pilots=parts[_PILOT],
        sheets=parts[_SHEET],
        comments=tuple(parts[_COMMENTS].get(_COMMENTS, ())),
    )


def pilot_key(province: str, pilot: str) -> str:
    """Return a hash that identifies a pilot in the hidden column, because names may have characters that cells lose."""
    return hashlib.sha256(f"{province}|{pilot}".encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _pieces(entry: object) -> list[str]:
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    text = _FRAGILE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]


def _entry(text: str) -> tuple[str, Any]:
    """Read one entry; a lone surrogate, possible only in a forged file, becomes `�`."""
    key, entry = json.loads(text)
    if "\\ud" in text.lower():
        key, entry = json.loads(repair_surrogates(json.dumps([key, entry], ensure_ascii=False)))
    return key, entry


def _checksum(rows: Sequence[Sequence[str]]) -> str:
    lines = ("\x1f".join(row).rstrip("\x1f") for row in rows)
    return hashlib.sha256("\x1e".join(lines).encode()).hexdigest()
