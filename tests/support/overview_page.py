"""The overview index.html of the sample round or of another, parsed into elements, rows and the pages of pilots."""

import re
from functools import cache
from html.parser import HTMLParser

from tests.support.sample_round import whole_round
from transforms.pipeline import Review
from transforms.reports.overview.overview import render_overview

VOID = {"meta", "input", "rect", "link", "img", "br"}


class Outline(HTMLParser):
    """Every element with its attributes, and the text of the table rows; complains about what is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"} and self.rows:
            self.rows[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page(review: Review | None = None) -> str:
    return render_overview(review).decode() if review else _whole_page()


@cache
def _whole_page() -> str:
    return render_overview(whole_round()).decode()


def row_of(outline: Outline, *cells: str) -> list[str]:
    (found,) = [row for row in outline.rows if row[: len(cells)] == list(cells)]
    return found


def pages(text: str) -> dict[str, Outline]:
    """The page of each pilot by its name."""
    found = re.findall(r"<article .*?</article>", text, re.DOTALL)
    return {re.search("<bdi>(.*?)</bdi>", one)[1]: Outline(one) for one in found}  # type: ignore[index]
