"""Read the notes below a table: what ①, *, [1] behind a figure mean, and brackets around one."""

import re
from collections.abc import Iterable, Mapping

from transforms.intake.cells import Sheet
from transforms.intake.values.footnote_marks import mark_key

_LONGEST = 400
_HEAD = re.compile(r"^\s*[（(]?\s*(?:注释?|备注|说明|表注|附注)\s*[)）]?\s*(?P<number>\d{1,2}|[①-⑳])?\s*[:：.、．]?\s*")
_CLAUSES = re.compile(
    r"[；;。\n]+|[，,](?=\s*(?:带|标)?[\"“]?[\[［(（【〔*＊※①-⑳]\s*[\]］)）】〕*＊※]?)|"
    r"(?<=[^\d\s（(\[“\"])\s*(?=(?:\d{1,2}(?:[.．](?!\d)|、)|[①-⑳]))"
)
_SERIAL = re.compile(
    r"^\s*(?:[（(]?(?P<number>\d{1,2})(?:[)）、:：]|[.．](?!\d))\s*|(?P<circled>[①-⑳])\s*|"
    r"[\[【〔](?:注)?(?P<boxed>\d{1,2})[\]】〕]\s*|(?P<plain>\d{1,2})\s*(?=[^\d\s.%％年]))"
)
_MEANS = (
    r"(?:内|中|里|号)?(?:的)?(?:数据|数值|数字|数|指标|者|部分)?(?:均)?(?:代表为|代表|表示|为|指|系|是|即|[:：])?\s*"
)
_QUOTE = "[\"“‘'”’]?"
_SYMBOL = re.compile(
    rf"^(?:标有|标注|标|带有|带|加注|加|注有|凡|其中)?\s*{_QUOTE}(?P<symbol>[*＊※#＃†‡△▲☆★]{{1,3}}|[①-⑳]|\[\d{{1,2}}\]){_QUOTE}{_MEANS}(?P<text>.+)$"
)
_BRACKETS = re.compile(
    rf"^(?:标|带)?\s*{_QUOTE}(?P<open>[\[［(（【〔])\s*…*\s*(?P<close>[\]］)）】〕]){_QUOTE}{_MEANS}(?P<text>.+)$"
)
_PAIRS = {"[": "[]", "［": "[]", "(": "()", "（": "()", "【": "【】", "〔": "〔〕"}


def read_notes(sheet: Sheet, below: int) -> dict[str, str]:
    """Read the notes below a row by the key of their mark (`1`, `*`) or brackets (`[]`, `()`, `【】`)."""
    lines = (
        cell.text
        for (row, _), cell in sorted(sheet.cells.items())
        if row > below and cell.held == "text" and len(cell.text) <= _LONGEST
    )
    return parse_notes(lines)


def parse_notes(lines: Iterable[str]) -> dict[str, str]:
    """Parse the lines below a table: 注：1.“*”为初步核算数；2.［］内为五年累计数."""
    notes: dict[str, str] = {}
    for line in lines:
        head = _HEAD.match(line)
        rest = line[head.end() :] if head else line
        for at, clause in enumerate(part for part in _CLAUSES.split(rest) if part and part.strip()):
            number = head["number"] if head and at == 0 and head["number"] else None
            _add(notes, clause.strip(), mark_key(number) if number else None)
    return notes


def meaning_of(marks: Iterable[str], bracket: str | None, notes: Mapping[str, str]) -> list[str]:
    """Return the notes of a value's marks and brackets, each with its mark; one without a note says so."""
    found = [f"{_shown(mark)}：{notes[mark.strip('()')]}" for mark in marks if mark.strip("()") in notes]
    return [*found, f"{bracket[0]} {bracket[1]}内：{notes[bracket]}"] if bracket and bracket in notes else found


def _shown(mark: str) -> str:
    return f"注{mark}" if mark.strip("()").isdigit() else mark


def _add(notes: dict[str, str], clause: str, number: str | None) -> None:
    """Add one clause under the symbol that it explains, else under its own number."""
    if not number and (serial := _SERIAL.match(clause)):
        number = mark_key(next(group for group in serial.groups() if group))
        inner = clause[serial.end() :]
    else:
        inner = clause
    if match := _BRACKETS.match(inner):
        notes.setdefault(_PAIRS[match["open"]], match["text"].strip())
    elif match := _SYMBOL.match(inner):
        notes.setdefault(mark_key(match["symbol"]), match["text"].strip())
    elif number and (text := re.sub(r"^(?:表示|代表|为|指|系|是|[:：])", "", inner).strip()):
        notes.setdefault(number, text)
