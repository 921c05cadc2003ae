"""Every rule of the catalogue: a clean round has nothing to correct, and breaking one thing gives the one it deserves.

A round is 35 clean submissions in the official layout. A case edits a cell of one, or adds and takes away files.
"""

import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache

import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook

from contracts.load import load_contracts
from contracts.round import Decision
from contracts.schemas.submitted import ROW_RULES, submitted_tables
from tests.sample import clean_submission
from tests.sample.layouts import official
from tests.support.containers import encrypted, with_macro
from tests.support.plan_cases import PLAN_CASES
from tests.support.roster import own_name
from tests.support.saved import saved
from transforms.intake.submission import Submission, read_submission
from transforms.judging.apply_rules import apply_rules
from transforms.pipeline import Provenance, Review, review_round
from transforms.rules.registry import FILE_RULES, RULES
from transforms.self_check import check_workbook

_ROUND = load_contracts("first-batch")
# The rounds of this module have no plans: see test_plans.py.
CONTRACTS = replace(_ROUND, round=replace(_ROUND.round, plan_required=False))
CITY, PROVINCE, PARK = "大连市", "辽宁省", "哈尔滨市的园区"
FILE, PARK_FILE = f"submissions/{CITY}.xlsx", f"submissions/{PARK}.xlsx"
Files = dict[str, bytes]


@cache
def workbook(province: str, pilot: str) -> bytes:
    return official(clean_submission(province, own_name(pilot)))


@cache
def read(content: bytes, file: str) -> Submission:
    return read_submission(content, file, CONTRACTS)


@cache
def good_round() -> Files:
    return {
        f"submissions/{pilot.name}.xlsx": workbook(province, pilot.name) for province, pilot in CONTRACTS.round.roster
    }


def review(files: Files, *decisions: Decision, without_roster: str = "") -> Review:
    provinces = tuple(
        replace(one, pilots=() if one.name == without_roster else one.pilots) for one in CONTRACTS.round.provinces
    )
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, decisions=decisions, provinces=provinces))
    read_files = [read(content, file) for file, content in files.items() if not file.endswith(".ofd")]
    ignored = [(file, content.decode()) for file, content in files.items() if file.endswith(".ofd")]
    return review_round(read_files, contracts, Provenance("0", "0"), ignored=ignored)


@cache
def clean_review() -> Review:
    return review(good_round())


@cache
def usual() -> frozenset[str]:
    """Keys of what a clean round is told for information: how it compares with the nation and the peers."""
    return frozenset(clean_review().findings["finding_key"])


def told(findings: pl.DataFrame, rule: str) -> pl.DataFrame:
    """What a change brought about: everything that must be acted on, and all that this rule says."""
    new = ~pl.col("finding_key").is_in(sorted(usual()))
    return findings.filter(new & ((pl.col("severity") != "info") | (pl.col("rule") == rule)))


def edited(change: Callable[[Workbook], object], file: str = FILE) -> Callable[[Files], Files]:
    """A round in which one workbook was changed by hand."""

    def edit(files: Files) -> Files:
        book = openpyxl.load_workbook(io.BytesIO(files[file]))
        change(book)
        return files | {file: saved(book)}

    return edit


def cell(address: str, value: object, sheet: str = "表1", file: str = FILE) -> Callable[[Files], Files]:
    def change(book: Workbook) -> None:
        book[sheet][address].value = value

    return edited(change, file)


def row(start: str, *values: object) -> Callable[[Files], Files]:
    """Write values to the right of a cell."""

    def change(book: Workbook) -> None:
        first = book["表1"][start]
        for step, value in enumerate(values):
            book["表1"].cell(first.row, first.column + step).value = value

    return edited(change)


def added(file: str, content: Callable[[], bytes]) -> Callable[[Files], Files]:
    return lambda files: files | {file: content()}


def with_cover(content: bytes, **cells: str | None) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for address, value in cells.items():
        book["封面"][address].value = value
    return saved(book)


def without_table(book: Workbook) -> None:
    del book["表1"]


def far_cell(book: Workbook) -> None:
    book["重点工程"]["XFD1048576"].value = "x"


