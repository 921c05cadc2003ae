"""Rules between indicators: carbon per energy, parts and wholes, emission path, basic data."""
