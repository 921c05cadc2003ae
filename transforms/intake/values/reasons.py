"""Decide whether a text says why there is no value (尚未统计), or only whence, how or of what one is measured."""

import re

from contracts.naming import plain

_LEAST = 3  # characters: 无此项; 删减 alone gives no reason
_LEAST_FREE = 4  # of a text without the words of a reason
# 绿证暂不计入 and 统计口径未调整 are definitions.
_NO_DEFINITION = "(?!.{0,3}(?:计入|扣除|扣减|包含|包括|含|考虑|剔除|折算|变|调整|超|达|经))"
_NOT_DONE = (
    "统计|开展|建立|建设|建成|实施|编制|下达|发布|公布|掌握|测算|核算|监测|调查|普查|形成|制定|确定|启动|获|取得|分解|设|填报|"
    "提供|反馈|收集|投产|运行"
)
_REASON = re.compile(
    "删减|删除|删去|不适用|不涉及|未涉及|不具备|不存在|不产生|不生产|不属于|不掌握|不开展|不再|不(?:做|作|予)|不宜|不可得|不符|"
    f"(?:尚未|暂未|暂不|尚不|还未|还没|目前未|仍未|从未|没有|尚无|暂无){_NO_DEFINITION}|暂缺|缺少|缺乏|缺失|"
    f"未(?:单独|全面|能|曾|予以?|专门|分类|细化|列入|纳入|进行)*(?:{_NOT_DONE})|"
    "无(?:此|该|这|相关|相应|有关|类似|任何|上述|专门|单独|历史|统计|数据|资料|指标|项目|监测|条件|法|从)|"
    "(?:[省市县区内地]|园区|均|也)无(?![误变差需须])|"
    "口径[^无未没]{0,3}(?:收窄|变窄|缩小|扩大|变化|变更|改变|不同|不一致)|(?:制度|方法|口径|范围|区划)(?:调整|改革|变更)[后，]|"
    "取消|停止|终止|撤销|关停|停产|废止|中止|合并|代替|难以|难于|困难|涉密|保密|由于|因为|(?:^|[^原])因[^子素此]|"
    "待.{0,8}(?:统计|核|定|建|公布|下达|反馈|发布|确认)|正在|拟[自于在建开新]"
)
_ORIGIN = re.compile(
    "来源|提供|年鉴|公报|快报|初步|可比价|不变价|现行?价|口径|折算|换算|[测核估]算|计入|扣除|剔除|系数|因子|统计局|核实|无误|四舍五入|保留|《"
)
_ORIGIN_WHOLE = re.compile(
    "按.+|.{0,8}指[^标].+|.{0,4}含.+|见.+|单位.+|(?:约束|预期)性(?:指标)?|(?:规划|计划)?目标值?|"
    "(?:按|为)?(?:全市|全域|市域|市区|城区|中心城区|主城区|建成区|市辖区|行政区域?)(?:范围|数据?)?|"
    r"(?:19|20)\d\d年?(?:数|值|数据|底|末|度|现状|水平)?"
)
_CLAUSE = re.compile("[、，,；;。]")


def is_reason(text: str) -> bool:
    """Return whether a text says in words of a reason why a value is missing."""
    said = plain(text)
    return len(said) >= _LEAST and bool(_REASON.search(said))


def is_reason_on_notes(text: str) -> bool:
    """Return whether a text on a sheet for reasons is one: any but sources, years, definitions and methods alone."""
    return is_reason(text) or (len(text) >= _LEAST_FREE and not is_origin(text))


def is_origin(text: str) -> bool:
    """Return whether each clause of a text is a source, a year, a definition or a method."""
    clauses = filter(None, _CLAUSE.split(plain(text)))
    return all(_ORIGIN.search(one) or _ORIGIN_WHOLE.fullmatch(one) for one in clauses)
