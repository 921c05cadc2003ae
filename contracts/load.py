"""Load the YAML of `definitions/` into frozen dataclasses; report the faults of all files together.

The environment variable PEAK_REVIEW_CONTRACTS names a folder with further rounds, and files that replace those here.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from contracts.benchmarks import Benchmark
from contracts.gate import Expectation
from contracts.guide import Guide
from contracts.indicators import Indicator, Table
from contracts.load_round import read_round, read_tables, used_tables
from contracts.progress import Progress
from contracts.round import Round
from contracts.round_parts import Region
from contracts.rules import Rule
from contracts.yaml_source import Definition, read_definition

DEFINITIONS = Path(__file__).parent / "definitions"
OWN = "PEAK_REVIEW_CONTRACTS"


_NO_CATALOGUE = Definition("rules.yaml", None)


class ContractError(Exception):
    """The contracts are faulty.

    Attributes:
        faults: one line each with file, line, ids, key and message.
        rules: the catalogue, if it has the form of one.
        catalogue: the file of the rules, for lines of further faults.
    """

    def __init__(self, faults: list[str], rules: Sequence[Rule] = (), catalogue: Definition = _NO_CATALOGUE) -> None:
        """Join the faults into the message, one a line."""
        super().__init__("\n".join(faults))
        self.faults = faults
        self.rules = rules
        self.catalogue = catalogue


@dataclass(frozen=True, eq=False)
class Contracts:
    """All contracts of one round.

    Attributes:
        tables: by kind (`city`, `park`).
        rules: those for rounds of this kind by id, in the order of the catalogue.
        all_rules: the whole catalogue.
        folder: the folders that the YAML was read from.
    """

    tables: dict[str, Table]
    round: Round
    rules: dict[str, Rule]
    regions: tuple[Region, ...]
    guide: Guide
    benchmarks: tuple[Benchmark, ...] = ()
    gate: tuple[Expectation, ...] = ()
    progress: Progress = field(default_factory=Progress)
    all_rules: tuple[Rule, ...] = ()
    folder: tuple[Path, ...] = (DEFINITIONS,)

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """Indicators of both tables, by code."""
        return {row.code: row for table in self.tables.values() for row in table.indicators}

    @property
    def catalogue(self) -> Definition:
        """The file of the rules, for lines of further faults."""
        return read_definition(self.folder, "rules.yaml", tuple[Rule, ...], [])[1]

    def benchmarks_of(self, indicator: str, year: int) -> list[Benchmark]:
        """Return the national targets of every pilot for an indicator and year: levels and changes."""
        return [one for one in self.benchmarks if one.general and (one.indicator, one.year) == (indicator, year)]

    @cached_property
    def yardsticks(self) -> dict[tuple[str, int], Benchmark]:
        """National targets of every pilot that are levels, by indicator and year."""
        return {(one.indicator, one.year): one for one in self.benchmarks if one.general and one.value is not None}


def definition_folders(folder: Path | None = None) -> tuple[Path, ...]:
    """Return the folders of the YAML files; a file of the first takes the place of one in the second.

    Args:
        folder: the only one; None takes that of PEAK_REVIEW_CONTRACTS, and `definitions/`.
    """
    own = os.environ.get(OWN)
    return (folder,) if folder else (Path(own).absolute(), DEFINITIONS) if own else (DEFINITIONS,)


def round_names() -> list[str]:
    """Return the names of all rounds with a contract."""
    return sorted({path.stem for one in definition_folders() for path in (one / "rounds").glob("*.yaml")})


def fingerprint(folder: Path | None = None) -> str:
    """Return a sha256 over all YAML files in use, recorded in every package."""
    folders = definition_folders(folder)[::-1]
    files = {path.relative_to(one).as_posix(): path for one in folders for path in one.rglob("*.yaml")}
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def load_contracts(round_name: str, folder: Path | None = None) -> Contracts:
    """Load all contracts for one round, once in a process.

    Args:
        round_name: the stem of a file in `rounds/`.
        folder: of the YAML files; None takes `definition_folders()`, tests pass a copy.

    Raises:
        ContractError: with the faults of all files.
    """
    return _load(round_name, definition_folders(folder))


@cache
def _load(round_name: str, folder: tuple[Path, ...]) -> Contracts:
    faults: list[str] = []
    round_, of_round = read_round(folder, round_name, faults)
    tables, of_tables = read_tables(folder, round_, faults)
    rules, of_rules = read_definition(folder, "rules.yaml", tuple[Rule, ...], faults)
    regions, of_regions = read_definition(folder, "regions.yaml", tuple[Region, ...], faults)
    benchmarks, of_benchmarks = read_definition(folder, "benchmarks.yaml", tuple[Benchmark, ...], faults)
    gate, of_gate = read_definition(folder, "gate.yaml", tuple[Expectation, ...], faults)
    guide, _ = read_definition(folder, "guide.yaml", Guide, faults)
    progress, _ = read_definition(folder, "progress.yaml", Progress, faults)
    if round_ and round_.round != round_name:
        faults.append(of_round.fault(["round"], f"{round_.round} is not the name of the file"))
    known = of_regions.names()
    if round_ and known:
        faults += [
            of_round.fault(["provinces", at, "name"], f"{province.name} is not in regions.yaml")
            for at, province in enumerate(round_.provinces)
            if province.name not in known
        ]
    for definition, key, names in (
        (of_rules, "id", [rule.id for rule in rules or ()]),
        (of_gate, "id", [one.id for one in gate or ()]),
        (of_regions, "name", [region.name for region in regions or ()]),
        (of_regions, "short", [region.short for region in regions or ()]),
    ):
        twice = [at for at, name in enumerate(names) if name in names[:at]]
        faults += [definition.fault([at, key], f"{names[at]} is listed twice") for at in twice]
    if rules:
        faults += [of_rules.fault([at, *key], text) for at, key, text in _rule_faults(rules)]
    codes = {code for definition in of_tables.values() for code in definition.names("indicators")}
    faults += [
        of_benchmarks.fault([at, "indicator"], f"{one.indicator} is in neither table")
        for at, one in enumerate(benchmarks or ())
        if all(definition.root for definition in of_tables.values()) and one.indicator not in codes
    ]
    faults += [
        of_round.fault(["scoring", "fields", at, "indicators"], f"{code} is in no table")
        for at, one in enumerate(round_.scoring.fields if round_ and round_.scoring else ())
        for code in one.indicators
        if all(definition.root for definition in of_tables.values()) and code not in codes
    ]
    used: dict[str, Table] = {}
    if round_ and len(tables) == len(of_tables):
        used = used_tables(round_, tables, of_tables, of_round, faults)
    if benchmarks and len(tables) == len(of_tables):
        every = {row.code: row for table in (*tables.values(), *used.values()) for row in table.indicators}
        faults += [of_benchmarks.fault([at, "indicator"], text) for at, text in _benchmark_faults(benchmarks, every)]
    faults += [f"{path}: replaces no file, and is no round or table" for path in _without_use(folder)]
    if faults or not (used and round_ and rules and regions and benchmarks and gate and guide and progress):
        raise ContractError(faults, rules or (), of_rules)
    by_id = {rule.id: rule for rule in rules if round_.kind in rule.rounds}
    codes = {row.code for table in used.values() for row in table.indicators}
    benchmarks = tuple(one for one in benchmarks if one.indicator in codes)
    return Contracts(used, round_, by_id, regions, guide, benchmarks, gate, progress, rules, folder)


def _without_use(folders: tuple[Path, ...]) -> Iterator[Path]:
    """Yield files of PEAK_REVIEW_CONTRACTS that are read for no round: a misspelt name, or not .yaml."""
    rounds = [path.read_text(encoding="utf-8", errors="replace") for path in (folders[0] / "rounds").glob("*.yaml")]
    for path in sorted(path for one in folders[:-1] for path in one.rglob("*") if path.is_file()):
        name = path.relative_to(folders[0])
        is_round = name.parent == Path("rounds") and name.suffix == ".yaml"
        is_table = name.parent == Path("tables") and name.suffix == ".yaml" and any(name.stem in one for one in rounds)
        if not (
            is_round or is_table or (folders[-1] / name).is_file() or name.name.startswith(".") or name.suffix == ".md"
        ):
            yield path


def _rule_faults(rules: Sequence[Rule]) -> Iterator[tuple[int, list[str], str]]:
    """Yield position in the list, key and message of each fault between rules."""
    ids = [rule.id for rule in rules]
    known = {*ids, *(rule.family for rule in rules)}
    names = Counter(name for rule in rules for name in {rule.id, *rule.formerly})
    for at, rule in enumerate(rules):
        for name in rule.formerly:
            if names[name] > 1:
                yield at, ["formerly"], f"{name} is the name of another rule"
        for name in rule.explains:
            if name not in known:
                yield at, ["explains"], f"{name} is neither a rule nor a family"


def _benchmark_faults(benchmarks: Sequence[Benchmark], indicators: dict[str, Indicator]) -> Iterator[tuple[int, str]]:
    seen: set[tuple[object, ...]] = set()
    for at, one in enumerate(benchmarks):
        key = (one.indicator, one.year, one.value is None, one.provinces, one.names, one.optional)
        indicator = indicators.get(one.indicator)
        if indicator is None:
            continue
        if indicator.wanted == "any" or indicator.printed_scale is None:
            yield at, f"{one.indicator} has no wanted direction, or several units: nothing can be compared with it"
        elif key in seen:
            yield at, f"{one.indicator} has another target of {one.year}"
        seen.add(key)
