"""One broken thing for every rule about workbooks, the finding that it gives."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.clean_round import (
    CITY,
    FILE,
    PARK,
    PARK_FILE,
    PROVINCE,
    Files,
    good_round,
    workbook,
)
from tests.support.containers import encrypted, with_macro
from tests.support.round_edits import (
    added,
    as_a_park,
    basic_data,
    by_one_formula,
    cell,
    columns,
    copied_column,
    edited,
    far_cell,
    figures_of_another,
    hidden_column,
    hidden_rows,
    hidden_table,
    later_version,
    round_figures,
    row,
    second_table,
    shared,
    swapped_columns,
    with_cover,
    without_table,
)


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
    Case(
        "FILE-FORMAT",
        lambda files: (
            {name: content for name, content in files.items() if name != FILE}
            | {f"submissions/{CITY}.ofd": "是 OFD 文件".encode()}
        ),
        also=UNDER,
    ),
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
    Case("VALUE-EXTREME", cell("G3", 1500), "C01", 2030, "G3"),
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
    Case("TABLE-HIDDEN", edited(hidden_column)),
    Case("SUBMISSION-DATE", cell("B9", "2024/13/45", "封面")),
]
