"""The files for submitters: a correction notice and an annotated copy for each pilot with faults."""

from collections.abc import Callable
from functools import partial

from transforms.failures import Failure, attempt
from transforms.reports.files.pilot_files import file_names
from transforms.reports.notices.annotated_copy import render_annotated
from transforms.reports.notices.correction_notice import render_notice
from transforms.reports.notices.corrections import corrections
from transforms.reports.view import View


def render_notices(view: View, failures: list[Failure] | None = None) -> dict[str, bytes]:
    """Return the files by path in the package: `notices/<pilot>补正通知.docx` and `notices/<pilot>问题标注.xlsx`.

    Args:
        view: of a province.
        failures: gets the files that fail; without it, the error is raised.
    """
    found = list(corrections(view, failures))
    files: dict[str, bytes] = {}
    for name, correction in zip(file_names(one.pilot for one in found), found, strict=True):
        makers: dict[str, Callable[[], bytes | None]] = {
            f"notices/{name}补正通知.docx": partial(render_notice, correction, view.contracts),
            f"notices/{name}问题标注.xlsx": partial(render_annotated, correction),
        }
        for path, maker in makers.items():
            if content := attempt(f"{view.title}/{path}", failures, maker):
                files[path] = content
    return files
