"""The pipeline in `flows/review.py`: the tasks that Prefect's page shows, in their order; a run that is interrupted."""

import ast
from pathlib import Path

import pytest

from flows.pipeline.outcome import Outcome, decide, ended_after_publishing
from flows.publication.publish import PublishResult
from flows.reporting.run_log import last_runs
from flows.review import review

ROOT = Path(__file__).parents[2]
STEPS = ["collect", "read", "judge", "merge decisions", "render", "gate", "publish", "report"]


def tasks(path: Path) -> dict[str, str]:
    """Name of the task by name of the function."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") in {"task", "step"}:
                    names = [*mark.args, *(keyword.value for keyword in mark.keywords if keyword.arg == "name")]
                    found[node.name] = str(ast.literal_eval(names[0]))
    return found


def test_the_pipeline_calls_every_step_in_order() -> None:
    review = ROOT / "flows" / "review.py"
    named = tasks(review) | tasks(ROOT / "flows" / "pipeline" / "steps.py")
    (pipeline,) = [
        node
        for node in ast.parse(review.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name == "run_pipeline"
    ]
    calls = [node for node in ast.walk(pipeline) if isinstance(node, ast.Call)]
    calls.sort(key=lambda call: (call.end_lineno, call.end_col_offset))  # an argument is called before its function
    called = [getattr(call.func, "attr", getattr(call.func, "id", "")) for call in calls]
    assert [named[name] for name in called if name in named] == STEPS


PUBLISHED = ended_after_publishing(PublishResult(("河北省",), ("山西省",), ()))


@pytest.mark.parametrize(
    ("decided", "reason", "counts"),
    [
        (None, "nothing published: interrupted by KeyboardInterrupt", ((), 0)),
        (PUBLISHED, f"{PUBLISHED.reason}: interrupted by KeyboardInterrupt", (("河北省",), 1)),
    ],
)
def test_an_interrupted_run_has_its_line_in_the_run_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decided: Outcome | None, reason: str, counts: tuple[object, int]
) -> None:
    def interrupt(*_: object) -> None:
        if decided:
            decide(decided)
        raise KeyboardInterrupt

    monkeypatch.setenv("PEAK_REVIEW_STATE", str(tmp_path))
    monkeypatch.setattr("flows.review.run_pipeline", interrupt)
    with pytest.raises(KeyboardInterrupt):
        review.fn("first-batch", tmp_path / "raw", tmp_path / "out")
    (run,) = last_runs("first-batch", tmp_path / "out", 2)
    assert (run.outcome, run.reason, (tuple(run.written), run.unchanged)) == ("interrupted", reason, counts)
