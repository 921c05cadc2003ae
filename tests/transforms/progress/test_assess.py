"""Single targets against single actual values: completion, state, and the path to the last target."""

import pytest

from contracts.load import load_contracts
from transforms.progress.assess import (
    Goal,
    completion_rate,
    is_met,
    path_to,
    rate_text,
    state_of,
    yearly_change,
)

PROGRESS = load_contracts("first-batch-2025").progress


@pytest.mark.parametrize(
    ("base", "target", "actual", "wanted", "rate"),
    [
        (20, 25, 24, "up", 0.8),
        (20, 25, 26, "up", 1.2),
        (20, 25, 19, "up", -0.2),  # it fell behind
        (1.0, 0.8, 0.9, "down", 0.5),
        (1.0, 0.8, 1.1, "down", -0.5),
        (None, 25, 24, "up", None),
        (25, 25, 24, "up", None),  # nothing was to change
        (25, 20, 24, "up", None),  # the target allows to fall behind
        (5, 8, 6.5, "any", 0.5),
    ],
)
def test_completion_goes_with_the_wanted_direction(
    base: float | None, target: float, actual: float, wanted: str, rate: float | None
) -> None:
    found = completion_rate(base, target, actual, wanted)
    assert found == (None if rate is None else pytest.approx(rate))


@pytest.mark.parametrize(
    ("qualifier", "wanted", "target", "actual", "state"),
    [
        ("exact", "up", 25, 25, "met"),
        ("exact", "up", 25, 24.99, "missed"),
        ("exact", "down", 0.8, 0.8, "met"),
        ("exact", "down", 0.8, 0.81, "missed"),
        ("exact", "any", 5, 6, "unjudged"),
        ("at_least", "up", 25, 26, "met"),  # 25以上
        ("at_least", "any", 5, 5.1, "met"),
        ("at_least", "any", 5, 4.9, "missed"),
        ("at_most", "down", 1.3, 1.3, "met"),  # 不超过1.3
        ("at_most", "any", 1.3, 1.4, "missed"),
        ("about", "up", 25, 24, "met"),  # 25左右
        ("about", "up", 25, 23, "missed"),
        ("about", "up", 25, 40, "met"),
        ("about", "down", 1.0, 1.04, "met"),
        ("about", "down", 1.0, 1.06, "missed"),
        ("about", "any", 5, 5.2, "met"),
        ("about", "any", 5, 6, "unjudged"),
        ("relative", "down", 0.855, 0.85, "met"),
        ("exact", "up", 0.1 + 0.2, 0.3, "met"),
    ],
)
def test_a_target_is_read_as_a_person_reads_it(
    qualifier: str, wanted: str, target: float, actual: float, state: str
) -> None:
    assert state_of(is_met(Goal(target, qualifier, wanted), actual, PROGRESS.about)) == state


@pytest.mark.parametrize(
    ("base", "actual", "last", "wanted", "points", "path"),
    [
        (20, 26, 30, "up", True, "on_track"),  # 2 points a year so far, 0.8 still
        (20, 23, 30, "up", True, "faster"),  # 1 so far, 1.4 still
        (20, 21, 30, "up", True, "far"),  # 0.33 so far, 1.8 still
        (20, 19, 30, "up", True, "far"),  # it fell behind
        (20, 31, 30, "up", True, "reached"),
        (1.0, 0.9, 0.8, "down", False, "on_track"),  # 3.5 % a year so far, 2.3 still
        (1.0, 0.95, 0.8, "down", False, "faster"),  # 1.7 % so far, 3.4 still is just below double
        (1.0, 0.97, 0.8, "down", False, "far"),
        (None, 21, 30, "up", True, "unknown"),
    ],
)
def test_the_path_compares_what_is_still_required_with_what_was_done(
    base: float | None, actual: float, last: float, wanted: str, points: bool, path: str
) -> None:
    so_far = None if base is None else yearly_change(base, actual, 3, points=points)
    required = yearly_change(actual, last, 5, points=points)
    assert path_to(Goal(last, "exact", wanted), actual, so_far, required, PROGRESS) == path


def test_a_yearly_change_needs_years_and_positive_values() -> None:
    assert yearly_change(100, 121, 2, points=False) == pytest.approx(10)
    assert yearly_change(20, 26, 3, points=True) == pytest.approx(2)
    assert yearly_change(0, 26, 3, points=False) is None
    assert yearly_change(20, 26, 0, points=True) is None


@pytest.mark.parametrize(
    ("actual", "state"),
    [(0.5368, "met"), (0.537, "met"), (0.539, "missed")],  # 12 % less than 0.61; 11.6 % is not 12 %
)
def test_a_relative_target_is_met_by_a_rounded_value(actual: float, state: str) -> None:
    goal = Goal(0.61 * 0.88, "relative", "down")
    assert state_of(is_met(goal, actual, PROGRESS.about, PROGRESS.same)) == state


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (0.4098, "41%"),
        (0.994, "99%"),
        (0.9973, "99.7%"),
        (0.99999, "99.9%"),
        (1.0, "100%"),
        (1.2, "120%"),
        (None, "—"),
        (-5.89, "倒退"),
        (-0.001, "0%"),
        (0.0, "0%"),
    ],
)
def test_a_missed_target_never_shows_a_completion_of_100_percent(rate: float | None, text: str) -> None:
    assert rate_text(rate) == text
