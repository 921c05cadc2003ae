"""What workbooks and letters share: text that XML can hold, and packages that are the same bytes every time."""

import io
import re
import unicodedata
import zipfile

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold
LOST = "\ufffd"  # stands for what could not be read
_HALF = re.compile(r"[\ud800-\udfff]")
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def legal(text: str) -> str:
    """The text with `�` for every character that XML forbids."""
    return _FORBIDDEN.sub("\ufffd", text)


def mended(text: str) -> str:
    """The text as UTF-8 can hold it: two halves of a character made one, `�` for a half that has no other."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if has_halves(text) else text


def has_halves(text: str) -> bool:
    """Whether a text has halves of characters (surrogates), which some programs leave when they cut an emoji."""
    return not text.isascii() and _HALF.search(text) is not None


def one_line(text: str, longest: int) -> str:
    """Text of a submission in a line of ours: nothing in it that breaks, hides or turns the line, and not endless."""
    shown = "".join(" " if _unseen(character) else character for character in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def without_clock(content: bytes) -> bytes:
    """A zip package without the clock that openpyxl, python-docx and zip put into it."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", part)
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or character in "\ufffe\uffff"
