"""The grammar of targets in prose, step by step: each has a table of cases, of sentences of our own."""

import pytest

from contracts.load import load_contracts
from transforms.plans.prose.figures import find_figures
from transforms.plans.prose.find_targets import known_wordings
from transforms.plans.prose.predicates import read_predicate
from transforms.plans.prose.sentences import set_aside, split_clauses, split_sentences
from transforms.plans.prose.subjects import share_subjects
from transforms.plans.prose.wording import one_spelling
from transforms.plans.prose.years import Time, find_times

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
        ("装机560多万千瓦，保有量3万余辆。", "装机560万千瓦以上,保有量3万辆以上。"),
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
