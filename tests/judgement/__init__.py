"""How good the flags are: clean populations, seeded faults, and what the rules say of both. Reads no threshold."""