def columns(*edits: tuple[str, tuple[object, ...]]) -> Callable[[Files], Files]:
    """Write values downwards from several cells of Table 1."""

    def change(book: Workbook) -> None:
        for start, values in edits:
            first = book["表1"][start]
            for step, value in enumerate(values):
                book["表1"].cell(first.row + step, first.column).value = value

    return edited(change)


def column_of(book: Workbook, letter: str) -> list[object]:
    return [book["表1"][f"{letter}{at}"].value for at in range(3, 29)]


def swapped_columns(book: Workbook) -> None:
    one, other = column_of(book, "F"), column_of(book, "G")
    for at, (left, right) in enumerate(zip(one, other, strict=True), 3):
        book["表1"][f"F{at}"].value, book["表1"][f"G{at}"].value = right, left


def copied_column(book: Workbook) -> None:
    for at, value in enumerate(column_of(book, "E"), 3):
        book["表1"][f"F{at}"].value = value


def round_figures(book: Workbook) -> None:
    for line in book["表1"]["E7:G28"]:
        for one in line:
            one.value = 5 * round(one.value / 5) if 4 <= one.value <= 100 else float(f"{one.value:.1g}")


def by_one_formula(book: Workbook) -> None:
    for at in range(3, 29):
        base = book["表1"][f"E{at}"].value
        if at in {3, 4, 5}:
            book["表1"][f"F{at}"].value, book["表1"][f"G{at}"].value = round(base * 0.9, 3), round(base * 0.8, 3)
        elif at not in {8, 12, 24, 27}:
            book["表1"][f"F{at}"].value, book["表1"][f"G{at}"].value = round(base * 1.08, 2), round(base * 1.16, 2)


def figures_of_another(files: Files) -> Files:
    """Six rows of 大连 in the workbook of 沈阳."""
    source = openpyxl.load_workbook(io.BytesIO(files[FILE]))["表1"]

    def change(book: Workbook) -> None:
        for at in range(14, 20):
            for column in range(5, 8):
                book["表1"].cell(at, column).value = source.cell(at, column).value

    return edited(change, "submissions/沈阳市.xlsx")(files)


def later_version(change: Callable[[Files], Files], earlier: Callable[[Files], Files] = lambda files: files):
    """The workbook as it was, and a second version with a change."""

    def edit(files: Files) -> Files:
        first = earlier(files)[FILE]
        return files | {FILE: first, "submissions/b.xlsx": with_cover(change({FILE: first})[FILE], B10="2")}

    return edit


def second_table(book: Workbook) -> None:
    book.copy_worksheet(book["表1"])["E9"].value = 13


def hidden_table(book: Workbook) -> None:
    second_table(book)
    book.worksheets[-1].sheet_state = "hidden"


def hidden_rows(book: Workbook) -> None:
    book["表1"].row_dimensions[9].hidden = True


def basic_data(book: Workbook) -> None:
    """Totals that give C01 as it is in the base year and a tenth more in 2025; a row in another unit is not used."""
    table, sheet = book["表1"], book["基础数据"]
    for column, gdp, energy in (("C", 1000, table["E3"].value * 1000), ("D", 1100, table["F3"].value * 1100 * 1.1)):
        sheet[f"{column}3"], sheet[f"{column}5"], sheet[f"{column}6"] = gdp, energy, 5
    sheet["B6"] = "吨"


def decided(content: bytes, *, counts: bool = True) -> Decision:
    return Decision(hashlib.sha256(content).hexdigest(), counts, "电话确认")


def shared(files: Files) -> Files:
    """One table without a cover, in the folders of two pilots."""
    content = with_cover(files[FILE], B4=None, B5=None, B6=None)
    other = "submissions/沈阳市.xlsx"
    return {file: old for file, old in files.items() if file not in {FILE, other}} | {FILE: content, other: content}


def as_a_park(files: Files) -> Files:
    park = workbook("黑龙江省", PARK)
    return files | {FILE: with_cover(park, B4=PROVINCE, B5=CITY, B6="城市")}


