"""Match a verdict as a reviewer typed it with the titles that are offered."""

import re
from collections.abc import Iterable

from transforms.decisions.sheet_grid import squeeze

_ASIDE = re.compile(r"^(.+?)[（(](.*)[）)]$", re.DOTALL)
_ENDS = "。．.！!，,；;、"


def read_verdict(text: str, offered: Iterable[str]) -> tuple[str | None, str]:
    """Return the title that a text means, None if it is not offered, and the words in brackets after it.

    Blanks and a final full stop mean nothing: `误报。` is 误报, `说明可接受（口头）` is 说明可接受 with 口头.
    """
    titles = {squeeze(title): title for title in offered if title}
    plain = text.strip().rstrip(_ENDS).strip()
    if found := titles.get(squeeze(plain)):
        return found, ""
    if (match := _ASIDE.match(plain)) and (found := titles.get(squeeze(match[1]).rstrip(_ENDS))):
        return found, match[2].strip()
    return None, ""
