"""Names of the files that a package has for each pilot."""

import re
from collections.abc import Iterable

from transforms.reports.sheet_parts.tables import Row
from transforms.safe_text import single_line

# Not allowed in file names on Windows.
_UNSAFE = re.compile(r'[<>:"/\\|?*\ufffd]')
_LONGEST = 60  # characters of a name
_BYTES = 180  # of a name: file systems allow 255, of which the kind of the document and the archive need some


def file_names(pilots: Iterable[str]) -> list[str]:
    """Return a file name for each pilot, unique in the province and allowed by every file system."""
    names: list[str] = []
    for pilot in pilots:
        safe = _UNSAFE.sub("_", single_line(pilot, _LONGEST)).encode()[:_BYTES].decode(errors="ignore").strip(" .")
        safe = safe or "试点"
        name, number = safe, 1
        while name.casefold() in {used.casefold() for used in names}:
            number += 1
            name = f"{safe}（{number}）"
        names.append(name)
    return names


def opinion_paths(statuses: Iterable[Row]) -> dict[tuple[str, str], str]:
    """Return the path of the opinion in the package by province and pilot, from rows of `pilot_statuses`."""
    by_province: dict[str, list[str]] = {}
    for row in statuses:
        if row["pilot"] and row["province"]:
            by_province.setdefault(row["province"], []).append(row["pilot"])
    return {
        (province, pilot): f"opinions/{name}评审意见.docx"
        for province, pilots in by_province.items()
        for pilot, name in zip(pilots, file_names(pilots), strict=True)
    }
