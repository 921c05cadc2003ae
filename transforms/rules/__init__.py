"""Review rules, one function each, in modules by what they are about; registry.py lists them in their order.

The checks of single rows are in contracts/schemas/submitted.py.
"""
