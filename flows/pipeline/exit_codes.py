"""Exit codes of a command, and codes of an `Outcome`. A signal ends a command with 128 plus its number."""

DONE = 0
FAILED = 1
WRONG_USE = 2
INCOMPLETE = 3
FAULTY = 4  # only of `peak-review check`: the file has a blocker or an error
