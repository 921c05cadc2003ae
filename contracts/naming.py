"""How a name from a submission becomes a key to look up: the only place that decides which spellings are equal."""

import re
import unicodedata
from functools import lru_cache

# Sheets of the template that hold nothing of the submitter's. A workbook with the first is a filled-in template.
META_SHEET = "_元数据"
GUIDE_SHEET = "填报说明"
# Footnote marks that Word leaves on names: [1], ①, *. They go before NFKC, which would turn ① into a plain 1.
_FOOTNOTE = re.compile(r"[\[【〔]\s*(?:注\s*)?\d{1,2}\s*[\]】〕]|[\u2460-\u2473\u24eb-\u24f4]|[*＊※]+$")
_SHORT = 80  # what is longer is no name, and would fill the memory
_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_SAME = str.maketrans(
    {
        "﹪": "%",
        "—": "-",
        "–": "-",
        "－": "-",
        "，": "、",
        ",": "、",
        "；": "、",
        "·": "",
        "〔": "(",
        "〕": ")",
    }
)


def plain(text: str) -> str:
    """Half-width, without white space of any kind: two cells that look alike become equal."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def name_key(text: str) -> str:
    """Key of an indicator, category, sheet or place name; case, width, spaces and footnote marks do not matter."""
    return _short_name_key(text) if len(text) <= _SHORT else _name_key(text)


def unit_key(text: str) -> str:
    """Key of a unit: `MJ/m ²`, `mj/㎡` and `MJ／m2` are one; brackets around the whole unit do not matter."""
    return _short_unit_key(text) if len(text) <= _SHORT else _unit_key(text)


def _name_key(text: str) -> str:
    return plain(_FOOTNOTE.sub("", text)).translate(_SAME).casefold()


def _unit_key(text: str) -> str:
    key = plain(text.replace("㎡", "m2").replace("㎢", "km2")).casefold().replace("平方米", "m2")
    key = "%" if key in {"百分比", "百分数", "百分之"} else key
    return key[1:-1] if key.startswith("(") and key.endswith(")") else key


# The same names stand in every submission, and each is asked for many times.
_short_name_key = lru_cache(maxsize=8192)(_name_key)
_short_unit_key = lru_cache(maxsize=1024)(_unit_key)
