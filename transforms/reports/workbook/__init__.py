"""The review workbook: one module per sheet."""
