"""The grammar of targets in prose, step by step: each has a table of cases, of sentences of our own."""

from decimal import Decimal

import pytest

from contracts.load import load_contracts
from contracts.naming import wording_key
from transforms.plans.claims import said
from transforms.plans.prose.figures import find_figures
from transforms.plans.prose.lines import join_lines
from transforms.plans.prose.predicates import read_predicate
from transforms.plans.prose.scope import in_scope
from transforms.plans.prose.sentences import set_aside, split_clauses, split_sentences
from transforms.plans.prose.subjects import share_subjects
from transforms.plans.prose.targets import find_targets, known_wordings, read_paragraph
from transforms.plans.prose.wording import one_spelling
from transforms.plans.prose.years import Time, find_times
from transforms.plans.word.text import Paragraph

CONTRACTS = load_contracts("first-batch")
GUIDE = CONTRACTS.guide
KNOWN = known_wordings(CONTRACTS.tables.values())


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("二〇二五年，达到百分之三十五点五；", "2025年,达到35.5%;"),
        ("提高三个百分点", "提高3个百分点"),
        ("替代率达到七成以上，占比一半左右，达到四分之一。", "替代率达到70%以上,占比50%左右,达到25%。"),
        ("≧70％，⩽30％", "≥70%,≤30%"),
        ("面积1,200公顷，共12，345", "面积1200公顷,共12,345"),
        ("森林覆盖率¹达到②35％，能耗30MJ/m²", "森林覆盖率达到35%,能耗30MJ/m2"),
        ("三次产业结构由4.1:40.5:55.4调整为3：39：58", "第三产业比重由55.4%调整为58%"),
        ("分别为21%，25%，到2025年，500个", "分别为21%、25%,到2025年,500个"),
        ("非化石能源占比分別達到：21%", "非化石能源占比分别达到21%"),
    ],
)
def test_a_text_has_one_spelling(text: str, read: str) -> None:
    assert one_spelling(text, GUIDE) == read


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("到2025年底,", [("frame", (2025,))]),
        ("到2025年和2030年,", [("frame", (2025, 2030))]),
        ("2023年、2025年、2030年甲", [("frame", (2023, 2025, 2030))]),
        ("2022至2025年", [("frame", (2022, 2023, 2024, 2025))]),
        ("“十四五”时期", [("frame", (2025,))]),
        ("到“十五五”末", [("frame", (2030,))]),
        ("“十四五”规划", []),
        ("甲占比2025年达到20%", [("frame", (2025,))]),
        ("比2020年下降", [("base", (2020,))]),
        ("较“十三五”末下降", [("base", (2020,))]),
        ("与2015年相比,", [("base", (2015,))]),
        ("在2022年基础上提高", [("base", (2022,))]),
        ("同比提高", [("base", ())]),
        ("由2020年的15%提高到2025年的20%", [("frame", (2020,)), ("frame", (2025,))]),
        ("2023年3月15日", [("other", ())]),
        ("2023年12月底前,", [("frame", (2023,))]),
        ("2025年以前,", [("frame", (2025,))]),
        ("“十三五”以来", [("other", ())]),
        ("目前,", [("other", ())]),
        ("编号2025号", []),
        ("2025非化石", [("frame", (2025,))]),
    ],
)
def test_phrases_of_time_have_a_role(text: str, times: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(one.role, one.years) for _, _, one in find_times(text)] == times


def test_what_is_no_grammar_is_set_aside() -> None:
    sentence = set_aside("到2025年,城市(中心城区)绿色出行比例达到75%(其中,2023年达到60%);《2030年方案》", "")
    assert [item for item in sentence.items if isinstance(item, str)] == ["中心城区", "2030年方案"]
    assert [item.years for item in sentence.items if isinstance(item, Time)] == [(2025,), (2023,)]
    assert [mark for _, mark in split_clauses(sentence)] == ["", ",", ",", ",", ";"]


def test_a_sentence_keeps_its_print() -> None:
    printed = "到2025年，甲占比达到20％（见表）。"
    assert [one.raw for one in split_sentences(printed + "乙占比达到30%。", GUIDE)] == [printed, "乙占比达到30%。"]


