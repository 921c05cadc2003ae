"""CSV for Excel in which text from a submission never becomes a formula."""

import polars as pl

# What Excel takes for the start of a formula, also in full width and after blanks or control characters.
_FORMULA = r"^[\s\x00-\x1f\x{feff}]*[=+\-@＝＋－＠]|^[\t\r\n]"
_NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?$"


def as_csv(frame: pl.DataFrame) -> bytes:
    """Write a frame in UTF-8 with BOM, with an apostrophe before every text that Excel would calculate.

    Numbers in a column of texts stay numbers. Source: OWASP, CSV Injection.
    """
    text = pl.col(pl.String)
    risky = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    return (
        frame.with_columns(pl.when(risky).then(text.str.replace("^", "'")).otherwise(text))
        .write_csv(include_bom=True)
        .encode()
    )
