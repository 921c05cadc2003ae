"""How fast it is, as ratios taken in one run: `make bench`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUND = "bench"
