"""Compare a filled-in review workbook with what was published in it: decisions by key, and remarks on other changes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from contracts.review_form import (
    CONCLUSIONS,
    FIELDS,
    FINDINGS,
    FORMS,
    NO_ROWS,
    NOTHING_TO_DO,
    OPEN,
    READ_AS,
    REOPENED,
    SCORE_SHEET,
    WRITTEN,
    Form,
    may_write,
)
from transforms.decisions.form_rows import FormRow, all_rows
from transforms.decisions.ledger import Remark, ReviewFile
from transforms.decisions.metadata import PublishedWorkbook
from transforms.decisions.scores import read_scores
from transforms.decisions.sheet_grid import Grid, mark, row_marks, squeeze
from transforms.decisions.unused_entries import entries_in_comments, entries_outside
from transforms.decisions.verdicts import read_verdict
from transforms.intake.formats.comments import CellComment
from transforms.safe_text import REPLACEMENT

_SHORT = 200
# What may be written in the fields with a dropdown.
_VERDICTS = {"status": (*(state.title for state in WRITTEN), NOTHING_TO_DO), "conclusion": CONCLUSIONS}
_ABOUT = ("pilot", "rule", "indicator", "year", "raw_value", "value", "message")


def compare_workbook(
    file: str,
    sha256: str,
    published: PublishedWorkbook,
    grids: dict[str, Grid],
    comments: Sequence[CellComment] | None = (),
) -> ReviewFile:
    """Return the decisions of a workbook, given by its sheets, and remarks on changes that are not used.

    `comments`: on its cells; None if they cannot be read.
    """
    return _Comparison(file, sha256, published).read(grids, comments)


class _Comparison:
    """Compare a workbook with its metadata from publication."""

    def __init__(self, file: str, sha256: str, published: PublishedWorkbook) -> None:
        self._file = file
        self._sha256 = sha256
        self._published = published
        self._remarks: list[Remark] = []

    def read(self, grids: dict[str, Grid], comments: Sequence[CellComment] | None) -> ReviewFile:
        rows = [self._with_key(row) for row in all_rows(grids)]
        decisions = [decision for row in rows if (decision := self._decide(row))]
        self._note_missing(rows)
        self._note_other_sheets(grids, {row.sheet for row in rows})
        for where, text in (*entries_outside(grids, rows), *entries_in_comments(comments, self._published.comments)):
            self._remark(where, text)
        published = self._published
        return ReviewFile(
            self._file,
            self._sha256,
            published.province,
            frozenset(published.contains),
            published.contracts,
            frozenset(published.findings),
            tuple(decisions),
            tuple(self._remarks),
            scores=read_scores(grids),
        )

    def _remark(self, where: str, text: str) -> None:
        self._remarks.append(Remark(self._published.province, self._file, where, text))

    def _known(self, form: Form) -> dict[str, dict[str, Any]]:
        return self._published.findings if form is FINDINGS else self._published.pilots

    def _with_key(self, row: FormRow) -> FormRow:
        """Return a row of a form whose key column was deleted with the key of the only row published with its cells."""
        if row.form.key in row.columns:
            return row
        marks = {title: mark(text) for title, text in row.others.items()}
        found = [
            key
            for key, one in self._known(row.form).items()
            if (shared := one["marks"].keys() & marks.keys()) and all(one["marks"][at] == marks[at] for at in shared)
        ]
        return replace(row, key=found[0]) if len(found) == 1 else row

    def _decide(self, row: FormRow) -> dict[str, Any] | None:
        """Return the decision of a row: the fields that differ from the published ones."""
        was = self._known(row.form).get(row.key)
        where = f"{row.sheet}!{row.at(row.form.key)}"
        if was is None:
            if row.in_words():
                what = f"编号“{row.key[:40]}”不在本工作簿发布的内容中" if row.key else "该行没有编号"
                self._remark(where, f"{what}，无法确定针对哪一项，未采用：{row.in_words()}")
            return None
        shown = was["shown"]
        changed = {
            name: text
            for name, text in row.texts.items()
            if text is not None and squeeze(text) != squeeze(shown.get(name, ""))
        }
        if self._note_foreign_row(row, was):
            if changed:
                self._remark(where, f"该行其他内容与编号不符（可能只对部分列排序），未采用：{row.in_words()}")
            return None
        written = self._written(row, changed, shown)
        if not written:
            return None
        first = row.form.fields[next(iter(written))]
        about = {name: was.get(name) for name in _ABOUT}
        return {
            "round": self._published.round,
            "province": self._published.province,
            "finding_key": row.key if row.form is FINDINGS else None,
            **about,
            **{name: written.get(name) for name in (*FIELDS, "refused")},
            "file": self._file,
            "file_sha256": self._sha256,
            "sheet": row.sheet,
            "cell": row.at(first),
        }

    def _written(self, row: FormRow, changed: dict[str, str], shown: dict[str, str]) -> dict[str, str]:
        """Return changed fields in the form of the model, and as `refused` a verdict that is not offered."""
        written: dict[str, str] = {}
        asides = []
        for name, text in changed.items():
            where = f"{row.sheet}!{row.at(row.form.fields[name])}"
            if REPLACEMENT in text and REPLACEMENT not in shown.get(name, ""):
                self._remark(where, f"有无法显示的字符（如被截断的表情符号），以“{REPLACEMENT}”代替，其余照原样采用。")
            if name not in _VERDICTS:
                written[name] = text
                continue
            before = shown.get(name, "")
            title, aside = read_verdict(text, (*_VERDICTS[name], before)) if text else ("", "")
            asides += [aside] if aside else []
            state, was = READ_AS.get(title or "", OPEN), READ_AS.get(before, OPEN)
            if title is None or (name == "status" and state is not was and not may_write(was, state)):
                written |= {name: REOPENED.id if name == "status" else REOPENED.title, "refused": text}
                said = f"“{text[:_SHORT]}”不在下拉列表的可选项中，按“{REOPENED.title}”处理，请重新选择。"
                self._remark(where, f"{row.form.fields[name]}{said}")
            elif name == "status" and state is not was:
                written[name] = state.id
            elif name == "conclusion" and title != before:
                written[name] = title
        if asides:
            written["opinion"] = "\n".join(filter(None, (written.get("opinion", shown.get("opinion")), *asides)))
        return written

    def _note_foreign_row(self, row: FormRow, was: dict[str, Any]) -> bool:
        """Note changed read-only cells; return True if the row is more like that of another key."""
        marks: dict[str, str] = was["marks"]
        known = self._known(row.form).values()
        texts = {title: row.others.get(title, "") for title in marks if title in row.columns}
        seen = {title: mark(text) for title, text in texts.items()}
        other = [title for title in seen if seen[title] != marks[title]]
        if other and any(_alike(seen, one["marks"]) > len(seen) - len(other) for one in known):
            return True
        for title in other:
            self._remark(
                f"{row.sheet}!{row.at(title)}", f"“{title}”被改为“{texts[title][:_SHORT]}”，该处不可编辑，未采用。"
            )
        return False

    def _note_missing(self, rows: list[FormRow]) -> None:
        for form in FORMS:
            known, here = self._known(form), [row for row in rows if row.form is form]
            if known and not here:
                self._remark("", f"找不到“{form.sheet}”的“{form.key}”列，其中的意见未能读取。")
            elif missing := len(known.keys() - {row.key for row in here}):
                self._remark(here[0].sheet, f"有{missing}行被删除；已按系统内容恢复，此前的意见不受影响。")
            if here and form.key not in here[0].columns:
                self._remark(here[0].sheet, f"找不到“{form.key}”列，已按各行其余内容识别；不能识别的行逐条列出。")
            for title, count in self._other_columns(form, here).items():
                self._remark(here[0].sheet, f"新增或改名的“{title}”列有{count}行内容，未采用；意见请写在原有的栏内。")
            if here and (lost := [title for name, title in form.fields.items() if here[0].texts[name] is None]):
                self._remark(here[0].sheet, f"找不到“{'”“'.join(lost)}”列，按未改动处理。")

    def _other_columns(self, form: Form, rows: list[FormRow]) -> Counter[str]:
        """Count the filled cells of each column that was not published."""
        published = {title for one in self._known(form).values() for title in one["marks"]}
        published |= {form.key, *form.fields.values()}
        filled = [{title: text for title, text in row.others.items() if text} for row in rows]
        texts = [row for row in filled if list(row.values()) != [NO_ROWS]]
        return Counter(title for row in texts for title in row if title not in published)

    def _note_other_sheets(self, grids: dict[str, Grid], forms: set[str]) -> None:
        for name, grid in grids.items():
            if name in forms:
                continue
            if name not in self._published.sheets:
                if grid and name not in {SCORE_SHEET, *(form.sheet for form in FORMS)}:
                    self._remark(name, "新增的工作表，未读取；原件已存档。")
                continue
            left = Counter(self._published.sheets[name])
            left.subtract(row_marks(grid))
            if other := sum(-count for count in left.values() if count < 0):
                self._remark(name, f"有{other}行与发布时不同；该表不可编辑，改动未采用。")


def _alike(seen: dict[str, str], marks: dict[str, str]) -> int:
    return sum(marks.get(title) == text for title, text in seen.items())