@dataclass(frozen=True)
class Case:
    """What is broken, and the finding: `cell` is None where a rule speaks of a file or a province as a whole.

    `also`: rules that must speak too, because a pilot that is kept out leaves a place of the quota empty.
    """

    rule: str
    change: Callable[[Files], Files]
    indicator: str | None = None
    year: int | None = None
    cell: str | None = None
    pilot: str | None = CITY
    also: frozenset[str] = field(default_factory=frozenset)
    count: int = 1
    decided: Callable[[], bytes] | None = None  # the content of a file that a decision of the round is about
    without_roster: str = ""


UNDER = frozenset({"QUOTA-UNDER"})
CASES = [
    Case("FILE-UNREADABLE", added(FILE, lambda: b"not a workbook"), also=UNDER),
    Case("FILE-ENCRYPTED", added(FILE, lambda: encrypted(workbook(PROVINCE, CITY), "secret")), also=UNDER),
    Case("FILE-MACRO", added(FILE, lambda: with_macro(workbook(PROVINCE, CITY)))),
    Case("FILE-ODD", edited(far_cell)),
    Case("FILE-IGNORED", added(f"submissions/{CITY}报告.ofd", "是 OFD 文件，没有读取".encode)),
    Case("FILE-TEXT", cell("H9", "来自统计年鉴_xD83D_"), cell="H9"),
    Case("FILE-NO-TABLE", edited(without_table), also=UNDER),
    Case(
        "FILE-UNIDENTIFIED",
        added("submissions/x.xlsx", lambda: with_cover(workbook(PROVINCE, CITY), B4=None, B5=None, B6=None)),
        pilot=None,
    ),
    Case("FILE-IDENTITY", cell("B4", "山东省", "封面")),
    Case("FILE-IDENTICAL", added("submissions/沈阳市/again.xlsx", lambda: workbook(PROVINCE, CITY))),
    Case("TABLE-KIND", as_a_park, also=UNDER),
    Case("TABLE-RIVALS", edited(second_table), also=UNDER),
    Case("TABLE-UNREAD", edited(hidden_table)),
    Case("TABLE-HIDDEN", edited(hidden_rows)),
    Case("TABLE-YEAR-MISSING", cell("F2", "目标"), year=2025),
    Case("TABLE-YEAR-EXTRA", cell("I2", "2027年"), year=2027, cell="I2"),
    Case("TABLE-YEAR-TWICE", row("I2", "2025年", 0.5), year=2025, cell="I2"),
    Case("TABLE-ROW-TWICE", row("C29", "城市森林覆盖率", "%", 41, 41.5, 42), "C24", cell="C29"),
    Case("TABLE-LABEL", cell("C9", "非化石能源占比重"), "C07", cell="C9"),
    Case("COMPLETE-BASE", cell("E9", None), "C07", 2022, "E9"),
    Case("COMPLETE-NO-DATA", cell("E9", "—"), "C07", 2022, "E9"),
    Case("COMPLETE-TARGET", cell("G9", "—"), "C07", 2030, "G9"),
    Case("COMPLETE-LEFT-OUT", row("E14", None, None, None), "C12", cell="C14"),
    Case("SCOPE-UNSTATED", cell("H4", None)),
    Case("COMPLETE-ADDED", row("C29", "绿氢年产量", "吨", 0, 100, 500), "X-1", cell="C29"),
    Case("VALUE-ERROR-CELL", cell("E9", "#DIV/0!"), "C07", 2022, "E9"),
    Case("VALUE-NO-CACHE", cell("E9", "=1+1"), "C07", 2022, "E9"),
    Case("VALUE-MERGED", edited(lambda book: book["表1"].merge_cells("E9:F9")), "C07", 2025, "F9"),
    Case("VALUE-NOT-NUMBER", cell("E9", "见附件"), "C07", 2022, "E9"),
    Case("VALUE-IN-WORDS", cell("F3", "完成省下达目标"), "C01", 2025, "F3"),
    Case("VALUE-CHANGE", cell("F3", "比2020年下降16.5%"), "C01", 2025, "F3"),
    Case("VALUE-RANGE", cell("F9", "3%～5%"), "C07", 2025, "F9"),
    Case("VALUE-REMARK", cell("E20", "64.9（中心城区）"), "C18", 2022, "E20"),
    Case("VALUE-BOUNDS", cell("G9", 250), "C07", 2030, "G9"),
    Case("VALUE-WHOLE", cell("F12", 20.5), "C10", 2025, "F12"),
    Case("VALUE-FRACTION", cell("E9", 0.253), "C07", 2022, "E9"),
    Case("COLUMN-SWAPPED", edited(swapped_columns), year=2030, cell="G2"),
    Case("COLUMN-SHIFTED", columns(("F14", (6435000, 73.1, 17.8, 8.2, 65.7))), "C12", 2025, "F14"),
    Case("VALUE-DRAGGED", columns(("E15", (58.6, 58.6, 58.6))), "C13", 2022, "E15"),
    Case("ROW-SWAPPED", columns(("E8", (19.6, 48.9)), ("F8", (23.0, 49.5)), ("G8", (30.0, 50.3))), "C06", 2022, "E8"),
    Case("UNIT-SIZE", cell("E13", 550), "C11", 2022, "E13"),
    Case("VALUE-IMPLAUSIBLE", row("E20", 20, 21, 22), "C18", 2022, "E20"),
    Case("UNIT-CELL", cell("E9", "20人"), "C07", 2022, "E9"),
    Case("UNIT-UNKNOWN", cell("D9", "吨"), "C07", cell="D9"),
    Case("UNIT-AMBIGUOUS", cell("D13", "辆（%）", "表2", PARK_FILE), "P11", cell="C13", pilot=PARK),
    Case("UNIT-ASSUMED", cell("D9", None), "C07", cell="C9"),
    Case("DIRECTION-INCREMENT", cell("F19", 63470), "C17", 2025, "F19"),
    Case("DIRECTION-BASE", cell("F3", 0.8), "C01", 2025, "F3"),
    Case("DIRECTION-LATER", cell("G3", 0.58), "C01", 2030, "G3"),
    Case("TARGET-FLAT", cell("F14", 58.6), "C12", 2025, "F14"),
    Case("PACE-FAST", row("F9", 62, 80), "C07", 2025, "F9"),
    Case("PACE-SLOW", row("F3", 0.608, 0.47), "C01", 2025, "F3"),  # energy is binding until 2025
    Case("PACE-SLOW", row("F5", 2.07, 2.06), "C03", 2030, "G5"),
    Case("RELATION-CARBON", row("E4", 3.4, 3.1, 2.8), "C02", 2022, "E4"),
    Case("RELATION-CARBON-HIGH", row("E4", 2.1, 1.9, 1.65), "C02", 2022, "E4"),
    Case("RELATION-INDUSTRY", row("E5", 0.31, 0.28, 0.25), "C03", 2022, "E5"),
    Case("RELATION-PACE", row("F5", 1.95, 1.75), "C03", 2030, "G5"),
    Case("RELATION-BASIS", edited(basic_data), "C01", 2025, "F3"),
    # 0.6 and 1.2 beside values with three decimals are no rounder than these.
    Case("RELATION-TREND", columns(("E3", (0.6, 1.2)), ("F4", (1.13,)), ("G4", (0.99,))), "C02", 2030, "G4"),
    Case("RELATION-TREND", row("F4", 1.13, 0.99), "C02", 2030, "G4"),
    Case("RELATION-PART", cell("G7", 60, "表2", PARK_FILE), "P05", 2030, "G7", pilot=PARK),
    Case("RELATION-FLEET", row("F19", 67000, 68000), "C17", 2025, "F19"),
    Case("PEER-LEVEL", row("E17", 6, 7, 8.5), "C15", 2030, "G17"),
    Case("COPY-PILOT", figures_of_another, count=2),
    Case("COPY-YEARS", edited(copied_column), year=2025, cell="F2"),
    Case("COPY-ROUND", edited(round_figures)),
    Case("COPY-FORMULA", edited(by_one_formula)),
    Case("VERSION-BASE", later_version(cell("E14", 55.2)), "C12", 2022, "E14"),
    Case("VERSION-WEAKER", later_version(cell("G14", 86.5)), "C12", 2030, "G14"),
    Case("VERSION-DROPPED", later_version(row("E14", None, None, None)), "C12", cell="C14"),
    Case("VERSION-SILENCED", later_version(cell("F14", "稳步提高"), cell("F14", 7.31)), "C12", 2025, "F14"),
    Case("QUOTA-UNDER", lambda files: {file: content for file, content in files.items() if file != FILE}, pilot=None),
    Case(
        "QUOTA-OVER",
        added("submissions/温州市.xlsx", lambda: workbook("浙江省", "温州市")),
        pilot=None,
        without_roster="浙江省",
    ),
    Case(
        "QUOTA-PROVINCE",
        added("submissions/成都市.xlsx", lambda: with_cover(workbook("浙江省", "温州市"), B4="四川省", B5="成都市")),
        pilot=None,
    ),
    Case(
        "ROSTER-UNKNOWN",
        added(FILE, lambda: with_cover(workbook(PROVINCE, CITY), B5="鞍山市")),
        pilot="鞍山市",
        also=frozenset({"QUOTA-UNDER", "FILE-IDENTITY"}),
    ),
    Case(
        "SUBMISSION-CONFLICT",
        added("submissions/b.xlsx", lambda: with_cover(workbook(PROVINCE, CITY), B7="大连市人民政府")),
        also=UNDER,
    ),
    Case("SUBMISSION-DECIDED", lambda files: files, decided=lambda: good_round()[FILE]),
    Case("SUBMISSION-OBSOLETE", lambda files: files, pilot=None, decided=lambda: b"gone"),
    Case("SUBMISSION-SHARED", shared, also=UNDER, count=2),
    Case(
        "SUBMISSION-SUPERSEDED",
        added("submissions/b.xlsx", lambda: with_cover(workbook(PROVINCE, CITY), B10="2")),
    ),
]


