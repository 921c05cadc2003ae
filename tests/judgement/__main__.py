"""Measures how good the flags are; `python -m tests.judgement --help` tells the options."""

import argparse
import json
import sys
from pathlib import Path

from tests.judgement.clean import Clean, measure_clean, measure_population
from tests.judgement.faults import FAULTS
from tests.judgement.measure import measure_faults, measure_ranking
from tests.judgement.report import as_data, clean_table, ranking_table, score_table

# Cities, parks, provinces.
POPULATIONS = {
    "one province, three pilots": (2, 1, 1),
    "parks only": (0, 40, 15),
    "cities only": (40, 0, 15),
    "one big round": (700, 300, 31),
    "5,000 pilots": (3500, 1500, 31),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the measurement and print its tables."""
    parser = argparse.ArgumentParser(prog="make judge", description=__doc__)
    parser.add_argument("--classes", nargs="*", metavar="NAME", help="measure only these classes of faults")
    parser.add_argument("--n", type=int, default=100, help="injections of each class (100; 0 leaves them out)")
    parser.add_argument(
        "--clean", type=int, default=1015, help="clean submissions in rounds of 35 (1015; 0 leaves out)"
    )
    parser.add_argument("--rounds", type=int, default=40, help="rounds of the ranking (40; 0 leaves it out)")
    parser.add_argument("--no-populations", action="store_true", help="leave out the small, one-sided and large rounds")
    parser.add_argument("--held-out", action="store_true", help="seeds that are not used for tuning")
    parser.add_argument(
        "--misses", type=int, default=0, metavar="N", help="show so many injections missed of each class"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    chosen = parser.parse_args(arguments)
    seed = "held out 1" if chosen.held_out else "tuning 1"
    faults = [fault for fault in FAULTS if not chosen.classes or fault.name in chosen.classes]
    unknown = set(chosen.classes or ()) - {fault.name for fault in FAULTS}
    if unknown:
        parser.error(f"no such class: {', '.join(sorted(unknown))}; known: {', '.join(one.name for one in FAULTS)}")
    clean: dict[str, Clean] = {}
    if chosen.clean:
        clean["rounds of 35"] = measure_clean(chosen.clean, seed)
    if not chosen.no_populations:
        for title, (cities, parks, provinces) in POPULATIONS.items():
            clean[title] = measure_population(cities, parks, provinces, f"{seed}: {title}")
    _say("\n\n".join(clean_table(title, one) for title, one in clean.items()))
    scores = measure_faults(faults, chosen.n, seed) if chosen.n else []
    if scores:
        _say(score_table(scores))
    for score in scores if chosen.misses else []:
        _say("\n".join([f"{score.name}, not at its cell:", *score.examples[: chosen.misses]]))
    visible = [fault for fault in faults if fault.visible]
    ranking = measure_ranking(visible, chosen.rounds, seed) if chosen.rounds and visible else None
    if ranking:
        _say(ranking_table(ranking))
    if chosen.json:
        chosen.json.write_text(
            json.dumps(as_data(scores, clean, ranking), ensure_ascii=False, indent=1) + "\n", "utf-8"
        )
    return 0


def _say(text: str) -> None:
    if text:
        sys.stdout.write(f"{text}\n\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
