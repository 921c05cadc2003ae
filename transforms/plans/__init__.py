"""Reads the plan (实施方案) that is submitted with a workbook, and lays out what it says for the rules."""