# What only the figures of 大连, or its own workbook, can show.
OWN_ROUND = {
    "FILE-MACRO", "VALUE-DRAGGED", "VALUE-FRACTION", "DIRECTION-INCREMENT", "DIRECTION-BASE", "DIRECTION-LATER",
    "TARGET-FLAT", "PACE-FAST", "PACE-SLOW", "RELATION-CARBON", "RELATION-CARBON-HIGH", "RELATION-INDUSTRY",
    "RELATION-PACE", "RELATION-TREND", "RELATION-FLEET", "PEER-CHANGE", "PEER-LEVEL", "COLUMN-SHIFTED",
    "COLUMN-SWAPPED", "ROW-SWAPPED", "COPY-YEARS", "COPY-ROUND", "COPY-FORMULA", "UNIT-SIZE", "VALUE-IMPLAUSIBLE",
}  # fmt: skip


@cache
def shared_rounds() -> dict[Case, tuple[str, Review]]:
    """The cases of one workbook that can share a round, each in that of another city: which, and the round's review."""
    cities = [pilot.name for _, pilot in CONTRACTS.round.roster if pilot.kind == "city"]
    alike = [case for case in CASES if case.count == 1 and case.pilot == CITY and case.rule not in OWN_ROUND]
    alike = [case for case in alike if not (case.also or case.decided or case.without_roster)]
    waiting = [case for case in alike if touches_one_file(case)]
    found: dict[Case, tuple[str, Review]] = {}
    while waiting:
        part, waiting = waiting[: len(cities)], waiting[len(cities) :]
        files = good_round()
        for case, city in zip(part, cities, strict=False):
            place = f"submissions/{city}.xlsx"
            files = files | {place: case.change({FILE: files[place]})[FILE]}
        now = review(files)
        assert told(now.findings.filter(~pl.col("pilot").is_in(cities[: len(part)])), "").is_empty()
        found |= {case: (city, now) for case, city in zip(part, cities, strict=False)}
    return found


