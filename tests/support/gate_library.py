"""Great Expectations, imported once into the process from which the workers of a test process are forked."""

from threading import RLock

from tqdm import tqdm

tqdm.set_lock(RLock())  # its own would be a semaphore of the system

import great_expectations  # noqa: E402, F401
