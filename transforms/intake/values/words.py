"""Cells without a figure: nothing, not applicable, a target in words, a placeholder of the template."""

import re

ABSENT = {
    "暂无", "暂无数据", "无数据", "缺", "缺失", "数据暂缺", "数据缺失", "待统计", "统计中", "正在统计",
    "待公布", "待发布", "未公布", "待定", "未定", "待确定", "待核定",
}  # fmt: skip
_NO_DATA = re.compile(
    r"(?:目前|本市|尚|暂)*(?:无|未|没有|缺乏?|缺少)(?:有|此项|该项|相关|有效|开展|进行|纳入)*(?:统计|监测|核算|调查)?(?:数据|口径|制度)?"
)
_NOT_YET = re.compile(
    r"(?:统计|核算|年鉴|公报|数据|结果)*(?:目前|尚|暂|仍|有|等)*(?:待|未|正在)(?:国家|省|市|统计|部门|局|年鉴|数据|最终|核算)*"
    r"(?:公布|发布|统计|核算|反馈)(?:中|后(?:填报|补充|补报))?"
)
# 统计局7月公布, 预计2026年6月底发布, 数据未出: when or by whom it will be known.
_DATE = re.compile(r"(?:19|20)\d\d(?:年度?)?|\d{1,2}月(?:份|底|末|初|中旬|上旬|下旬)?|[上下]半年|年[底中末]")
_LATER = re.compile(
    r"(?:预计|计划|拟|将|待|由|于|在|需|要|等)*(?:国家|省|市|统计|部门|局|年鉴|公报|数据|最终|核算|结果)*"
    r"(?:预计|计划|拟|将|待|于|在)*(?:公布|发布|反馈|出数)(?:后(?:填报|补充|补报))?"
)
_NOT_OUT = re.compile(r"(?:统计|年度|年鉴)?(?:数据|数|结果)?(?:尚|暂|还)?未(?:出|出来|出数|出数据|出结果)")
NOT_APPLICABLE = {
    "无", "-", "--", "---", "—", "——", "/", "//", "\\", "无此项", "不涉及", "不适用", "n/a", "na",
}  # fmt: skip
WHOLE = {"全部", "全部达到", "全部实现", "全部完成", "全部达标", "全覆盖", "实现全覆盖", "全面覆盖", "全部覆盖"}
_YEAR = re.compile(r"(?:19|20)\d\d年?")
_PERIOD = re.compile(r"“?十[二三四五六]五”?")
_TARGET = re.compile(
    "下降|降低|减少|增长|提高|提升|上升|增加|改善|优化|完成|达标|保持|持续|稳定|稳步|不断|逐步|进一步|显著|大幅|明显|领先|先进|"
    "高于|低于|不低于|优于|倍增|翻番|全部|全面|基本|实现|下达|核定|要求|任务|为准|稳中|持平|平均水平|不减|不降|不增|只增|只升|规定|执行|落实|"
    r"^同(?:上|(?:19|20)\d\d年?)|一批|若干|零增长|零排放|零填埋|考核目标|明确|部署|前列|省定|国定|既定|标准|扩大|加快|巩固|合理区间|控制"
)
_PLACEHOLDER = re.compile(
    r"^(?:约|[≥≤><])?(?:[x×✕✖]+(?:\.[x×✕✖]+)?|_{2,}|\*{2,}|□+|○{2,}|…+|\.{3,}|\?+)(?:%|[\u4e00-\u9fff/a-z0-9]{0,8})$|"
    r"^[\[(【〔<《]?(?:此处|请|待|在此|如|例)[^\d]{0,12}(?:填写|填报|填入|输入|补充)[^\d]{0,12}[\])】〕>》]?$|^[\[(【〔<《][^\d]{0,10}(?:填写|填报|填入|输入)[^\d]{0,10}[\])】〕>》]$|^(?:待填|待补|待补充|填写数值|数值)$"
)
_PEAK_YEAR = re.compile(
    r"^[^\d]{0,8}(?:(?:19|20)\d\d年?)?(?:前|左右|底|底前)?[^\d]{0,6}(?:碳|二氧化碳|排放)?达峰[^\d]{0,6}$"
)
_YEAR_ALONE = re.compile(r"^(?:19|20)\d\d年(?:底|末|前|左右|底前)?$")
_LOOK_ALIKE = (("O", 0), ("I", 1), ("L", 1))
_LETTERS = re.compile(r"^[≥≤><约]?[\doil.,]*[oil][\doil.,]*%?(?:以上|左右|以下)?$")


def is_absent(words: str) -> bool:
    """Return whether a text says that there is no figure: 暂无数据, 尚未开展统计, 待统计部门公布."""
    bare = _DATE.sub("", words)  # 2023年未统计
    return (
        bare in ABSENT
        or bool(_NOT_YET.fullmatch(bare))
        or bool(_NOT_OUT.fullmatch(words))
        or bool(_DATE.search(words) and _LATER.fullmatch(bare))
        or bool(re.search("统计|监测|核算|调查|数据", words) and _NO_DATA.fullmatch(words))
    )


def is_target_in_words(words: str) -> bool:
    """Return whether a text without a figure states a target: 完成省下达任务, 与2025年持平."""
    if words in WHOLE:
        return True
    return not re.search(r"\d", _YEAR.sub("", words)) and bool(_TARGET.search(_PERIOD.sub("", words)))


def is_placeholder(words: str) -> bool:
    """Return whether a text is left over from a template: XX%, ××万元, （此处填写…）."""
    return bool(_PLACEHOLDER.match(words))


def problem_of(words: str) -> str | None:
    """Return in Chinese why a text with digits is no value: a year, a letter O; None if it may be one."""
    if _PEAK_YEAR.match(words):
        return "填写的是达峰时间，不是该指标的数值。"
    if _YEAR_ALONE.match(words):
        return "填写的是年份，不是该指标的数值。"
    if _LETTERS.match(words) and re.search(r"\d", words):
        found = [f"“{letter}”（疑为{digit}）" for letter, digit in _LOOK_ALIKE if letter.casefold() in words]
        return f"其中有字母{'、'.join(found)}，不是数字。"
    return None
