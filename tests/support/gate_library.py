"""Great Expectations, imported once into the process from which the workers of a test process are forked."""

from threading import RLock

from tqdm import tqdm

tqdm.set_lock(RLock())  # its own would be a semaphore of the system

import great_expectations  # noqa: E402, F401

from tests.support.garbage import collect_less_often  # noqa: E402

collect_less_often()  # holds for the forked workers too
