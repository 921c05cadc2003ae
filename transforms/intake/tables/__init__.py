"""Find the indicator tables of a workbook, and match their rows with the indicators of the guide."""
