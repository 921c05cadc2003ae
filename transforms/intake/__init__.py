"""Read the bytes of one workbook into a `Submission`.

Steps: `formats` (bytes → cells), `tables` (cells → indicator table), `sender` (identity), `values` (cell → number and
unit), `observations` (table → rows). No polars here: this code runs in a child process for each file and must start
fast.
"""
