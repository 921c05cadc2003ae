"""The review workbook: `review_workbook` assembles the sheets, one module for each sheet in the folders below."""
