"""The YAML agrees with the printed tables of the guide and with annex 1, line by line (`guide.txt` is their text)."""

import re

import pytest

from contracts.indicators import Table
from contracts.load import load_contracts
from tests.support.paths import FILES

GUIDE = (FILES / "guide.txt").read_text(encoding="utf-8")
CONTRACTS = load_contracts("first-batch")


def without_breaks(text: str) -> str:
    """Take out the spaces that Word left inside a word; those around Latin letters and numbers are printed."""
    return re.sub(r"(?<=[\u4e00-\u9fff、]) (?=[\u4e00-\u9fff])|(?<=m) (?=²)", "", text)


def printed(title: str) -> list[tuple[int, str, str, str]]:
    """Rows of a table as printed: number, category (carried down), name, unit."""
    lines = GUIDE.split(title)[1].split("表 ")[0].splitlines()
    rows, category = [], ""
    for line in lines:
        if re.match(r"\d+\t", line):
            number, printed_category, name, unit = line.split("\t")[:4]
            category = printed_category or category
            rows.append((int(number), without_breaks(category), without_breaks(name), without_breaks(unit)))
    return rows


@pytest.mark.parametrize(("kind", "title", "count"), [("city", "表 1 ", 26), ("park", "表 2 ", 14)])
def test_tables_are_as_printed(kind: str, title: str, count: int) -> None:
    table: Table = CONTRACTS.tables[kind]
    rows = [(row.number, row.category, row.name, row.unit) for row in table.indicators]
    assert len(rows) == count
    assert rows == printed(title)


@pytest.mark.parametrize(("kind", "title"), [("city", "表 1 "), ("park", "表 2 ")])
def test_titles_and_years_are_as_printed(kind: str, title: str) -> None:
    head, columns = GUIDE.split(title)[1].splitlines()[:2]
    assert head == CONTRACTS.tables[kind].title
    assert [int(year) for year in re.findall(r"(\d{4}) 年", columns)] == list(CONTRACTS.round.years)


def test_quota_is_as_printed() -> None:
    annex = GUIDE.split("表 1 ")[0].splitlines()[2:]
    quota = dict(pair for line in annex for pair in re.findall(r"(\S+)\t(\d+)", line))
    assert {name: int(number) for name, number in quota.items()} == CONTRACTS.round.quotas
    assert sum(CONTRACTS.round.quotas.values()) == 35


def test_the_roster_fills_the_quota() -> None:
    assert len(CONTRACTS.round.roster) == 35
    assert [pilot.kind for _, pilot in CONTRACTS.round.roster].count("park") == 10
    for province in CONTRACTS.round.provinces:
        assert len(province.pilots) == province.quota


def test_only_quantities_are_added_up() -> None:
    """DESIGN: only 个, 千瓦, 辆, 公顷 are summed."""
    scales = [scale for table in CONTRACTS.tables.values() for row in table.indicators for scale in row.scales.items()]
    assert {unit for unit, scale in scales if scale.additive} == {"个", "千瓦", "辆", "公顷"}
    assert all(scale.hard == (0, 100) or scale.measure == "growth" for unit, scale in scales if unit == "%")
