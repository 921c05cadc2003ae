"""One round: quota, roster and years; and the names of provinces. No year or province is written in code."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AliasChoices, Field
from pydantic.dataclasses import dataclass

from contracts.naming import name_key
from contracts.round_parts import Decision, Growth, Regime, Role, RoundKind, TableName, TableUse, YearColumn
from contracts.scoring import Scoring
from contracts.yaml_source import STRICT, ContractFault, Formerly

Kind = Literal["city", "park"]
KINDS: tuple[Kind, ...] = ("city", "park")


@dataclass(frozen=True, config=STRICT)
class Pilot:
    """A pilot on the roster.

    Attributes:
        seat: city of a park whose own name is unknown.
        title: name to show instead.
        formerly: earlier names on the roster, the oldest first: it stays in the keys of findings, so that decisions
            follow; submissions may still have any of them.
    """

    name: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    seat: str | None = None
    title: str | None = None
    formerly: Formerly = ()

    @property
    def key_name(self) -> str:
        """Return the name in the keys of findings: the first that it had."""
        return (*self.formerly, self.name)[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Return every name that it has or had."""
        return (self.name, *self.aliases, *self.formerly)


@dataclass(frozen=True, config=STRICT)
class Province:
    """A province's quota, None where it is not published, and the pilots on its roster."""

    name: str
    quota: Annotated[int, Field(ge=1)] | None = None
    pilots: tuple[Pilot, ...] = ()


@dataclass(frozen=True, slots=True)
class Spelling:
    """One spelling of a pilot's name. `order`: its position among all; `by_seat`: it is the city of a park."""

    order: int
    province: str
    pilot: Pilot
    by_seat: bool


