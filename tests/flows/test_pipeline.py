"""The pipeline in `flows/review.py`: the tasks that Prefect's page shows, in their order."""

import ast
from pathlib import Path

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
