"""A frame as CSV that people open in Excel: no text of a submission becomes a formula there."""

import polars as pl

# What Excel takes for the start of a formula, in full width too, whatever blank or control character precedes it.
_FORMULA = r"^[\s\x00-\x1f\x{feff}]*[=+\-@＝＋－＠]|^[\t\r\n]"
_NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?$"


def as_csv(frame: pl.DataFrame) -> bytes:
    """Write a frame in UTF-8 with BOM; before a text that Excel would calculate stands an apostrophe.

    Numbers stay numbers, those that stand in a column of texts too. Source: OWASP, CSV Injection.
    """
    text = pl.col(pl.String)
    risky = text.str.contains(_FORMULA) & ~text.str.contains(_NUMBER)
    return (
        frame.with_columns(pl.when(risky).then(text.str.replace("^", "'")).otherwise(text))
        .write_csv(include_bom=True)
        .encode()
    )
