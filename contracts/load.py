"""Loads the reviewed YAML into frozen objects and tells every fault with its file and key, all at once."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from contracts.benchmarks import Benchmark
from contracts.gate import Expectation
from contracts.guide import Guide
from contracts.indicators import Indicator, Table
from contracts.regions import Region
from contracts.round import Round
from contracts.rules import Rule

HERE = Path(__file__).parent
T = TypeVar("T")


class ContractError(Exception):
    """The YAML is faulty; `faults` has one line each: file, key, what is wrong."""

    def __init__(self, faults: list[str]) -> None:
        """Keep every fault; the message is all of them, one a line."""
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Contracts:
    """Everything that a run needs to know in advance; `tables` by kind, `rules` by id in the order of the catalogue."""

    tables: dict[str, Table]
    round: Round
    rules: dict[str, Rule]
    regions: tuple[Region, ...]
    guide: Guide
    benchmarks: tuple[Benchmark, ...] = ()
    gate: tuple[Expectation, ...] = ()

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """The indicators of both tables by code."""
        return {row.code: row for table in self.tables.values() for row in table.indicators}

    def benchmarks_of(self, indicator: str, year: int) -> list[Benchmark]:
        """National targets of an indicator for a year, levels and paces."""
        return [one for one in self.benchmarks if (one.indicator, one.year) == (indicator, year)]

    @cached_property
    def yardsticks(self) -> dict[tuple[str, int], Benchmark]:
        """National targets that are levels, by indicator and year."""
        return {(one.indicator, one.year): one for one in self.benchmarks if one.value is not None}


class _NoDuplicates(yaml.CSafeLoader):
    """YAML takes the last of two equal keys in silence; a reviewed file must not lose one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"key {key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def round_names(folder: Path = HERE) -> list[str]:
    """Names of the rounds that have a contract."""
    return sorted(path.stem for path in (folder / "rounds").glob("*.yaml"))


def fingerprint(folder: Path = HERE) -> str:
    """One hash of all the YAML, to tell which contracts made a package."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


@cache
def load_contracts(round_name: str, folder: Path = HERE) -> Contracts:
    """Load all contracts for one round.

    Args:
        round_name: the stem of a file in `rounds/`.
        folder: where the YAML lies; another one only in tests.

    Raises:
        ContractError: with the faults of all files together.
    """
    faults: list[str] = []
    city = _read(folder, "tables/city.yaml", Table, faults)
    park = _read(folder, "tables/park.yaml", Table, faults)
    rounds = _read(folder, f"rounds/{round_name}.yaml", Round, faults)
    rules = _read(folder, "rules.yaml", tuple[Rule, ...], faults)
    regions = _read(folder, "regions.yaml", tuple[Region, ...], faults)
    benchmarks = _read(folder, "benchmarks.yaml", tuple[Benchmark, ...], faults)
    gate = _read(folder, "gate.yaml", tuple[Expectation, ...], faults)
    guide = _read(folder, "guide.yaml", Guide, faults)
    if rounds and regions:
        known = {region.name for region in regions}
        faults += [
            f"rounds/{round_name}.yaml: provinces.{i}.name: {province.name} is not in regions.yaml"
            for i, province in enumerate(rounds.provinces)
            if province.name not in known
        ]
    if rules:
        ids = [rule.id for rule in rules]
        faults += [f"rules.yaml: {i}.id: {id_} stands twice" for i, id_ in enumerate(ids) if id_ in ids[:i]]
        known = {*ids, *(rule.family for rule in rules)}
        faults += [
            f"rules.yaml: {i}.explains: {name} is neither a rule nor a family"
            for i, rule in enumerate(rules)
            for name in rule.explains
            if name not in known
        ]
    if benchmarks and city and park:
        codes = {*city.by_code, *park.by_code}
        faults += [
            f"benchmarks.yaml: {i}.indicator: {one.indicator} is in neither table"
            for i, one in enumerate(benchmarks)
            if one.indicator not in codes
        ]
    if gate:
        ids = [one.id for one in gate]
        faults += [f"gate.yaml: {i}.id: {id_} stands twice" for i, id_ in enumerate(ids) if id_ in ids[:i]]
    if faults or not (city and park and rounds and rules and regions and benchmarks and gate and guide):
        raise ContractError(faults)
    by_id = {rule.id: rule for rule in rules}
    return Contracts({"city": city, "park": park}, rounds, by_id, regions, guide, benchmarks, gate)


def _read(folder: Path, name: str, form: type[T], faults: list[str]) -> T | None:
    try:
        raw = yaml.load((folder / name).read_text(encoding="utf-8"), _NoDuplicates)  # noqa: S506 - a safe loader
        return TypeAdapter(form).validate_python(raw)
    except (OSError, UnicodeDecodeError) as error:
        faults.append(f"{name}: cannot be read: {error}")
    except yaml.YAMLError as error:
        faults.append(f"{name}: {' '.join(str(error).split())}")
    except ValidationError as error:
        faults.extend(_faults(name, error))
    return None


def _faults(name: str, error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"]) or "(file)"
        yield f"{name}: {key}: {fault['msg'].removeprefix('Value error, ')}"
