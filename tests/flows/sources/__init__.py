"""Tests of the sources of submissions."""
