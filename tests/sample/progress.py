"""A simulated progress round: what each pilot reports of its plan, drawn around the path to its targets."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from contracts.load import load_contracts
from contracts.naming import unit_key
from contracts.round import Kind
from tests.sample import SIMULATED, Submission, Value
from tests.support.saved import saved
from transforms.intake.cells import Cell
from transforms.intake.values.cell_text import parse_cell
from transforms.reports.template.earlier_submission import PROGRESS_TITLES, Earlier, Given, Line
from transforms.reports.template.workbook import render_template

SEED = "peak-review progress 1"
ROUND = "first-batch-2025"
CONTRACTS = load_contracts(ROUND)
REPORTED = CONTRACTS.round.reported_years
REASONS = (
    "重点项目并网推迟至2026年，相应目标顺延，已制定追赶措施。",
    "受产业恢复性增长影响，进度低于预期，2026年起加大改造力度。",
    "统计制度调整后口径收窄，按原口径已接近目标。",
    "上游资源供应不足，改造工程延期，计划2026年底前补齐。",
)
# Rows that belong together have the same progress: intensities with the share of non-fossil energy.
TIED = {"C01", "C02", "C03", "C07", "P02", "P03", "P04", "P05"}
STATES = (
    ("在建", 0.6, ""),
    ("已建成", 1.0, ""),
    ("已投产", 1.0, ""),
    ("未开工", 0.0, "用地手续尚未办结，计划2026年开工"),
)


@dataclass(frozen=True)
class Reported:
    """One row of the progress table: base, actual values by year, targets by year, as written."""

    code: str
    label: str
    unit: str
    base: Value
    actuals: Mapping[int, Value]
    targets: Mapping[int, Value]
    remark: str = ""


@dataclass(frozen=True)
class Report:
    """The progress report of one pilot; `notes` and `projects` are rows of their sheets."""

    province: str
    pilot: str
    kind: Kind
    rows: tuple[Reported, ...]
    notes: tuple[tuple[str, str, str], ...] = ()
    projects: tuple[tuple[str, str, Value, str, str], ...] = ()
    date: str = "2026-03-12"
    version: str = "1"

    def row(self, code: str) -> Reported:
        """The row with this code."""
        return next(row for row in self.rows if row.code == code)

    def change(self, code: str, edit: Callable[[Reported], Reported]) -> "Report":
        """The report with another row in place of this one."""
        return replace(self, rows=tuple(edit(row) if row.code == code else row for row in self.rows))

    def put(self, code: str, year: int, value: Value) -> "Report":
        """The report with another actual value."""
        return self.change(code, lambda row: replace(row, actuals={**row.actuals, year: value}))


def number_of(value: Value, *, share: bool) -> float | None:
    """The number in a cell as written, 25 of “达到25%以上”; None of words."""
    if not isinstance(value, str):
        return value
    parsed = parse_cell(Cell(1, 1, "text", value), share=share)
    return float(parsed.value) if parsed.value is not None and parsed.unit in {None, "%"} else None


def draw_report(plan: Submission, seed: str = SEED, missed: float = 0.12) -> Report:
    """Draw what a pilot reports: most targets met, some missed with a reason, base and targets as in its plan.

    Args:
        plan: its submission to the round of plans.
        seed: of everything that is drawn.
        missed: part of the targets that is missed.
    """
    rng = random.Random(f"{seed}: {plan.pilot}")
    pace = rng.uniform(1.0, 1.12)
    rows, notes = [], []
    for row in plan.rows:
        indicator = CONTRACTS.indicators.get(row.code)
        if indicator is None:
            continue
        share = unit_key(row.unit) == "%"
        numbers = [number_of(value, share=share) for value in row.values]
        gains = pace if row.code in TIED else rng.uniform(1.0, 1.15)
        if row.code not in TIED and rng.random() < missed:
            gains = rng.uniform(0.45, 0.93)
        values = _actuals(numbers, indicator.wanted, share=share, gain=gains, rng=rng)
        rows.append(
            Reported(
                row.code, row.label, row.unit, row.values[0], dict(zip(REPORTED, values, strict=True)),
                dict(zip(CONTRACTS.round.target_years, row.values[1:], strict=True)), row.remark,
            )
        )  # fmt: skip
        if not _is_met(numbers[0], numbers[1], values[-1], indicator.wanted):
            notes.append((row.label, "未完成原因", rng.choice(REASONS)))
    rows = _within(rows)
    left_out = tuple((note.label, note.what, note.why) for note in plan.notes if note.what == "删减")
    projects = tuple(_project(str(line[0]), line[4], rng) for line in plan.projects())
    return Report(plan.province, plan.pilot, plan.kind, tuple(rows), (*notes, *left_out), projects)


def _within(rows: list[Reported]) -> list[Reported]:
    """Limit renewable energy to non-fossil energy, of which it is a part."""
    whole = next((row.actuals for row in rows if row.code == "P04"), {})
    return [
        replace(row, actuals={year: _lesser(value, whole.get(year)) for year, value in row.actuals.items()})
        if row.code == "P05"
        else row
        for row in rows
    ]


def _lesser(value: Value, other: Value) -> Value:
    return min(value, other) if isinstance(value, int | float) and isinstance(other, int | float) else value


def _actuals(
    numbers: list[float | None],
    wanted: str,
    *,
    share: bool,
    gain: float,
    rng: random.Random,
) -> list[Value]:
    base, first, last = numbers
    if base is None:
        return [None] * len(REPORTED)
    target = first if first is not None else last
    if target is None:  # words: it goes slowly in the wanted direction
        target = base * (0.96 if wanted == "down" else 1.04)
    if target == base:
        gain = 1.0
    digits = max(map(_decimals, numbers)) if wanted != "any" else 1
    count = not share and float(base).is_integer() and (target is None or float(target).is_integer())
    places = 0 if count else max(digits, 1) + (base < 50 and share and wanted != "any")
    found: list[Value] = []
    for part in (0.33, 0.66, 1.0):
        done = part * gain + (rng.uniform(-0.04, 0.04) if part < 1 else 0)
        value = base + (target - base) * done if share or base <= 0 or target <= 0 else base * (target / base) ** done
        goes_on = last is not None and target != base and (last - target) * (target - base) >= 0
        if last is not None and goes_on and (value - last) * (target - base) > 0:
            value = last + (last - base) * rng.uniform(0.01, 0.06)  # hardly beyond the last target
        if share:
            value = min(max(value, 0.0), 100.0)
        found.append(_rounded(value, places))
    return found


def _rounded(value: float, places: int) -> Value:
    return round(value) if places == 0 else round(value, places)


def _decimals(number: float | None) -> int:
    return 0 if number is None else max(0, -int(Decimal(f"{number:.10g}").normalize().as_tuple().exponent))


def _is_met(base: float | None, target: float | None, actual: Value, wanted: str) -> bool:
    if target is None or not isinstance(actual, int | float):
        return True
    if wanted == "any" and (base is None or target < base):
        return True
    return actual <= target if wanted == "down" else actual >= target


def _project(name: str, total: Value, rng: random.Random) -> tuple[str, str, Value, str, str]:
    state, part, cause = rng.choices(STATES, (6, 3, 3, 1))[0]
    spent = round(float(total) * part) if isinstance(total, int | float) else None
    return name, state, spent, "尚未产生效果" if part == 0 else "按设计运行" if part == 1 else "主体工程过半", cause


def workbook(report: Report) -> bytes:
    """The template of the round as `peak-review template` prefills it, filled in."""
    lines = {row.code: Line(row.label, row.unit, _given(row), row.remark or None) for row in report.rows}
    names = [
        {title: _cell(value) for title, value in zip(PROGRESS_TITLES, line, strict=True)} for line in report.projects
    ]
    notes = [{"指标": Given(label), "情况": Given(what), "说明": Given(why)} for label, what, why in report.notes]
    earlier = Earlier(
        office=f"{report.pilot}{'发展和改革委员会' if report.kind == 'city' else '管理委员会'}",
        contact="模拟联系人　000-00000000", version=int(report.version), rows=lines, progress=names, notes=notes,
    )  # fmt: skip
    table = CONTRACTS.tables[report.kind]
    book = render_template(table, CONTRACTS.round, pilot=report.pilot, province=report.province, earlier=earlier)
    cover = book["封面"]
    cover["A2"] = f"{cover['A2'].value}　{SIMULATED}"
    for row in cover.iter_rows(min_row=3, max_row=12):
        if row[0].value == "填报日期":
            row[1].value = report.date
    return saved(book)


def _given(row: Reported) -> dict[tuple[int, str], Given]:
    base = CONTRACTS.round.base_year
    values: dict[tuple[int, str], Value] = {(base, "base"): row.base}
    values |= {(year, "actual"): value for year, value in row.actuals.items()}
    values |= {(year, "target"): value for year, value in row.targets.items()}
    return {key: _cell(value) for key, value in values.items() if value is not None}


def _cell(value: Value) -> Given:
    return Given(f"{value:.15g}", "number") if isinstance(value, int | float) else Given(value or "")
