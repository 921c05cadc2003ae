"""Review rules: one function per rule, one module per family; registry.py lists them in their order."""
