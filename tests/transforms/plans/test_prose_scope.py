"""Scope of a target in prose: the whole pilot, a part of it, or a larger place; and names of indicators."""

import pytest

from contracts.load import load_contracts
from contracts.naming import wording_key
from transforms.plans.prose.find_targets import known_wordings, read_paragraph
from transforms.plans.prose.scope import in_scope

CONTRACTS = load_contracts("first-batch")
GUIDE = CONTRACTS.guide
KNOWN = known_wordings(CONTRACTS.tables.values())


def scoped(text: str) -> list[tuple[str | None, str]]:
    found = in_scope(list(read_paragraph(text, GUIDE, KNOWN)), CONTRACTS.tables["city"], ["大连市"], CONTRACTS)
    scope = ["-" if not one.match else one.match.narrower or one.match.wider or one.match.form for one in found]
    return [(one.match.indicator.code if one.match else None, words) for one, words in zip(found, scope, strict=True)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全市森林覆盖率达到40%。", [("C24", "level")]),
        ("大连市持续提升森林覆盖率达到40%。", [("C24", "level")]),
        ("全省森林覆盖率达到45%，非化石能源消费占比达到20%。", [("C24", "全省"), ("C07", "全省")]),
        ("长海县森林覆盖率达到45%，绿色出行比例达到70%。", [("C24", "长海县"), ("C18", "县")]),
        ("重点领域加快转型，森林覆盖率达到45%。", [("C24", "level")]),
        ("国家储备林建设有力，森林覆盖率达到45%。", [("C24", "level")]),
        ("城市（中心城区）绿色出行比例达到75%。", [("C18", "中心城区")]),
        ("绿色出行比例达到75%（中心城区）。", [("C18", "中心城区")]),
        ("森林覆盖率达到45%（责任单位：市林业局、各县）。", [("C24", "level")]),
        (
            "中心城区公交分担率达60%、绿色出行比例达70%，森林覆盖率达40%。",
            [(None, "-"), ("C18", "城区"), ("C24", "level")],
        ),
        ("公共机构新能源汽车渗透率达到30%。", [("C16", "公共机构")]),
        ("新增建筑垃圾综合利用率达到60%。", [("C15", "新增")]),
        ("新增可再生能源装机20万千瓦。", [("C11", "increment")]),
        ("完成造林3万亩，其中人工造林1万亩。", [("C25", "level"), ("C25", "其中")]),
        (
            "支持长海县创建示范县，到2025年绿色出行比例达到75%，全市达标，全市森林覆盖率达到40%。",
            [("C18", "长海县"), ("C24", "level")],
        ),
        ("推进城乡融合和县域经济发展，森林覆盖率达到40%。", [("C24", "level")]),
        ("支持普兰店率先创建森林城市，到2025年森林覆盖率达到75%。", [("C24", "普兰店")]),
        ("组织瓦房店等3市开展创建行动，到2025年绿色出行比例达到75%。", [("C18", "瓦房店等3市")]),
        ("推动大连创建森林城市，到2025年森林覆盖率达到45%。", [("C24", "level")]),
        ("推进全市持续创建森林城市，森林覆盖率达到45%。", [("C24", "level")]),
        ("推进森林城市创建工作，到2025年森林覆盖率达到45%。", [("C24", "level")]),
        ("推进节约型机关、绿色家庭创建行动，绿色出行比例达到70%。", [("C18", "level")]),
        ("辽宁省大连市森林覆盖率达到45%，绿色出行比例达到70%。", [("C24", "level"), ("C18", "level")]),
        ("人均新能源汽车保有量0.1辆。", [(None, "-")]),
        ("其中星级绿色建筑占比达到30%，江苏省森林覆盖率达到24%。", [("C12", "level"), ("C24", "江苏省")]),
        ("新能源和可再生能源装机30万千瓦。", [(None, "-")]),
        ("可再生能源发电装机达到50%。", [(None, "-")]),
        ("公共建筑能耗强度下降10%，能耗强度下降14%。", [(None, "-"), ("C01", "change")]),
        ("主要资源产出率提高20%，主要资源产出率达到2元/千克。", [("C22", "change")]),
        ("可再生能源电力消纳责任权重达到25%。", [(None, "-")]),
        ("万元GDP能耗降到0.4吨标准煤。", [("C01", "level")]),
        ("森林覆盖率2达到40%。", [("C24", "level")]),
        ("全省到2025年森林覆盖率达到45%，大连市达到42%。", [("C24", "全省"), ("C24", "level")]),
        ("全国森林覆盖率24%，我市力争达到42%。", [("C24", "全国"), ("C24", "level")]),
        ("绿色出行比例：中心城区80%，全市75%，县（市）60%。", [("C18", "中心城区"), ("C18", "level"), ("C18", "县")]),
        ("沿海区县要率先达峰，到2025年森林覆盖率达到35%。", [("C24", "沿海区县")]),
        ("在开发区先行先试，到2025年园区非化石能源占比达到25%。", [("C07", "园区")]),
        (
            "绿色出行比例75%以上（含公共交通），森林覆盖率40%（不含公共绿地）。",
            [("C18", "level"), ("C24", "不含公共绿地")],
        ),
        ("光伏、风电等可再生能源总装机突破600万千瓦大关。", [("C11", "level")]),
        ("支持金州区打造示范区，绿色出行比例2025年达到80%。", [("C18", "金州区")]),
        ("1.金州区：2025年绿色出行比例达到82%。", [("C18", "金州区")]),
        ("大连市：2025年绿色出行比例达到82%。", [("C18", "level")]),
        ("国家提出到2030年非化石能源消费比重达到25%。", [("C07", "国家")]),
        ("省方案要求到2025年森林覆盖率达到42%，我市达到43%。", [("C24", "全省"), ("C24", "level")]),
        ("公交车、出租车等新能源汽车保有量1万辆。", [("C17", "公交车、出租车等")]),
    ],
)
def test_the_scope_is_in_the_noun_phrase(text: str, found: list[tuple[str | None, str]]) -> None:
    assert scoped(text) == found