@pytest.mark.parametrize(
    ("clause", "figures"),
    [
        ("甲占比达到20%以上", ["20%at_least"]),
        ("控制在1.3以内", ["1.3Noneat_most"]),
        ("建成5万千瓦左右", ["5万千瓦about"]),
        ("分别达到20%和30%左右", ["20%", "30%about"]),
        ("60万千瓦机组煤耗300克以下", ["300克at_most"]),
        ("80%以上的机关达到要求", ["80%at_least机关达到要求"]),
        ("形成占最大负荷5%左右的需求侧响应能力", ["5%about需求侧响应能力"]),
        ("达到3%~5%", []),
        ("提高3个百分点至25%", ["3个百分点", "25%"]),
        ("实现20%的目标", ["20%"]),
        ("第12号文件5个部门", []),
        ("达到20%左右二、主要任务", ["20%about"]),
        ("达到20%全市绿地率40%", ["20%", "40%"]),
        ("由18%提高到21%", ["18%", "21%"]),
    ],
)
def test_a_figure_ends_a_statement(clause: str, figures: list[str]) -> None:
    assert [
        f"{one.value}{one.unit}{one.bound or ''}{one.object or ''}" for one in find_figures(clause, GUIDE)
    ] == figures


@pytest.mark.parametrize(
    ("before", "phrase", "form", "bound"),
    [
        ("森林覆盖率稳定达到", "森林覆盖率", "level", None),
        ("森林覆盖率持续稳定在", "森林覆盖率", "level", None),
        ("森林覆盖率提高到", "森林覆盖率", "level", None),
        ("甲占比力争不低于", "甲占比", "level", "at_least"),
        ("甲突破", "甲", "level", "at_least"),
        ("甲控制在约", "甲", "level", "about"),
        ("单位GDP能耗累计下降超过", "单位GDP能耗", "change", "at_least"),
        ("单位GDP能耗下降率达到", "单位GDP能耗", "change", None),
        ("森林覆盖率稳步提升达到", "森林覆盖率", "level", None),
        ("可再生能源装机新增", "可再生能源装机", "increment", None),
        ("新型储能达到", "新型储能", "level", None),
        ("电力需求侧响应达到", "电力需求侧响应", "level", None),
        ("新能源汽车销售量不低于汽车新车销售总量的", "新能源汽车销售量占汽车新车销售总量", "level", "at_least"),
        ("非化石能源占能源消费总量的", "非化石能源占能源消费总量", "level", None),
    ],
)
def test_the_words_before_a_figure_are_its_predicate(before: str, phrase: str, form: str, bound: str | None) -> None:
    predicate = read_predicate(before, set_aside(before, ""))
    assert (predicate.phrase, predicate.form, predicate.bound) == (phrase, form, bound)


@pytest.mark.parametrize("before", ["甲分别高于全省", "甲比全国平均水平高", "甲超过全国平均水平", "甲均优于全市"])
def test_a_comparison_with_another_place_is_no_target(before: str) -> None:
    assert read_predicate(before, set_aside(before, "")).elsewhere


@pytest.mark.parametrize(
    ("phrase", "figures", "before", "subjects"),
    [
        ("单位GDP能耗和二氧化碳排放", 2, "分别", ["单位GDP能耗", "单位GDP二氧化碳排放"]),
        ("建筑垃圾、生活垃圾资源化利用率", 2, "分别", ["建筑垃圾资源化利用率", "生活垃圾资源化利用率"]),
        ("能耗和碳排放强度", 2, "分别", ["能耗强度", "碳排放强度"]),
        ("森林覆盖率、绿色出行比例", 1, "均", ["森林覆盖率", "绿色出行比例"]),
        ("第一产业、第三产业占比", 1, "", ["第一产业、第三产业占比"]),
        ("甲、乙、丙占比", 2, "分别", []),
        ("甲占比", 2, "分别", ["甲占比"]),
    ],
)
def test_subjects_are_shared(phrase: str, figures: int, before: str, subjects: list[str]) -> None:
    predicate = read_predicate(before, set_aside(before, ""))
    assert share_subjects(phrase, figures, predicate, KNOWN) == subjects


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


