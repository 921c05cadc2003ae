"""Tests of the gate before publication."""
