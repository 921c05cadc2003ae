"""Normalise names and units to lookup keys; the only module that decides which spellings are equal."""

import re
import unicodedata

# Sheets of the template without input cells. A workbook with META_SHEET is a filled-in template.
META_SHEET = "_元数据"
GUIDE_SHEET = "填报说明"
# Footnote marks that Word leaves on names: [1], ①, *. They go before NFKC, which would turn ① into a plain 1.
_FOOTNOTE = re.compile(r"[\[【〔]\s*(?:注\s*)?\d{1,2}\s*[\]】〕]|[\u2460-\u2473\u24eb-\u24f4]|[*＊※]+$")
_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_COUNTED = re.compile(r"^([万亿千百])\(([^()]+)\)$")
LONGEST_WORDING = 60  # of the names in the contracts, with room to spare
_RATIO = re.compile("比重|比例|占比|份额")
_SAME = str.maketrans("—–,;〔〕", "--、、()", "·")  # after NFKC, which makes ，and ； ASCII


def plain(text: str) -> str:
    """Return the text in half-width (NFKC) without white space."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def name_key(text: str) -> str:
    """Return the key of an indicator, category, sheet or place name.

    Ignores case, width, white space and footnote marks.
    """
    return plain(_FOOTNOTE.sub("", text)).translate(_SAME).casefold()


def wording_key(text: str) -> str:
    """Return the key of a name in a sentence or row; ignores 的, and X 占 Y 的比重 equals X 占 Y 比例."""
    key = _RATIO.sub("比重", name_key(text).replace("的", ""))
    return key.removesuffix("比重") if "占" in key else key


def unit_key(text: str) -> str:
    """Return the key of a unit: `MJ/m ²`, `mj/㎡` and `MJ／m2` are equal, 万（辆） and 万辆, 平方千米 and 平方公里.

    Ignores brackets around the whole unit.
    """
    key = plain(text.replace("㎡", "m2").replace("㎢", "km2")).casefold().replace("平方米", "m2")
    key = _COUNTED.sub(r"\1\2", key.replace("平方千米", "平方公里"))
    key = "%" if key in {"百分比", "百分数", "百分之"} else key
    return key[1:-1] if key.startswith("(") and key.endswith(")") else key
