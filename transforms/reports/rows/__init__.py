"""What reports show, one row for each pilot, plan, version or value: the same rows for every sheet, page and letter."""
