"""Correction notices and annotated copies for submitters."""