def touches_one_file(case: Case) -> bool:
    try:
        return set(case.change({FILE: good_round()[FILE]})) == {FILE}
    except KeyError:
        return False


def judged(case: Case) -> tuple[str | None, pl.DataFrame, Review]:
    """The pilot in whose workbook a thing is broken, what it brought about there, and the review."""
    if case in shared_rounds():
        pilot, now = shared_rounds()[case]
        return pilot, told(now.findings.filter(pl.col("pilot") == pilot), case.rule), now
    now = broken(case)
    return case.pilot, told(now.findings, case.rule), now


@cache
def broken(case: Case) -> Review:
    decisions = [decided(case.decided())] if case.decided else []
    return review(case.change(good_round()), *decisions, without_roster=case.without_roster)


def test_a_clean_round_has_nothing_to_correct() -> None:
    result = clean_review()
    serious = result.findings.filter(pl.col("severity") != "info")
    assert serious.is_empty(), serious.select("rule", "pilot", "cell", "message").to_dicts()
    assert set(result.findings["rule"]) <= {
        "TARGET-FLAT",
    }
    assert result.complete
    assert result.provinces["accepted"].sum() == 35
    assert set(result.provinces["quota_status"]) == {"met"}


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_one_broken_thing_gives_one_finding_there(case: Case) -> None:
    pilot, new, _ = judged(case)
    found = new.filter(~pl.col("rule").is_in(list(case.also))).to_dicts()
    assert [finding["rule"] for finding in found] == [case.rule] * case.count
    finding = found[0]
    assert (finding["pilot"], finding["indicator"], finding["year"]) == (pilot, case.indicator, case.year)
    assert finding["cell"] == case.cell
    assert set(new["rule"]) == {case.rule} | case.also
    assert "{" not in finding["message"] + finding["advice"]
    assert "None" not in finding["message"]
    # Nothing that the sentence names is empty.
    assert not re.search("“”|（）|[（ ] *[）]|^[，、的。]|{}", finding["message"]), finding["message"]


