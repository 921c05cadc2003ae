"""The workbook that a pilot fills in."""
