"""Parse the words between a subject and its figure, from right to left, until the subject begins.

They are taken off from the figure backwards, one after the other: 森林覆盖率|稳定|达到, 能耗|较2020年|累计|下降|超过.
"""

import re
from dataclasses import dataclass, field

from transforms.plans.prose.sentences import HELD, Sentence
from transforms.plans.prose.years import Time

_WORDS = {
    "at_least": "大于等于|不得?低于|不得?少于|不小于|高于|大于|达到或超过|超过|超出|超|至少|突破|≥|>=|>",
    "at_most": "小于等于|不得?超过|不得?高于|不大于|不多于|低于|小于|至多|≤|<=|<",
    "about": "约为|大约|大概|(?<!节)约|接近|近|≈",
    "reach": (
        "(?:提高|提升|增加|增长|上升|扩大|回升|恢复|发展|优化|调整|变化|下降|降低|减少|压减|压缩|控制|增|升|降|减)(?:到|至|为)|"
        "达到并(?:稳定|保持|维持)在|达到|到达|达|控制在|保持在|稳定在|维持在|(?<=[\u4e00-\u9fff])在|保持|维持|实现|为|是|完成|建成|形成|^[至到]"
    ),
    "fall": "(?:下降|降低|减少|削减|压减|降)了?|(?<=[HELD])低",
    "rise": "(?:增长|提高|提升|上升|净?增加|高出|扩大|升|增)了?|(?<=[HELD])高",
    "drop": "下降率|降低率|降幅|下降幅度|降低幅度|下降比例|降低比例",
    "increment": "新增|净增",
    "total": "累计|累积|合计|共计|总计|(?<!公)共",
    "yearly": "年均|每年|年平均",
    "each": "分别|各",
    "both": "均|都",
    "from_": "由|从|自",
    "of": "的",
    "adverb": (
        "确保|原则上|预计|预期|有望|努力|进一步|逐步|稳步|持续|稳定|不断|大幅度?|明显|显著|总体|整体|基本|继续|平均|"
        "(?:国家|省|上级)下达|目标值?|指标值?|任务|全部|普遍|将|也|则|(?<!需)要|(?<![响反供效])应|已|再|就|(?<=[均都也就])[可能]|又|仍|比例?达(?=到)|(?<=[HELD])到"
    ),
    "hoped": "力争|争取",
    "held": "[HELD]",
}
_TAIL = re.compile(
    "(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _WORDS.items()).replace("HELD", HELD) + ")$"
)
# 高于全省2个百分点, 比全国平均高5个百分点: against another place, which is no target.
_ELSEWHERE = re.compile(
    r"(?:高于|低于|优于|快于|超过|超出|超(?!额|低|过|大|高)|领先|(?<![占对之百类同])比|较|高出)[^,;]{0,12}?"
    r"(?:全国|全省|全市|全区|全球|世界|国家|省|平均|任务|预期|计划|规划目标|下达目标)[^,;]{0,8}$"
)
# 销售量不低于汽车新车销售总量的20%: a part of a base.
_OF_BASE = re.compile(
    r"^(?P<subject>.+?)(?P<verb>不低于|不少于|超过|达到|达|约占|占到|突破)(?P<base>[\u4e00-\u9fff]{2,14})$"
)
_AMOUNT = re.compile("(?:负荷|总量|总额|总数)$")  # 达到最大负荷5%, without 的


@dataclass
class Predicate:
    """What the words before a figure say.

    Attributes:
        phrase: what is left: the subject with the words before it.
        words: the kinds of words found, of `_WORDS`.
        times: phrases of time between subject and figure, from left to right.
        asides: brackets between subject and figure.
        elsewhere: compared with another place.
    """

    phrase: str
    words: set[str] = field(default_factory=set)
    times: list[Time] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)
    elsewhere: bool = False

    @property
    def form(self) -> str:
        """`level`, `change` or `increment`."""
        if "drop" in self.words or ("reach" not in self.words and self.words & {"fall", "rise"}):
            return "change"
        return "increment" if "increment" in self.words else "level"

    @property
    def falls(self) -> bool:
        """Whether a change is a decrease."""
        return bool(self.words & {"fall", "drop"})

    @property
    def bound(self) -> str | None:
        """at_least, at_most or about, where a word says so."""
        return next((one for one in ("at_most", "at_least", "about") if one in self.words), None)

    @property
    def frame(self) -> Time | None:
        """The year beside the figure: 占比2025年达到20%."""
        return next((one for one in reversed(self.times) if one.role == "frame"), None)


def read_predicate(before: str, sentence: Sentence) -> Predicate:
    """Take the words of the predicate off the end of a text that goes before a figure."""
    text = before
    words: list[str] = []
    times: list[Time] = []
    asides: list[str] = []
    while match := _TAIL.search(text):
        kind = match.lastgroup or ""
        if kind in {"fall", "rise"} and "reach" in words and not {"total"} & set(words):
            kind = "adverb"  # 稳步提升，达到: the figure is what is reached
        words.append(kind)
        times = [*sentence.times(match[0]), *times]
        asides = [*sentence.asides(match[0]), *asides]
        text = text[: match.start()]
    found = Predicate(text, set(words), times, asides, bool(_ELSEWHERE.search(text)))
    if (part := _OF_BASE.match(text)) and ("of" in words[:1] or _AMOUNT.search(part["base"])):
        found.phrase = f"{part['subject']}占{part['base']}"
        found.words.add("at_least" if part["verb"] in {"不低于", "不少于", "超过", "突破"} else "reach")
        found.elsewhere = False
    return found
