"""Identify the sender of a file: province, pilot, version and date."""
