"""Every class of faults that the measurement injects."""

from tests.judgement.copies import COPIES
from tests.judgement.edits import Fault
from tests.judgement.mixups import MIXUPS
from tests.judgement.slips import SLIPS
from tests.judgement.trends import TRENDS

FAULTS: tuple[Fault, ...] = (*SLIPS, *MIXUPS, *TRENDS, *COPIES)