def test_every_rule_has_a_case_and_a_line_in_the_catalogue() -> None:
    functions = {rule.__name__.upper().replace("_", "-") for rule in RULES}
    checks = {check.error for check in submitted_tables(CONTRACTS).checks}
    assert checks == ROW_RULES
    assert functions | checks == set(CONTRACTS.rules)
    assert not functions & checks
    # RELATION-PEAK needs a pilot that peaks early: test_emission_path.py.
    assert {case.rule for case in (*CASES, *PLAN_CASES)} | {"RELATION-PEAK"} == set(CONTRACTS.rules)


def test_a_slip_is_told_once_without_what_it_breaks() -> None:
    """All three years are wrong together: one finding, and none about the ratio that goes wrong with them."""
    slip = row("E3", 0.0061, 0.0055, 0.0047)
    (finding,) = told(review(slip(good_round())).findings, "").to_dicts()
    assert (finding["rule"], finding["indicator"], finding["year"]) == ("UNIT-SIZE", "C01", 2022)
    assert finding["expected"] == "0.61、0.55、0.47吨标准煤/万元"


def test_of_a_ratio_out_of_range_the_likelier_side_is_told() -> None:
    """Energy ten times too large is still plausible by itself; CO2 goes well with that of industry."""
    slip = row("E3", 2.9, 2.7, 2.5)
    low = row("E4", 0.61, 0.55, 0.47)
    (finding,) = told(review(slip(low(good_round()))).findings, "").to_dicts()
    assert (finding["rule"], finding["indicator"], finding["cell"]) == ("RELATION-CARBON", "C01", "E3")


def test_a_rule_that_lacks_a_number_says_that_it_did_not_look() -> None:
    findings = review(cell("F3", "完成省下达目标")(good_round())).findings.filter(pl.col("status") == "not_evaluated")
    about = {finding["rule"]: finding for finding in findings.to_dicts()}
    assert set(about) == {"RELATION-CARBON"}
    assert about["RELATION-CARBON"]["pilot"] == CITY
    assert about["RELATION-CARBON"]["message"].startswith("未核对：")
    assert about["RELATION-CARBON"]["message"].endswith("（缺“单位 GDP 能源消费量”2025年数值）。")
    assert about["RELATION-CARBON"]["advice"] == "补齐数值后自动核对，无需单独处理。"
    assert about["RELATION-CARBON"]["severity"] == "info"


