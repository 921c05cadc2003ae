"""The house: imports run flows → transforms → contracts and never back; transforms touch no path, clock or chance."""

import ast
import re
from pathlib import Path

from contracts.load import DEFINITIONS, round_names
from contracts.round import KINDS
from tests.support.paths import ROOT

ROOMS = ("contracts", "transforms", "flows")
FORBIDDEN = {
    "contracts": {"transforms", "flows", "prefect"},
    "transforms": {"flows", "prefect", "pathlib", "os", "shutil", "random", "subprocess", "socket", "time"},
    "flows": set(),
}
MODULES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def full_imports(path: Path) -> set[str]:
    """Modules and names that a file imports, with their packages."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def imports(path: Path) -> set[str]:
    return {name.split(".")[0] for name in full_imports(path)}


def test_imports_run_one_way() -> None:
    wrong = {}
    for path in MODULES:
        room = path.relative_to(ROOT).parts[0]
        # PurePosixPath takes a path apart without touching one.
        allowed = {"pathlib"} if path.name == "identify.py" else set()
        wrong[path.relative_to(ROOT).as_posix()] = imports(path) & (FORBIDDEN[room] - allowed)
    assert {path: names for path, names in wrong.items() if names} == {}


def test_transforms_open_nothing_and_ask_no_clock() -> None:
    forbidden = {"open", "print", "read_bytes", "write_bytes", "read_text", "write_text", "now", "today"}
    wrong = {}
    for path in sorted((ROOT / "transforms").rglob("*.py")):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        calls = [node.func for node in nodes if isinstance(node, ast.Call)]
        names = {call.id for call in calls if isinstance(call, ast.Name)}
        names |= {call.attr for call in calls if isinstance(call, ast.Attribute)}
        wrong[path.relative_to(ROOT).as_posix()] = names & forbidden
    assert {path: names for path, names in wrong.items() if names} == {}


def test_no_code_names_a_round_or_a_table_of_its_own() -> None:
    """A round is YAML alone; `flows` knows only the default of --round."""
    tables = {path.stem for path in (DEFINITIONS / "tables").glob("*.yaml")}
    names = re.compile(rf"(?<![\w-])(?:{'|'.join({*round_names(), *tables} - set(KINDS))})(?![\w-])")
    found = {path.relative_to(ROOT).as_posix(): set(names.findall(path.read_text("utf-8"))) for path in MODULES}
    default = {path for path, named in found.items() if path.startswith("flows/") and named == {"first-batch"}}
    assert default
    assert {path: named for path, named in found.items() if named and path not in default} == {}


def test_the_law_has_something_to_hold() -> None:
    assert len(MODULES) > 30
    assert "prefect" in imports(ROOT / "flows" / "review.py")


def test_the_top_level_is_what_the_user_asked_for() -> None:
    named = {"pyproject.toml", "flows", "transforms", "contracts", "data", "tests", "README.md", "CHANGELOG.md"}
    tools = {"LICENSE", "Makefile", "requirements.lock"}
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found - {"build", "dist", "peak_review.egg-info"} <= named | tools


def test_the_lock_names_no_index_and_hashes_everything() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if "://" in line or line.startswith(("-i", "--index", "--find"))]
    pins = [number for number, line in enumerate(lines) if "==" in line and not line.startswith((" ", "#"))]
    assert len(pins) > 50
    assert all("--hash=sha256:" in lines[number + 1] for number in pins)


def test_no_test_module_imports_another() -> None:
    """What two of them need is in tests/support."""
    modules = [path for path in sorted((ROOT / "tests").rglob("*.py")) if path.is_file()]
    found = {
        path.relative_to(ROOT).as_posix(): sorted(name for name in full_imports(path) if ".test_" in name)
        for path in modules
    }
    assert len(modules) > 100
    assert {path: names for path, names in found.items() if names} == {}


def test_collecting_tests_makes_no_workbook_and_reviews_nothing() -> None:
    costly = {"official", "whole_round", "large_review", "review_round", "reviewed", "View", "render_review_workbook"}
    wrong = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        at_import: list[ast.AST] = []
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            is_function = isinstance(node, ast.FunctionDef)
            at_import += node.decorator_list if is_function else [] if isinstance(node, ast.ClassDef) else [node]
        calls = [call.func for node in at_import for call in ast.walk(node) if isinstance(call, ast.Call)]
        names = {getattr(call, "id", getattr(call, "attr", "")) for call in calls} & costly
        wrong[path.relative_to(ROOT).as_posix()] = names
    assert {path: names for path, names in wrong.items() if names} == {}