@dataclass(frozen=True, config=STRICT)
class Round:
    """One collection.

    Attributes:
        round: its name.
        kind: `plan`, base values and targets; `progress`, what was achieved of the plans of another round.
        of: that other round, whose provinces and quotas a progress round has.
        reported_years: of a progress round, with actual values.
        due: target years that are assessed in a progress round.
        roster_state: `roster: open` in YAML where pilots and quota are not published: every pilot counts.
        deadline: last day for corrections.
        plan_required: whether every pilot must submit a plan beside its workbook.
        peak_year: by which emissions must have peaked, for a pilot whose plan states no year.
        growth: assumptions for what cities' targets imply; a period that they do not cover is not evaluated.
        regimes: in the order of their years.
        tables: by kind, where this round does not have the tables `city` and `park`: the name of a file in `tables/`,
            or a `TableUse`.
        scoring: fields of work and criteria; None where the round has neither.
    """

    round: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: str
    base_year: int
    target_years: Annotated[tuple[int, ...], Field(min_length=1)]
    quota_total: int | None = None
    provinces: tuple[Province, ...] = ()
    kind: RoundKind = "plan"
    of: str | None = None
    reported_years: tuple[int, ...] = ()
    due: tuple[int, ...] = ()
    roster_state: Literal["published", "open"] = Field(
        default="published", validation_alias=AliasChoices("roster", "roster_state")
    )
    decisions: tuple[Decision, ...] = ()
    deadline: date | None = None
    plan_required: bool = False
    peak_year: int | None = None
    growth: tuple[Growth, ...] = ()
    regimes: tuple[Regime, ...] = ()
    tables: dict[Kind, TableName | TableUse] = Field(default_factory=dict)
    scoring: Scoring | None = None

    def faults(self) -> Iterator[ContractFault]:
        """Yield years, quotas, names and rulings that contradict each other."""
        if list(stated := (self.base_year, *self.target_years)) != sorted(set(stated)):
            yield (), f"years {stated} do not rise"
        yield from self._progress_faults()
        if not self.provinces and self.of is None and self.roster_state == "published":
            yield (), "provinces: none are listed; a round without a published roster has `roster: open`"
        total = sum(province.quota or 0 for province in self.provinces)
        if self.quota_total is not None and total != self.quota_total:
            yield (), f"quota_total is {self.quota_total}, but the provinces add up to {total}"
        names = Counter(name_key(n) for p in self.provinces for x in p.pilots for n in set(x.names))
        names.update(name_key(province.name) for province in self.provinces)
        yield from (((), f"name {name!r} means more than one province or pilot") for name, n in names.items() if n > 1)
        for province in self.provinces:
            if province.quota is not None and len(province.pilots) > province.quota:
                yield (), f"{province.name}: {len(province.pilots)} pilots for a quota of {province.quota}"
        hashes = Counter(decision.sha256 for decision in self.decisions)
        yield from (((), f"decisions: {sha256} is decided twice") for sha256, n in hashes.items() if n > 1)

    def _progress_faults(self) -> Iterator[ContractFault]:
        if (self.kind == "progress") != bool(self.of and self.reported_years and self.due):
            yield (), "kind: a progress round, and no other, has `of`, `reported_years` and `due`"
        if list(reported := (self.base_year, *self.reported_years)) != sorted(set(reported)):
            yield ("reported_years",), f"{reported} do not rise"
        if self.reported_years and any(year < reported[-1] for year in self.stated_years):
            yield ("reported_years",), f"{self.stated_years} have no actual value, but later years have"
        if not set(self.due) <= set(self.target_years):
            yield ("due",), f"{self.due} are not all target years"
        elif self.reported_years and (ahead := tuple(year for year in self.due if year not in self.reported_years)):
            yield ("due",), f"{ahead} have no actual value in `reported_years`"

    @cached_property
    def decided(self) -> dict[str, Decision]:
        """Rulings by the sha256 of the file."""
        return {decision.sha256: decision for decision in self.decisions}

    @property
    def years(self) -> tuple[int, ...]:
        """All years with a value in ascending order: base year, reported years, target years."""
        return tuple(sorted({self.base_year, *self.reported_years, *self.target_years}))

    def table_use(self, kind: Kind) -> TableUse:
        """Return the table of a kind of pilot; by default the one with its name."""
        use = self.tables.get(kind, kind)
        return TableUse(use) if isinstance(use, str) else use

    @property
    def stated_years(self) -> tuple[int, ...]:
        """Target years without an actual value: those whose values are targets."""
        return tuple(year for year in self.target_years if year not in self.reported_years)

    @property
    def required_years(self) -> tuple[int, ...]:
        """Years that every table must have: in a progress round the targets are known from the plans."""
        return (self.base_year, *self.reported_years) if self.kind == "progress" else self.years

    def role(self, year: int) -> Role:
        """Return what the value of a year is."""
        if year in self.reported_years or (self.kind == "progress" and year > self.base_year):
            return "actual"
        return "base" if year <= self.base_year else "target"

    @cached_property
    def columns(self) -> tuple[YearColumn, ...]:
        """Columns of the template: every year; in a progress round base, actual values and all targets."""
        if self.kind == "plan":
            return tuple(YearColumn(f"{year}年", year, self.role(year)) for year in self.years)
        return (
            YearColumn(f"{self.base_year}年", self.base_year, "base"),
            *(YearColumn(f"{year}年实际值", year, "actual") for year in self.reported_years),
            *(YearColumn(f"{year}年目标值", year, "target") for year in self.target_years),
        )

    @cached_property
    def quotas(self) -> dict[str, int | None]:
        """Quota by province, in the order of the annex."""
        return {province.name: province.quota for province in self.provinces}

    def publishes_quota(self, province: str | None) -> bool:
        """Return whether the quota of a province is published; of one that is not listed, or None, whether any is."""
        quotas = [self.quotas[province]] if province in self.quotas else self.quotas.values()
        return any(quota is not None for quota in quotas)

    @cached_property
    def roster(self) -> tuple[tuple[str, Pilot], ...]:
        """Every pilot with its province, in the order of the annex."""
        return tuple((province.name, pilot) for province in self.provinces for pilot in province.pilots)

    @cached_property
    def listed(self) -> dict[str, tuple[str, Pilot]]:
        """Province and pilot by the pilot's name."""
        return {pilot.name: (province, pilot) for province, pilot in self.roster}

    @cached_property
    def renamed(self) -> dict[tuple[str, str], str]:
        """Present name of each pilot by province and earlier name."""
        return {(province, name): pilot.name for province, pilot in self.roster for name in pilot.formerly}

    def growth_between(self, earlier: int, later: int) -> Growth | None:
        """Return the growth assumed for a period, if one assumption covers it."""
        return next((one for one in self.growth if one.since <= earlier and later <= one.until), None)

    def is_binding(self, indicator: str, year: int) -> bool:
        """Return whether an intensity is binding in a year; each one is where the round names no regimes."""
        current = [one for one in self.regimes if one.since <= year]
        return not current or indicator in current[-1].indicators

    def released_by(self, indicator: str) -> Regime | None:
        """Return the regime from which on an intensity is no longer binding, if there is one before the last target."""
        bound = [one for one in self.regimes if indicator in one.indicators]
        later = [one for one in self.regimes if bound and bound[-1].since < one.since <= self.target_years[-1]]
        return later[0] if later else None

    def names_pilots(self, province: str | None) -> bool:
        """Return whether the roster says which pilots a province has; not where a province with a quota lists none."""
        return (
            bool(self.roster)
            and self.roster_state == "published"
            and not any(one.name == province and not one.pilots for one in self.provinces)
        )

    @cached_property
    def spellings(self) -> dict[str, tuple[Spelling, ...]]:
        """Spellings of all pilots' names, by `name_key`."""
        found: dict[str, tuple[Spelling, ...]] = {}
        order = 0
        for province, pilot in self.roster:
            names = [name_key(name) for name in pilot.names]
            seat = [name_key(pilot.seat).removesuffix("市")] if pilot.seat else []
            short = [name.removesuffix("市") for name in names] if pilot.kind == "city" else []
            for key in (*names, *short, *seat):
                found[key] = (*found.get(key, ()), Spelling(order, province, pilot, by_seat=key in seat))
                order += 1
        return found

    @cached_property
    def spelling_lengths(self) -> tuple[int, ...]:
        """Lengths of these spellings, in ascending order."""
        return tuple(sorted({len(spelling) for spelling in self.spellings}))
