"""Seeded mutations of the code: how many do the tests near the mutated module catch?

Usage: `python -m tests.mutation COPY [--count 60] [--seed 15] [--minutes 25]`. COPY is a new folder for a copy of the
repository, in which one operator, constant, condition or call after the other is changed and the tests of the mirrored
folder are run.
"""

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("contracts", "transforms", "flows")
LONG = "not slow and not office and not kill and not server and not stateful and not hostile"
OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Yield what can be mutated, and how."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER:
            yield node, "comparison"
        elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in OTHER:
            yield node, "operator"
        elif isinstance(node, ast.If | ast.IfExp):
            yield node, "condition"
        elif isinstance(node, ast.Constant) and type(node.value) in {int, float}:
            yield node, "constant"
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node, "call"


def mutate(node: ast.AST) -> None:
    """Change a node: another operator, a constant plus one, a condition negated, a call dropped."""
    match node:
        case ast.Compare():
            node.ops[0] = OTHER[type(node.ops[0])]()  # type: ignore[call-overload]
        case ast.BinOp() | ast.BoolOp():
            node.op = OTHER[type(node.op)]()  # type: ignore[assignment]
        case ast.If() | ast.IfExp():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.Constant():
            node.value += 1  # type: ignore[operator]
        case ast.Expr():
            node.value = ast.Constant(None)


# Where the tests of a folder are, if not in the folder that mirrors it.
TESTED_IN = {
    "transforms/judging": "tests/transforms/rules",
    "transforms/gate": "tests/flows/gate",
    "flows/cli": "tests/cli",
    "flows/reporting": "tests/cli",
    "flows/pipeline": "tests/cli",
}


def nearest_tests(copy: Path, module: Path) -> list[str]:
    """The test module that is called like the module, and the folder that mirrors its folder or the nearest above."""
    place = module.relative_to(copy).parent
    folder = Path(TESTED_IN.get(place.as_posix(), Path("tests") / place))
    while not any((copy / folder).glob("test_*.py")):
        folder = folder.parent
    named = [str(one.relative_to(copy)) for one in (copy / "tests").rglob(f"test_{module.stem}.py")]
    return [*named, str(folder)]


def first_failure(copy: Path, module: Path, seconds: float) -> str | None:
    """Run the tests near a module; return the first that fails, an empty text, or None where time is up."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "POLARS_MAX_THREADS": "1"}
    options = ["-x", "-q", "-p", "no:cacheprovider", "-m", LONG]
    command = [sys.executable, "-m", "pytest", *options, *nearest_tests(copy, module)]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return None
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return "" if done.returncode == 0 else (lines or [done.stderr.strip()[-120:] or "no test ran"])[0]


def main() -> None:
    """Mutate, test and report one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("copy", type=Path)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=15)
    parser.add_argument("--minutes", type=float, default=25)
    given = parser.parse_args()
    copy = shutil.copytree(
        ROOT, given.copy.resolve(), symlinks=True, ignore=shutil.ignore_patterns(".git", ".venv", "out", "*_cache")
    )
    modules = [one for name in PACKAGES for one in sorted((copy / name).rglob("*.py")) if one.name != "__init__.py"]
    weights = [len(one.read_text(encoding="utf-8").splitlines()) for one in modules]
    chance, end = random.Random(given.seed), time.monotonic() + 60 * given.minutes
    results: list[str] = []
    while len(results) < given.count and time.monotonic() < end:
        (module,) = chance.choices(modules, weights)
        source = module.read_text(encoding="utf-8")
        tree = ast.parse(source)
        found = list(places(tree))
        if not found:
            continue
        node, kind = chance.choice(found)
        at = getattr(node, "lineno", 0)
        mutate(node)
        try:
            changed = ast.unparse(ast.fix_missing_locations(tree))
        except ValueError:  # a backslash within an f-string, before Python 3.12
            continue
        module.write_text(changed, encoding="utf-8")
        why = first_failure(copy, module, 240)
        module.write_text(source, encoding="utf-8")
        results.append("caught" if why else "MISSED" if why == "" else "time is up")
        line = source.splitlines()[at - 1].strip()
        where = f"{module.relative_to(copy)}:{at}"
        print(f"{results[-1]}  {kind:10}  {where}  {line[:90]}  <- {(why or '')[:150]}", flush=True)  # noqa: T201
    counts = {kind: results.count(kind) for kind in ("caught", "MISSED", "time is up")}
    print(f"{len(results)} mutations: {counts}")  # noqa: T201


if __name__ == "__main__":
    main()
