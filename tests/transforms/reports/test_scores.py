"""分工与评分: fields and criteria of a round's YAML, the sheet 评分表 with its formulas, and what becomes of scores."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import yaml
from openpyxl.worksheet.worksheet import Worksheet

from contracts.load import DEFINITIONS, ContractError, load_contracts
from contracts.scoring import Criterion, ReviewField, Scoring
from tests.support.review_book import CITY, PARK, PROVINCE, edited, opened, review, take_back
from transforms.decisions.ledger import EMPTY, Ledger, ReviewFile
from transforms.decisions.merge import merge_copies
from transforms.pipeline import Review
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

pytestmark = pytest.mark.thorough

SHEET = "评分表"
SCORING = Scoring(
    fields=(
        ReviewField("能源", ("C07", "C09", "P04"), ("甲某",)),
        ReviewField("建筑", ("C12", "C13"), ("乙某", "甲某")),
    ),
    criteria=(Criterion("目标先进性", 60), Criterion("措施可行性", 40)),
)
OFFICE = shutil.which("soffice")


def scored(scoring: Scoring | None = SCORING) -> Review:
    now = review()
    return replace(now, contracts=replace(now.contracts, round=replace(now.contracts.round, scoring=scoring)))


def rendered(ledger: Ledger = EMPTY, province: str | None = PROVINCE) -> bytes:
    return render_review_workbook(View(scored(), province, ledger))


def cells(sheet: Worksheet) -> Iterator[tuple[str, str, int]]:
    """Pilot, expert and row of every row to score in."""
    for at in range(4, sheet.max_row + 1):
        pilot, expert = (str(sheet.cell(at, column).value or "") for column in (1, 2))
        if expert not in {"", "平均"}:
            yield pilot, expert, at


def write(content: bytes, scores: dict[tuple[str, str], Sequence[object]]) -> bytes:
    def change(book: openpyxl.Workbook) -> None:
        for pilot, expert, at in cells(book[SHEET]):
            for column, score in enumerate(scores.get((pilot, expert), ()), 4):
                book[SHEET].cell(at, column).value = score  # type: ignore[assignment]

    return edited(content, change)


def shown(content: bytes) -> dict[tuple[str, str], list[object]]:
    sheet = opened(content)[SHEET]
    return {(pilot, expert): [sheet.cell(at, column).value for column in (4, 5)] for pilot, expert, at in cells(sheet)}


def merged(*copies: ReviewFile) -> Ledger:
    ledger = merge_copies(copies, scored())
    assert ledger == merge_copies(copies[::-1], scored())
    return ledger


def test_a_round_without_scoring_has_neither_sheet_nor_column() -> None:
    assert load_contracts("first-batch").round.scoring is None
    book = opened(render_review_workbook(View(scored(None), PROVINCE)))
    assert SHEET not in book.sheetnames
    assert "领域" not in [cell.value for cell in book["问题清单"][1]]
    assert SHEET not in opened(rendered(province=None)).sheetnames


def test_findings_are_filtered_by_field() -> None:
    sheet = opened(rendered())["问题清单"]
    titles = {cell.value: cell.column for cell in sheet[1]}
    indicators = {row.code: row.name for row in scored().contracts.indicators.values()}
    fields = {indicators[code]: one.name for one in SCORING.fields for code in one.indicators}
    rows = [[sheet.cell(at, titles[name]).value for name in ("指标", "领域")] for at in range(2, sheet.max_row + 1)]
    assert rows == [[name, fields.get(name, "综合")] for name, _ in rows]
    assert {"能源", "综合"} <= {field for _, field in rows}
    assert sheet.auto_filter.ref.startswith("A1:")


def test_only_the_cells_of_experts_can_be_edited() -> None:
    sheet = opened(rendered())[SHEET]
    open_cells = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    rows = [at for _, _, at in cells(sheet)]
    assert sheet.protection.sheet
    assert open_cells == {f"{column}{at}" for column in "DE" for at in rows}
    assert len(rows) == 2 * 2
    assert [sheet.cell(3, column).value for column in (4, 5)] == [60, 40]
    (rule,) = sheet.data_validations.dataValidation
    assert {cell for area in rule.sqref.ranges for row in area.rows for cell in row} == {
        (at, column) for at in rows for column in (4, 5)
    }


@pytest.mark.slow
@pytest.mark.office
@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not installed")
def test_formulas_weigh_and_average(tmp_path: Path) -> None:
    book = tmp_path / "a.xlsx"
    book.write_bytes(
        write(rendered(), {(CITY, "甲某"): (90, 80), (CITY, "乙某"): (70, 65.5), (PARK, "甲某"): (88, None)})
    )
    command = [str(OFFICE), "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "done"), str(book)]
    subprocess.run(command, check=True, timeout=200, capture_output=True)
    sheet = openpyxl.load_workbook(tmp_path / "done" / "a.xlsx", data_only=True)[SHEET]
    totals = {(row[0], row[1]): row[5] for row in sheet.iter_rows(min_row=4, values_only=True)}
    assert totals[CITY, "甲某"] == pytest.approx(0.6 * 90 + 0.4 * 80)
    assert totals[CITY, "乙某"] == pytest.approx(0.6 * 70 + 0.4 * 65.5)
    assert totals[CITY, "平均"] == pytest.approx((86 + 68.2) / 2)
    assert totals[PARK, "甲某"] in {None, ""}
    assert totals[PARK, "平均"] in {None, ""}


def test_scores_are_carried_over_and_none_is_lost() -> None:
    first = take_back(write(rendered(), {(CITY, "甲某"): (90, 80)}), "a.xlsx")
    assert first.remarks == ()
    ledger = merged(first)
    now = rendered(ledger)
    assert shown(now)[CITY, "甲某"] == [90, 80]
    other = take_back(write(rendered(), {(CITY, "乙某"): (70, 60)}), "b.xlsx")  # from the first workbook, too
    both = shown(rendered(merged(first, other)))
    assert (both[CITY, "甲某"], both[CITY, "乙某"]) == ([90, 80], [70, 60])
    later = take_back(write(now, {(CITY, "甲某"): (95, None)}), "c.xlsx")  # corrects one score, takes one back
    assert shown(rendered(merged(first, other, later)))[CITY, "甲某"] == [95, None]
    assert shown(rendered(merged(first, other, later)))[CITY, "乙某"] == [70, 60]


def test_scores_that_contradict_each_other_are_named_and_not_chosen() -> None:
    copies = [take_back(write(rendered(), {(CITY, "甲某"): (score, 80)}), f"{score}.xlsx") for score in (90, 91)]
    ledger = merged(*copies)
    now = rendered(ledger)
    assert shown(now)[CITY, "甲某"] == [None, 80]
    trail = [str(cell.value) for row in opened(now)["审核留痕"].iter_rows() for cell in row]
    assert {"评分不一致，未采用：90", "评分不一致，未采用：91"} <= set(trail)


@pytest.mark.parametrize(
    ("scoring", "says"),
    [
        ({"criteria": [{"name": "甲", "weight": 60}], "experts": ["某"]}, "the weights add up to 60, not 100"),
        ({"criteria": [{"name": "甲", "weight": 100}]}, "no expert is named"),
        (
            {"fields": [{"name": "能源", "indicators": ["C07"]}, {"name": "建筑", "indicators": ["C07"]}]},
            "C07 is there twice",
        ),
        ({"fields": [{"name": "能源", "indicators": ["C99"]}]}, "C99 is in no table"),
    ],
)
def test_faults_of_the_yaml_are_reported(tmp_path: Path, scoring: object, says: str) -> None:
    folder = tmp_path / "definitions"
    shutil.copytree(DEFINITIONS, folder)
    path = folder / "rounds" / "first-batch.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | {"scoring": scoring}, allow_unicode=True))
    with pytest.raises(ContractError) as error:
        load_contracts("first-batch", folder)
    assert says in str(error.value)
