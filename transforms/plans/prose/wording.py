"""Normalise the spelling of prose: widths, traditional characters, numerals, ratios, footnote marks."""

import re

from contracts.guide import Guide
from contracts.naming import plain
from transforms.intake.values.chinese_numerals import YEAR_DIGITS, parse_numeral

# 1,200 is one number; a full-width comma never groups digits.
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
# Raised numbers are marks of notes, except in m² and m³.
_NOTES = re.compile(r"(?<![mM米])[\u00b9\u00b2\u00b3\u2070-\u2079]+|[\u2460-\u2473]|[\[〔]\s*注?\s*\d{1,2}\s*[\]〕]")
_CHINESE_YEAR = re.compile(r"[一二][〇○零一二三四五六七八九]{3}(?=年)")
_PERCENT = re.compile(
    r"[一二三四五六七八九十百千]{1,3}分之[〇零一二两三四五六七八九十百点]{1,8}"
    r"|(?:一半|半数|[一二两三四五六七八九]成[一二三四五六七八九半]?)(?=[,。;、]|以上|以下|左右)"
)
_POINTS = re.compile(r"[一二两三四五六七八九十]{1,3}(?=个?百分点)")
# 三次产业比重为4.3:39.2:56.5: the last of the three is the share of 第三产业.
_THREE = re.compile(
    r"(?<!第)(?:三次产业|三产|一二三产业|产业(?=结构))(?:增加值)?(?:结构|构成)?(?:比重|比例|占比|之比|比)?"
    r"(?=[^。;]{0,30}?[\d.]+[:∶][\d.]+[:∶][\d.]+)"
)
_RATIO = re.compile(r"[\d.]+[:∶][\d.]+[:∶]([\d.]+)(?![:∶\d])%?")
# 560多万千瓦, 3万余辆: more than the figure, like 以上.
_MORE = re.compile(
    r"(?<=\d)([万亿千百]?)[余多]([万亿]?(?:千瓦|辆|台|个|家|座|公顷|亩|吨标准煤|吨|亿元|万元|元|平方公里|平方米))(?!以上)"
)
_SIGNS = str.maketrans("≧⩾≦⩽", "≥≥≤≤")
_LISTED = re.compile(r"(?<=[%点瓦辆亩顷吨时家个座]),(?=\d+(?:\.\d+)?(?![\d.年]))")


def one_spelling(text: str, guide: Guide) -> str:
    """Return simplified half-width text with digits for numerals, without white space, note marks, grouping.

    Full stops, 、 and brackets stay; , ; : come out half-width.
    """
    text = _GROUPED.sub(lambda match: match[0].replace(",", ""), _NOTES.sub("", text.replace("…", "，")))
    text = plain(text).translate(_SIGNS).translate({ord(pair[0]): pair[1] for pair in guide.traditional})
    text = _CHINESE_YEAR.sub(lambda match: match[0].translate(YEAR_DIGITS), text)
    text = _POINTS.sub(_in_digits, _PERCENT.sub(_in_digits, text))
    text = _MORE.sub(r"\1\2以上", text)
    text = _RATIO.sub(r"\1%", _THREE.sub("第三产业比重", text)) if _THREE.search(text) else text
    text = re.sub(r"(?<=[为到达]):(?=\d)", "", text)  # 分别为：669万千瓦
    return _LISTED.sub("、", text)  # 分别达到21%，25%


def _in_digits(match: re.Match[str]) -> str:
    numeral = parse_numeral(match[0])
    return f"{numeral[0].normalize():f}{'%' if numeral[1] else ''}" if numeral else match[0]
