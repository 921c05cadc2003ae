"""One province published several times, and what its history holds."""

from pathlib import Path

from flows.publication.history import HISTORY, versions

BOOK = "河北省评审工作簿.xlsx"


def package(text: str) -> dict[str, dict[str, bytes]]:
    return {"河北省": {BOOK: text.encode(), "submissions/a.xlsx": b"sent"}}


def book(out: Path) -> str:
    return (out / "河北省" / BOOK).read_text(encoding="utf-8")


def kept(out: Path) -> list[str]:
    return [(out / HISTORY / "河北省" / name / BOOK).read_text(encoding="utf-8") for name in versions(out, "河北省")]
