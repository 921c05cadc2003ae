"""Contracts: tables, rounds, rules and the schema of every frame. Reads only its own YAML."""