def test_few_pilots_have_no_peers_and_the_round_is_complete() -> None:
    few = {file: content for file, content in good_round().items() if "大连" in file or "沈阳" in file}
    result = review(few)
    assert result.complete
    silent = result.findings.filter(pl.col("status") == "not_evaluated")
    assert set(silent["rule"]) == {"PEER-LEVEL"}
    assert "少于8个" in silent["message"][0]


def test_what_is_in_doubt_does_not_enter_an_aggregate() -> None:
    excluding = [case for case in CASES if CONTRACTS.rules[case.rule].excludes and case.pilot == CITY]
    assert {"VALUE-BOUNDS", "VALUE-FRACTION", "UNIT-UNKNOWN", "TABLE-ROW-TWICE"} <= {case.rule for case in excluding}
    for case in excluding:
        pilot, _, now = judged(case)
        rows = now.observations.filter(
            (pl.col("pilot") == pilot) & (pl.col("indicator") == (case.indicator or pl.col("indicator")))
        )
        doubtful = rows if case.year is None else rows.filter(pl.col("year") == case.year)
        assert not doubtful["usable"].any(), case.rule


def test_a_blocked_pilot_is_kept_out_and_the_others_stay() -> None:
    before, after = clean_review(), review(as_a_park(good_round()))
    rows = after.observations.filter(pl.col("usable"))
    assert CITY not in rows["pilot"]
    assert rows.height == before.observations.filter(pl.col("usable") & (pl.col("pilot") != CITY)).height


def test_a_person_settles_what_the_rules_cannot() -> None:
    rival = with_cover(workbook(PROVINCE, CITY), B7="大连市人民政府")
    files = good_round() | {"submissions/b.xlsx": rival}
    assert "SUBMISSION-CONFLICT" in set(review(files).findings["rule"])
    for decision in (decided(rival), decided(files[FILE], counts=False)):
        result = review(files, decision)
        assert "SUBMISSION-CONFLICT" not in set(result.findings["rule"])
        assert result.judged.batch.counted.filter(pl.col("pilot") == CITY)["file"].to_list() == ["submissions/b.xlsx"]


def test_a_single_workbook_says_nothing_about_the_round() -> None:
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, decisions=(decided(b"another file"),)))
    found = check_workbook(good_round()[FILE], "a.xlsx", contracts)
    assert {finding["severity"] for finding in found} <= {"info"}
    assert {finding["level"] for finding in found} <= {4}


def test_a_finding_keeps_its_key_when_rows_and_files_move() -> None:
    def key(change: Callable[[Files], Files]) -> str:
        return told(review(change(good_round())).findings, "")["finding_key"].item()

    def moved(book: Workbook) -> None:
        book["表1"]["E9"].value = "见附件"
        book["表1"].insert_rows(1)

    assert key(cell("E9", "见附件")) == key(cell("E9", "另附")) == key(edited(moved))
    assert key(cell("E9", "见附件")) != key(cell("F9", "见附件"))


def test_the_order_of_files_does_not_matter() -> None:
    files = cell("E9", "见附件")(good_round())
    one, other = review(files), review(dict(reversed(files.items())))
    assert one.findings.equals(other.findings)
    assert one.observations.equals(other.observations)


def test_a_rule_that_crashes_says_so_and_the_others_go_on() -> None:
    def complete_base(*_: object) -> pl.DataFrame:
        raise ZeroDivisionError("made for this test")

    batch = review(cell("E9", "见附件")(good_round())).judged.batch
    rules = [complete_base, *(rule for rule in FILE_RULES if rule.__name__ != "complete_base")]
    judged = apply_rules(batch, CONTRACTS, file_rules=rules)
    assert judged.failed_rules == ("COMPLETE-BASE: ZeroDivisionError: made for this test",)
    assert ["made for this test" in trace for trace in judged.tracebacks] == [True]
    new = judged.findings.filter(~pl.col("finding_key").is_in(sorted(usual()))).to_dicts()
    by_status = {
        finding["status"]: finding for finding in new if finding["rule"] in {"VALUE-NOT-NUMBER", "COMPLETE-BASE"}
    }
    assert by_status["failed"]["rule"] == "VALUE-NOT-NUMBER"
    assert "未核对" in by_status["not_evaluated"]["message"]
