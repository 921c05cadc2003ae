"""指标红绿灯: state, value and change of every cell are those of `findings` and `observations`; its link is right."""

from functools import cache

import polars as pl
import pytest
from openpyxl.workbook import Workbook

from tests.support.large_province import LARGE, large_ledger, large_review
from tests.support.one_in import one_in
from tests.support.rendered_books import opened
from tests.support.rounding import half_up
from tests.support.sample_round import whole_round
from transforms.decisions.ledger import EMPTY
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

SHEET = "指标红绿灯"
COLOURS = {"红": "F8CBAD", "黄": "FFE699", "绿": "E2EFDA", "灰": "E7E6E6"}


@cache
def view(name: str) -> View:
    large = name in {LARGE, "大省"}
    now, ledger = (large_review(), large_ledger()) if large else (whole_round(), EMPTY)
    return View(now, None if name in {"全国", "大省"} else name, ledger)


@cache
def book(name: str) -> Workbook:
    return opened(render_review_workbook(view(name)))


def expected_word(now: View, province: str, pilot: str, code: str, *, complete: bool) -> str:
    entries = now.ledger.finding_decisions
    dismissed = [key for key, entry in entries.items() if entry.state.title in {"误报", "说明可接受"}]
    found = now.review.findings.filter(
        pl.col("province") == province,
        pl.col("pilot") == pilot,
        pl.col("indicator") == code,
        ~pl.col("finding_key").is_in(dismissed),
    )
    severities = set(found["severity"])
    if severities & {"blocker", "error"}:
        return "红"
    return "黄" if "warning" in severities else "绿" if complete else "灰"


@pytest.mark.thorough
@pytest.mark.parametrize("name", one_in(4, [LARGE, "河北省", "浙江省", "江苏省", "全国"]))
def test_every_cell(name: str) -> None:
    now, sheet = view(name), book(name)[SHEET]
    years = now.contracts.round.years
    files = now.review.judged.batch.counted
    counted = {
        (now.pilot_title(province, pilot), province): (pilot, file)
        for province, pilot, file in files.select("province", "pilot", "file").iter_rows()
    }
    rows = now.review.observations.filter("usable").iter_rows(named=True)
    values = {(row["file"], row["indicator"], row["year"]): (row["value"], row["unit"]) for row in rows}
    kind, seen, words = "", 0, set()
    for at in range(3, sheet.max_row + 1):
        who = str(sheet.cell(at, 2).value or "")
        if who in {"城市试点", "园区试点"}:
            kind = "city" if who == "城市试点" else "park"
        if not kind or who.split("（", maxsplit=1)[0] not in {title for title, _ in counted}:
            continue
        pilot, file = counted[who.split("（", maxsplit=1)[0], sheet.cell(at, 1).value]
        for column, indicator in enumerate(now.contracts.tables[kind].indicators, 3):  # type: ignore[index]
            top, below = sheet.cell(at, column), sheet.cell(at + 1, column)
            word, _, text = str(top.value).partition("·")
            base, last = (values.get((file, indicator.code, year)) for year in (years[0], years[-1]))
            assert word == expected_word(
                now, sheet.cell(at, 1).value, pilot, indicator.code, complete=bool(base and last)
            )
            assert top.fill.fgColor.rgb == below.fill.fgColor.rgb == f"00{COLOURS[word]}"
            words.add(word)
            assert bool(text) == bool(last)
            if last:
                shown = float(text.removesuffix("万").replace(",", ""))
                places = len(text.removesuffix("万").partition(".")[2])
                assert shown == half_up(last[0] / (10_000 if text.endswith("万") else 1), places)
            if base and last and base[1] == last[1] and (base[0] > 0 or base[1] == "%"):
                change = str(below.value)
                points = not change.endswith("%")
                figure = last[0] - base[0] if points else (last[0] / base[0] - 1) * 100
                assert points == (last[1] == "%")
                assert float(change.rstrip("%")) == half_up(figure, len(change.rstrip("%").partition(".")[2]))
            elif below.value is not None:
                pytest.fail(f"a change without two values: {below.coordinate}")
            target = book(name)[top.hyperlink.location.split("!")[0].strip("'")]
            row = int(top.hyperlink.location.split("!A")[1])
            assert (target.cell(row, 1).value, target.cell(row, 3).value) == (
                who.split("（", maxsplit=1)[0],
                indicator.name,
            )
            seen += 1
    assert seen >= 26 * 2
    assert {"绿"} < words


def test_provinces_are_together_and_each_kind_has_a_page_of_a3() -> None:
    sheet = book("全国")[SHEET]
    provinces = [cell.value for cell in sheet["A"][3:] if cell.value]
    start = provinces.index("省份")
    for listed in (provinces[:start], provinces[start + 1 :]):
        changes = [one for at, one in enumerate(listed) if not at or listed[at - 1] != one]
        assert len(changes) == len(set(changes))
    assert sheet.page_setup.paperSize in {"8", 8}
    assert len(sheet.row_breaks.brk) == 1


def test_it_is_left_out_where_not_everything_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SHEET in book("全国").sheetnames
    monkeypatch.setattr("transforms.reports.view.ALL_LISTED", 10)
    assert SHEET not in opened(render_review_workbook(View(whole_round()))).sheetnames
