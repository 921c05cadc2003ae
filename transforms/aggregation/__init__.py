"""Aggregate judged submissions: latest version, counts by province, medians, paces, comparisons."""
