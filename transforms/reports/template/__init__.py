"""The workbook that a pilot fills in: `workbook` assembles it, one module for each sheet."""
