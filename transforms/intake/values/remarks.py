"""Classify what is written beside a value (快报数, 占GDP, 中心城区, 五年累计): does it change what the value means?"""

import re

from contracts.indicators import Indicator

_OTHER_AREA = re.compile(
    "中心城|主城|市区|城区|建成区|市辖区|市本级|本级|核心区|起步区|启动区|示范区|试验区|试点区|先行区|片区|部分|局部|"
    "[^全]县|街道|乡镇|农村|乡村|园区内|区域内"
)
_OTHER_GROUP = re.compile(
    "全社会|规上|规模以上|限上|限额以上|重点(?:企业|行业|领域|单位|用能)|公共(?:机构|建筑)|政府投资|国有|公交|公共汽车|仅|只含|限于|"
    "不含|不包括|未含|未包括|扣除|剔除|除外"
)
_OTHER_MEASURE = re.compile(
    "林木|绿化覆盖|绿化率|草原|湿地|降低|下降|降幅|增速|增幅|增长率|增长量|反升|反降|新增|同比增|环比|人均|日均|月均|发电量|用电量|"
    "[二三]星"
)
_SCOPE = re.compile("(?:(?:仅|只)[^，。；、,;和]{2,8}|(?:按|为)?[^，。；、,;和全]{2,8}(?:口径|范围|统计数?|数据))。?")
_NOT_BUILT = re.compile(
    "(?<!不)(?:含|包括|计入)有?(?:在建|拟建|筹建|待建|未建|未投产|储备|核准|备案|规划(?:项目|建设|在建|装机|$))"
)
_OTHER_VEHICLES = re.compile("(?<!不)(?:含|包括|计入)有?(?:摩托|电动自行车|电动两轮|低速)")
_HIGHER_GRADE = re.compile("[二三]星")
_TOTAL = re.compile("累计|合计|[三四五]年(?:总|计|间|合)|规划期|期间|十[二三四五六]五”?(?:时期|期间|累计|合计)?$|总计")
_YEARLY = re.compile("年均|年平均|平均每年|每年|年度")
_OTHER_PLACE = re.compile("全省|全国|省均|国家平均|全省平均|省级")
_BESIDE = re.compile("^(?:较|比|同比|其中|含|包括|并?力争|争取|努力|且|同时)")  # says more about the same value
_SHARE_OF = re.compile("^占")
_NEUTRAL = re.compile(
    "快报|初步|初核|预计|预期|预估|预测|估算|估计|测算|核算|核定|核实|暂定|暂估|暂行|目标|规划|计划|统计|公报|年报|月报|调度|调查|监测|"
    "考核|修订|口径|当量|等价|可比价|不变价|现价|现行价|价格|约束性|预期性|含|包括|其中|全市|全域|市域|全口径|行政区|电热|发电煤耗|普查|"
    "基期|基准|现状|五”?末|同上|见|详见|较|比|口头|以上|左右|数据|来源|小数|四舍五入|保留|取整|待|力争|不低于|不高于|参考|全部"
)
_PEAK_LOAD = re.compile("负荷|尖峰|[夏冬]峰")
_OTHER_YEAR = re.compile(r"^(?:(?:19|20)\d\d)年?(?:数|值|数据|底|末|度|现状|水平)?$")
_PRICE = re.compile(r"价$|价格")
_GDP = re.compile("GDP|地区生产总值|生产总值|gdp")
# Words that belong to what an indicator measures, and so never narrow it.
_OWN_WORDS = {
    "C05": re.compile("建设用地|建成区|行政区"),
    "C09": _PEAK_LOAD,
    "C12": re.compile("^(?:城镇)?新建(?:民用)?建筑$"),
    "C16": re.compile("新车|销量|销售|上牌|上险"),
    "P07": re.compile("^(?:城镇)?新建(?:民用)?建筑$"),
}


def is_scope(remark: str) -> bool:
    """Return whether a text of the column 备注 says no more than an area or a group: 中心城区口径, 仅含规上工业."""
    said = remark.strip()
    return bool(_SCOPE.fullmatch(said) and (said[0] in "仅只" or _OTHER_AREA.search(said)))


def doubt_of(remark: str, indicator: Indicator, year: int) -> str | None:
    """Return why a remark puts the value in doubt, in Chinese; None if the value stays what its indicator measures.

    Args:
        remark: from brackets beside the value, or the text of a footnote.
        indicator: of the row; its own words never narrow it (负荷 of 需求侧响应能力).
        year: of the column.
    """
    measures = {scale.measure for scale in indicator.scales.values()}
    beyond = "含未建成的项目" if _NOT_BUILT.search(remark) and "count" not in measures else None
    beyond = beyond or ("含指标以外的车辆" if _OTHER_VEHICLES.search(remark) else None)
    if beyond or _BESIDE.match(remark) or is_own(remark, indicator):
        return beyond
    for pattern, reason in (
        (_OTHER_PLACE, "是其他地区的数值"),
        (_OTHER_AREA, "只涉及部分区域"),
        (_OTHER_GROUP, "统计范围与指标不同"),
        (_OTHER_MEASURE, "与指标含义不同"),
    ):
        if pattern.search(remark):
            return reason
    if _TOTAL.search(remark) and not measures & {"stock", "capacity", "count"}:
        return "是多年累计数"
    if _YEARLY.search(remark) and "年度" not in remark and not measures & {"growth", "rate", "flow"}:
        return "是年均数"
    if (match := _OTHER_YEAR.match(remark)) and int(match[0][:4]) != year:
        return "是其他年份的数值"
    return None


def is_known(remark: str) -> bool:
    """Return whether a remark is known to leave the value's meaning unchanged."""
    return bool(
        _NEUTRAL.search(remark)
        or _PRICE.search(remark)
        or _YEARLY.search(remark)
        or _TOTAL.search(remark)
        or _PEAK_LOAD.search(remark)
        or _OTHER_YEAR.match(remark)
    )


def is_narrowing(remark: str) -> bool:
    """Return whether a remark limits the area or the group that a value is about."""
    return bool(
        _OTHER_AREA.search(remark)
        or _OTHER_GROUP.search(remark)
        or _OTHER_PLACE.search(remark)
        or _HIGHER_GRADE.search(remark)
    )


def is_own(remark: str, indicator: Indicator) -> bool:
    """Return whether a remark only repeats what the indicator measures: 占GDP, 最大负荷 of 需求侧响应能力."""
    if _SHARE_OF.match(remark):
        noun = remark.removeprefix("占").removesuffix("的").removesuffix("比重").removesuffix("比例")
        return bool(_GDP.search(remark)) or (len(noun) >= 2 and noun in indicator.name)
    own = _OWN_WORDS.get(indicator.code)
    return remark in indicator.name or bool(own and own.search(remark))
