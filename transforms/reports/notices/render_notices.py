"""What goes to the submitters of a province: for each pilot with something to act on a letter and a marked copy."""

import re
from collections.abc import Callable, Iterable
from functools import partial

from transforms.failures import Failure, attempt
from transforms.reports.notices.annotated_copy import render_annotated
from transforms.reports.notices.correction_notice import render_notice
from transforms.reports.notices.corrections import corrections
from transforms.reports.view import View
from transforms.safe_text import single_line

# What a file may not be called on Windows, where these are opened.
_UNSAFE = re.compile(r'[<>:"/\\|?*\ufffd]')
_LONGEST = 60  # characters of a name: with three bytes each still far below what a file system takes


def render_notices(view: View, failures: list[Failure] | None = None) -> dict[str, bytes]:
    """The files by their path in the package: `notices/<pilot>补正通知.docx` and `notices/<pilot>问题标注.xlsx`.

    One that cannot be made is added to `failures`; without that list, its error is raised.
    """
    found = list(corrections(view, failures))
    files: dict[str, bytes] = {}
    for name, correction in zip(_file_names(one.pilot for one in found), found, strict=True):
        makers: dict[str, Callable[[], bytes | None]] = {
            f"notices/{name}补正通知.docx": partial(render_notice, correction, view.contracts),
            f"notices/{name}问题标注.xlsx": partial(render_annotated, correction),
        }
        for path, maker in makers.items():
            if content := attempt(f"{view.title}/{path}", failures, maker):
                files[path] = content
    return files


def _file_names(pilots: Iterable[str]) -> list[str]:
    """A name for each pilot that any file system takes and no other pilot of the province has."""
    names: list[str] = []
    for pilot in pilots:
        safe = _UNSAFE.sub("_", single_line(pilot, _LONGEST)).strip(" .") or "试点"
        name, number = safe, 1
        while name.casefold() in {taken.casefold() for taken in names}:
            number += 1
            name = f"{safe}（{number}）"
        names.append(name)
    return names
