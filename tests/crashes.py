"""Readers that fail in every way a parser can: a child process has to bear them. And one that tells what it costs."""

import ctypes
import os
import resource
import sys
import warnings
from collections.abc import Sequence
from dataclasses import replace

from contracts.load import Contracts
from transforms.intake.submission import Submission, read_submission


def fail_as_told(content: bytes, file: str, contracts: Contracts, passwords: Sequence[str] = ()) -> Submission:
    """Fail as the content says; anything else is read."""
    match content:
        case b"abort":
            os.abort()
        case b"segfault":
            ctypes.string_at(0)
        case b"exit":
            sys.exit(3)
        case b"loop":
            while True:
                pass
        case b"memory":
            hoard = []
            while True:
                hoard.append(bytearray(16 * 1024**2))
        case b"warn":
            for number in range(100_000):
                warnings.warn(f"warning {number}", stacklevel=1)
                sys.stderr.write("noise\n")
        case b"our own fault":
            raise ZeroDivisionError("made for this test")
    return read_submission(content, file, contracts, passwords)


def measure(content: bytes, file: str, contracts: Contracts, passwords: Sequence[str] = ()) -> Submission:
    """Read, and put the peak memory of the child, in MiB, in place of the remarks about rows that were left out."""
    submission = read_submission(content, file, contracts, passwords)
    return replace(submission, explained=(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024),))
