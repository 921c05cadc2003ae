"""The measured ratios as a table, and time and memory against the number of workbooks as a picture."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("prefect", "polars", "pandera", "openpyxl", "great-expectations", "python-docx", "lxml")
_WIDTH, _HEIGHT, _LEFT, _TOP = 420, 260, 70, 40


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    against: str
    value: float
    goal: str
    unit: str

    def text(self) -> str:
        """In plain text."""
        against = f" against {self.against}" if self.against else ""
        return f"{self.what}{against}: {self.value:.3g} {self.unit}" + (f" (goal {self.goal})" if self.goal else "")


@dataclass(frozen=True)
class Point:
    """A cold run of the main job: workbooks, seconds, peak memory of one process in MiB."""

    number: int
    seconds: float
    memory: float


def table(lines: Sequence[Line]) -> str:
    """Markdown, with the machine, the versions and the day."""
    rows = [f"| {one.what} | {one.against} | {one.value:.3g} {one.unit} | {one.goal} |" for one in lines]
    machine = f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}"
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return "\n".join(
        [
            "# Measured by `make bench`",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}; {machine}; {versions}. Ratios, each taken in one run.",
            "",
            "| what | against | measured | goal |",
            "|---|---|---|---|",
            *rows,
            "",
            "![Time and memory against the number of workbooks](scale.svg)",
            "",
        ]
    )


def plot(points: Sequence[Point], path: Path) -> None:
    """Draw time and memory against the number of workbooks."""
    panels = [
        _panel(0, "seconds, cold", [(point.number, point.seconds) for point in points]),
        _panel(_WIDTH + 20, "peak memory of one process, MiB", [(point.number, point.memory) for point in points]),
    ]
    size = f'width="{2 * _WIDTH + 20}" height="{_HEIGHT + 60}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    path.write_text(
        "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *panels, "</svg>", ""]), "utf-8"
    )


def _panel(left: int, title: str, points: Sequence[tuple[float, float]]) -> str:
    most_x, most_y = max(x for x, _ in points), max(y for _, y in points)

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            left + _LEFT + (_WIDTH - _LEFT - 30) * x / most_x,
            _TOP + (_HEIGHT - _TOP) * (1 - y / most_y),
        )

    bottom = _HEIGHT
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in [(0.0, 0.0), *points]))
    parts = [
        f'<text x="{left + _LEFT}" y="24" font-weight="bold">{title}</text>',
        f'<path d="M{left + _LEFT} {_TOP}V{bottom}H{left + _WIDTH - 20}" stroke="#888" fill="none"/>',
        f'<polyline points="{path}" stroke="#1F5FA8" stroke-width="2" fill="none"/>',
    ]
    for x, y in points:
        at_x, at_y = place(x, y)
        parts.append(f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="4" fill="#1F5FA8"/>')
        parts.append(f'<text x="{at_x:.1f}" y="{at_y - 9:.1f}" text-anchor="end">{y:,.0f}</text>')
        parts.append(f'<text x="{at_x:.1f}" y="{bottom + 18}" text-anchor="middle">{x:,.0f}</text>')
    return "\n".join(parts)
