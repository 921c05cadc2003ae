"""Tests of publication: manifest, swap, history, reviewers' edits, lock, input fingerprint."""
