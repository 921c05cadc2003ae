"""Measures how well real tables and plans are read, on cases that lie beside the repository."""
