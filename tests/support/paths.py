"""Where things are: the repository, its sample round, the files of the tests, and what may be beside the repository."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "raw"
SUBMISSIONS = SAMPLE / "first-batch" / "submissions"
FILES = ROOT / "tests" / "files"
BIN = Path(sys.executable).parent
COMMAND = BIN / "peak-review"

SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"
CASES = SHARED / "cases"
PUBLISHED = SHARED / "reference" / "published"
