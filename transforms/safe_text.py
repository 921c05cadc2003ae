"""Text that XML, UTF-8 and a single line can hold, whatever characters a submission contains."""

import re
import unicodedata

REPLACEMENT = "\ufffd"  # written for a character that cannot be read or stored
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # not allowed in XML 1.0
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def replace_forbidden(text: str) -> str:
    """Replace every character that XML 1.0 forbids by `�`."""
    return _FORBIDDEN.sub(REPLACEMENT, text)


def repair_surrogates(text: str) -> str:
    """Join pairs of surrogates to one character, and replace a single surrogate by `�`, so that UTF-8 can encode it."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if has_surrogates(text) else text


def has_surrogates(text: str) -> bool:
    """Return whether a text contains surrogates, which some programs leave when they cut an emoji in half."""
    return not text.isascii() and _SURROGATE.search(text) is not None


def single_line(text: str, longest: int) -> str:
    """Put a text on one line of at most `longest` characters.

    Line breaks, control characters and characters that change the direction of writing become spaces.
    """
    shown = "".join(" " if _is_invisible(character) else character for character in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or character in "\ufffe\uffff"
