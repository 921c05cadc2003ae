"""Reads the plan (实施方案) that lies beside a workbook, and lays out what it says for the rules."""
