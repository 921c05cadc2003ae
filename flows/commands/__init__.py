"""The commands of `peak-review`, a function each. Heavy imports are inside the functions, for a quick --help."""
