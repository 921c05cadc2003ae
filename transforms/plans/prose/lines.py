"""Join lines into paragraphs where a PDF saved as Word has one paragraph per line."""

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from transforms.plans.word.text import Paragraph

_STOPPED = re.compile(r"[。！？；：:;!?.]\s*[”’」』）)]?$")
_BEGINS = re.compile(
    r"^(?:第[一二三四五六七八九十]+[章节条]|[一二三四五六七八九十]{1,3}[、是]|[（(][一二三四五六七八九十\d]{1,3}[）)]"
    r"|\d{1,2}[.．、](?!\d)|[—\-·●■◆]|专栏|表\d|图\d|附件)"
)
# A line of a page is longer than this; and of a document in lines at least so many of them are open.
_LINE, _OPEN = 15, 0.4

Headed = tuple[str, Paragraph]


def join_lines(paragraphs: Sequence[Headed]) -> list[Headed]:
    """Join what belongs together, if most paragraphs of the document end within a sentence; else change nothing."""
    lines = [paragraph.text for _, paragraph in paragraphs if len(paragraph.text) >= _LINE and not paragraph.table]
    cut = [len(line) for line in lines if not _STOPPED.search(line)]
    if not cut or len(cut) < _OPEN * len(lines):
        return list(paragraphs)
    full = median(cut) - 1  # a sentence may end where the line does
    found: list[Headed] = []
    line = ""
    for heading, paragraph in paragraphs:
        if found and _continues(line, full, found[-1], heading, paragraph):
            before = found[-1][1]
            found[-1] = (heading, replace(before, text=before.text + paragraph.text))
        else:
            found.append((heading, paragraph))
        line = paragraph.text
    return found


def _continues(line: str, full: float, before: Headed, heading: str, paragraph: Paragraph) -> bool:
    """Return whether a paragraph continues the line before it."""
    open_ = len(line) >= (full if _STOPPED.search(line) else _LINE)
    plain = not (before[1].table or paragraph.table or paragraph.label or before[1].strong != paragraph.strong)
    return open_ and plain and before[0] == heading and not _BEGINS.match(paragraph.text)
