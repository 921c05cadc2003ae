"""Rows of the forms in a review workbook, on any sheet and in any order."""

from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from contracts.review_form import FORMS, Form
from transforms.decisions.sheet_grid import FormPosition, Grid, find_form, rows_below


@dataclass(frozen=True)
class FormRow:
    """One row of a form: location, text of each field (None without its column), and all other cells by title."""

    form: Form
    sheet: str
    number: int
    key: str
    columns: dict[str, int]
    texts: dict[str, str | None]
    others: dict[str, str]

    def at(self, title: str) -> str:
        """Return the address of the cell in a column."""
        return f"{get_column_letter(self.columns.get(title, 1))}{self.number}"

    def in_words(self) -> str:
        """Return all texts of the row in Chinese."""
        texts = [f"{self.form.fields[name]}“{text}”" for name, text in self.texts.items() if text]
        return "，".join(texts)


def all_rows(grids: dict[str, Grid]) -> Iterator[FormRow]:
    """Yield the rows of every form on any sheet, including copied sheets."""
    for sheet, grid in grids.items():
        for form in FORMS:
            place = find_form(grid, form, is_named=sheet == form.sheet)
            if place:
                yield from _rows(grid, sheet, form, place)


def _rows(grid: Grid, sheet: str, form: Form, place: FormPosition) -> Iterator[FormRow]:
    fields = {name: place.columns.get(title) for name, title in form.fields.items()}
    for number in rows_below(grid, place):
        texts = {name: None if column is None else grid.get((number, column), "") for name, column in fields.items()}
        others = {title: grid.get((number, column), "") for title, column in place.columns.items()}
        yield FormRow(form, sheet, number, others.get(form.key, ""), place.columns, texts, others)