NON_FOSSIL, GREEN = "非化石能源消费占比", "绿色出行比例"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            f"到2025年，改造完成。{NON_FOSSIL}达到20%；{GREEN}达到70%。",
            [(2025, NON_FOSSIL, "20%"), (2025, GREEN, "70%")],
        ),
        (f"到2025年，改造完成。到2030年，{GREEN}达到80%。", [(2030, GREEN, "80%")]),
        (f"——到2025年，改造完成。确保2030年前达峰。{GREEN}达到70%。", [(2025, GREEN, "70%")]),
        (f"到2025年，改造完成。目前，{GREEN}为65%。", [(None, GREEN, "65%")]),
        (f"到2025年，{GREEN}达到70%；到2030年，进一步提升到80%。", [(2025, GREEN, "70%"), (2030, GREEN, "80%")]),
        (f"{GREEN}2025年达到70%、2030年80%。", [(2025, GREEN, "70%"), (2030, GREEN, "80%")]),
        (f"到2025年，{GREEN}稳步提升，达70%。", [(2025, GREEN, "70%")]),
        (f"到2025年，{GREEN}超过全国平均水平，达到70%。", [(2025, GREEN, "70%")]),
        (f"到2025年，{GREEN}达到70%（二）主要任务", [(2025, GREEN, "70%")]),
        (f"{GREEN}，到2030年力争达到80%。", [(2030, GREEN, "80%")]),
        (f"到2023年，{GREEN}达到70%；到2025年，该比例达到75%。", [(2023, GREEN, "70%"), (2025, GREEN, "75%")]),
        (
            f"2025年{GREEN}比2020年提高5个百分点，达到70%。",
            [(2025, GREEN, "比2020年提高5个百分点"), (2025, GREEN, "70%")],
        ),
        (f"与2020年相比，2025年{GREEN}提高5个百分点。", [(2025, GREEN, "比2020年提高5个百分点")]),
        (
            f"与2020年相比，2023年{GREEN}提高3个百分点；绿地率提高1个百分点；到2025年，绿地率提高2个百分点。",
            [
                (2023, GREEN, "比2020年提高3个百分点"),
                (2023, "绿地率", "比2020年提高1个百分点"),
                (2025, "绿地率", "提高2个百分点"),
            ],
        ),
        (f"{GREEN}达到70%以上（2025年）。", [(2025, GREEN, "70%以上")]),
        (
            f"2022年{GREEN}达到70%（2021年达到65%），绿地率40%。",
            [(2022, GREEN, "70%"), (2021, GREEN, "65%"), (2022, "绿地率", "40%")],
        ),
        (
            f"{GREEN}由2020年的60%提高到2025年的70%，提高10个百分点。",
            [(2020, GREEN, "60%"), (2025, GREEN, "70%"), (2025, GREEN, "提高10个百分点")],
        ),
        ("“十四五”时期，单位GDP能耗下降14%。", [(2025, "单位GDP能耗", "下降14%")]),
        ("单位GDP能耗、能源产出率均高于全省2个百分点。", []),
        (f"到2025年，{GREEN}达到70%，道路更畅通，更好出行，达到50%。", [(2025, GREEN, "70%")]),
        (
            "2025年，森林覆盖率、森林蓄积量达到36%、600万立方米。",
            [(2025, "森林覆盖率", "36%"), (2025, "森林蓄积量", "600万立方米")],
        ),
        ("2022—2025年，植树造林40万亩。", [(2025, "植树造林", "40万亩")]),
        (
            f"到2025年，{GREEN}将从目前的65%再提高超5个百分点，达到71%。",
            [(2025, GREEN, "提高5个百分点以上"), (2025, GREEN, "71%")],
        ),
        (
            "到2025年，非化石能源消费量达到90万吨，占能源消费总量的20%。",
            [(2025, "非化石能源消费量", "90万吨"), (2025, "非化石能源消费量占能源消费总量", "20%")],
        ),
        (
            "到2025年，建筑垃圾产生量90万吨，综合利用率达到60%。",
            [(2025, "建筑垃圾产生量", "90万吨"), (2025, "建筑垃圾综合利用率", "60%")],
        ),
        (f"全市{GREEN}达到75%（2025年）、80%（2030年）。", [(2025, GREEN, "75%"), (2030, GREEN, "80%")]),
        (f"第一阶段（2023—2025年）。{GREEN}达到75%。", [(2025, GREEN, "75%")]),
        (f"{GREEN}由2022年的68%提高到75%。", [(2022, GREEN, "68%"), (None, GREEN, "75%")]),
        (
            f"到2025年，{GREEN}达到并稳定在75%以上，最低不低于70%。",
            [(2025, GREEN, "75%以上"), (2025, GREEN, "70%以上")],
        ),
        (
            "到2025年，单位GDP能耗较2020年降低14%以上，力争达到15%。",
            [(2025, "单位GDP能耗", "比2020年下降14%以上"), (2025, "单位GDP能耗", "比2020年下降15%")],
        ),
        (
            f"到2025年，{GREEN}提高5%，力争达到75%。",
            [(2025, GREEN, "提高5%"), (2025, GREEN, "75%")],
        ),
        (
            "到2025年，单位GDP能耗下降率、单位GDP二氧化碳排放下降率分别为14%、19%。",
            [(2025, "单位GDP能耗", "下降14%"), (2025, "单位GDP二氧化碳排放", "下降19%")],
        ),
        ("到2025年，需求侧响应能力达到最大负荷5%以上。", [(2025, "需求侧响应能力占最大负荷", "5%以上")]),
        ("到2025年，第三产业比重达到55%，三次产业结构优化为5:40:55。", [(2025, "第三产业比重", "55%")] * 2),
        (f"到2025年，{NON_FOSSIL}完成省下达的21%目标。", [(2025, NON_FOSSIL, "21%")]),
        ("到2025年，森林覆盖率较2022年净增加0.3个百分点。", [(2025, "森林覆盖率", "比2022年提高0.3个百分点")]),
        ("到2025年，综合能耗产出率达到5.2万元/吨标煤。", []),
        (
            "三次产业结构优化，由2020年的8:47:45调整为2025年的6:41:53。",
            [(2020, "第三产业比重", "45%"), (2025, "第三产业比重", "53%")],
        ),
    ],
)
def test_a_paragraph_carries_year_and_subject(text: str, found: list[tuple[int | None, str, str]]) -> None:
    assert [(one.year, one.subject, said(one)) for one in read_paragraph(text, GUIDE, KNOWN)] == found


