"""Filled-in review workbooks → decisions, and all decisions of a round → one state for each finding."""