def test_what_the_park_is_called_is_not_the_city_around_it() -> None:
    text = "全市非化石能源消费占比达到20%，园区非化石能源消费占比达到60%。"
    found = in_scope(list(read_paragraph(text, GUIDE, KNOWN)), CONTRACTS.tables["park"], ["苍南园区"], CONTRACTS)
    assert [one.match and one.match.wider for one in found] == ["全市", None]


def test_a_park_is_called_by_its_kind() -> None:
    read = list(read_paragraph("开发区非化石能源消费占比达到60%，高新区非化石能源消费占比达到70%。", GUIDE, KNOWN))
    found = in_scope(read, CONTRACTS.tables["park"], ["苍南经济开发区"], CONTRACTS)
    assert [one.match and one.match.narrower for one in found] == [None, "高新区"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("新能源汽车新车销量占比", "C16"),
        ("可再生能源装机规模", "C11"),
        ("可再生能源电力装机", "C11"),
        ("万元地区生产总值能耗", "C01"),
        ("单位生产总值能源消耗", "C01"),
        ("单位生产总值二氧化碳排放", "C02"),
        ("非化石能源占能源消费总量的比例", "C07"),
        ("非化石能源占一次能源消费的比重", "C07"),
        ("星级绿色建筑占比", "C12"),
        ("新能源汽车累计保有量", "C17"),
        ("建筑垃圾资源化率", "C15"),
        ("服务业增加值占地区生产总值的比重", "C06"),
        ("绿色建筑占比", None),
        ("大宗工业固废综合利用率", None),
        ("生活垃圾回收利用率", None),
        ("主要再生资源循环利用量", None),
        ("风电、光伏发电装机容量", None),
        ("高新技术产业增加值占比", None),
    ],
)
def test_a_printed_name_is_known_or_not(name: str, code: str | None) -> None:
    found = CONTRACTS.tables["city"].by_wording.get(wording_key(name))
    assert (found.code if found else None) == code
