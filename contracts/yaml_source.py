"""Read one YAML file strictly; report each fault with file, line, ids and key."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError

T = TypeVar("T")
# Pydantic configuration of all contracts: no unknown keys, empty texts, implicit conversions or NaN.
STRICT = ConfigDict(
    extra="forbid", strict=True, allow_inf_nan=False, str_min_length=1, str_strip_whitespace=True,
    arbitrary_types_allowed=True,
)  # fmt: skip
# Keys that name an entry of a list, in order of preference.
_IDS = ("id", "code", "name", "indicator", "what", "title", "sha256")


@dataclass(frozen=True)
class Definition:
    """One YAML file: name and parsed nodes, which hold the line numbers."""

    name: str
    root: yaml.Node | None

    def fault(self, place: Sequence[str | int], message: str) -> str:
        """Return one line: file, line number, ids and keys down to `place`, message."""
        node, line, path = self.root, 1 if self.root is None else self.root.start_mark.line + 1, []
        for step in place:
            found = _step(node, step)
            if found is None:
                path += [step] if isinstance(step, str) else []
                node = None
                continue
            node, line, label = found
            path.append(label)
        return f"{self.name}: line {line}: {': '.join(text for text in ('.'.join(path), message) if text)}"


def read_definition(folder: Path, name: str, form: type[T], faults: list[str]) -> tuple[T | None, Definition]:
    """Read a file into frozen dataclasses; None if it is faulty.

    Args:
        folder: of the YAML files.
        name: path of the file in the folder.
        form: type to validate the content against.
        faults: list to which the faults are appended, one line each.
    """
    nothing = Definition(name, None)
    try:
        content = (folder / name).read_bytes()
    except OSError as error:
        faults.append(f"{name}: cannot be read: {error.strerror}")
        return None, nothing
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.append(f"{name}: line {line}: is not UTF-8")
        return None, nothing
    try:
        loader = yaml.CSafeLoader(text)
        root = loader.get_single_node()
        raw = loader.construct_document(root) if root else None
        # Strict mode converts JSON lists to tuples and texts to dates, and nothing else.
        given = json.dumps(raw, default=str)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f"line {mark.line + 1}: " if mark else ""
        faults.append(f"{name}: {at}{getattr(error, 'problem', None) or ' '.join(str(error).split())}")
        return None, nothing
    except (ValueError, TypeError, RecursionError) as error:  # a list inside itself, a list as a key, the 31st of June
        faults.append(f"{name}: {error}")
        return None, nothing
    definition = Definition(name, root)
    twice = list(_twice(definition, root, ()))
    faults += twice
    try:
        return TypeAdapter(form).validate_json(given), definition
    except ValidationError as error:
        found = error.errors()
        # Do not report a list as too short because an entry of it is faulty.
        inside = {fault["loc"][:size] for fault in found for size in range(len(fault["loc"]))}
        faults += [
            definition.fault(fault["loc"], text)
            for fault in found
            if not (fault["type"] == "too_short" and fault["loc"] in inside)
            for text in fault["msg"].removeprefix("Value error, ").split("; ")
        ]
    return None, definition


def _step(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, int, str] | None:
    """Return the child node, its line number and its name."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value, key.start_mark.line + 1, str(step)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        value = node.value[step]
        return value, value.start_mark.line + 1, _id(value)
    return None


def _id(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    keys = {key.value: value.value for key, value in node.value} if isinstance(node, yaml.MappingNode) else {}
    return next((str(keys[name]) for name in _IDS if isinstance(keys.get(name), str)), "(entry)")


def _twice(definition: Definition, node: yaml.Node | None, place: tuple[str | int, ...]) -> Iterator[str]:
    """Yield a fault for each duplicate key, which YAML would ignore."""
    if isinstance(node, yaml.SequenceNode):
        for at, value in enumerate(node.value):
            yield from _twice(definition, value, (*place, at))
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                where = definition.fault(place, "").rstrip(": ").partition(": ")[2].partition(": ")[2]
                label = f"{where}.{key.value}" if where else key.value
                yield f"{definition.name}: line {key.start_mark.line + 1}: {label}: is listed twice"
            seen.add(key.value)
            yield from _twice(definition, value, (*place, key.value))
