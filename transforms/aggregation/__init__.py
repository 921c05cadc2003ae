"""Which version counts, medians, provincial summaries."""
