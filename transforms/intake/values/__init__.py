"""Parse the text or number of a cell, and convert it into the unit of its indicator."""
