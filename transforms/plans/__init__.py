"""Read the plan (实施方案) that is submitted beside a workbook, into frames for the rules."""