def headed(*lines: str) -> list[tuple[str, Paragraph]]:
    return [("建设目标", Paragraph(f"第 {at} 段", line)) for at, line in enumerate(lines, 1)]


def test_lines_of_a_page_are_one_paragraph() -> None:
    """A document from a PDF: every line of the page is a paragraph, and a figure may be cut in two."""
    lines = headed(
        "到2025年，全市城镇建筑可再生能源替代率达到1",
        "0%，绿色出行比例达到70%以上，森林覆盖率稳定",
        "在36%以上，非化石能源消费占比达到20%。",
    )
    found = find_targets(lines, GUIDE, KNOWN)
    assert [(one.value, one.paragraph) for one in found] == [(Decimal(n), "第 1 段") for n in ("10", "70", "36", "20")]
    # A sentence that ends where the line does: its year goes on.
    lines = headed(
        "到2025年，全市绿色低碳发展水平显著提升，目标全面实现。",
        "绿色出行比例达到70%，森林覆盖率稳定在36%以上，空气",
        "质量持续改善。",
        "到2030年，达峰。",
    )
    assert [one.year for one in find_targets(lines, GUIDE, KNOWN)] == [2025, 2025]
    # Where paragraphs end as paragraphs do, a heading without a stop is joined with nothing.
    whole = headed(
        "到2025年，森林覆盖率达到36%以上，绿色出行比例达到70%。",
        "全市上下共同努力推动绿色低碳发展",
        "绿色出行比例达到70%。",
    )
    assert join_lines([*whole, *headed("全市建立健全工作机制，统筹推进各项任务。")]) == [
        *whole,
        *headed("全市建立健全工作机制，统筹推进各项任务。"),
    ]


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
