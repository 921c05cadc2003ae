"""CSV made for Excel: formulas are texts there, numbers are numbers, and the Parquet beside it is exact."""

import csv
import io

import polars as pl
import pytest

from tests.support.review_book import CITY, WORDS, review
from transforms.decisions.ledger import Ledger
from transforms.reports.files.csv_file import as_csv
from transforms.reports.files.round_files import round_files

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "-",
    "@SUM(A1)",
    "\t=1",
    "\tx",
    "\r=1",
    "\n=1",
    " =1",
    "\ufeff=1",
    "＝1+1",
    "－x",
    "＠x",
    "-2-3",
    "+8613800000000a",
)
TEXTS = ("", "x", "a=1", "'", "约7", "7", "-2.5", "+3.7", "-3%", "1e5", "-1.5E-3", ".5")


@pytest.mark.parametrize(("texts", "before"), [(FORMULAS, "'"), (TEXTS, "")])
def test_a_formula_is_a_text_and_a_number_a_number(texts: tuple[str, ...], before: str) -> None:
    content = as_csv(pl.DataFrame({"raw": texts, "value": [-1.5] * len(texts)}))
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[1:] == [[f"{before}{text}", "-1.5"] for text in texts]


def test_every_file_of_the_round_is_so_and_parquet_is_exact() -> None:
    formula = '=HYPERLINK("http://127.0.0.1/x","点击")'
    files = round_files(review({WORDS: f" {formula}"}), Ledger(), [], [], {}, [])
    for name in ("findings", "observations"):
        rows = list(csv.reader(io.StringIO(files[f"{name}.csv"].decode("utf-8-sig"), newline="")))
        shown = {cell for row in rows for cell in row if "HYPERLINK" in cell}
        assert f"' {formula}" in shown
        assert not [cell for cell in shown if cell.strip().startswith("=")]
        exact = pl.read_parquet(io.BytesIO(files[f"{name}.parquet"]))
        assert exact.filter((pl.col("pilot") == CITY) & (pl.col("raw_value") == f" {formula}")).height == 1
