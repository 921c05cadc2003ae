"""Read one YAML file strictly; report each fault with file, line, ids and key."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Annotated, TypeVar

import yaml
from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

T = TypeVar("T")
# Pydantic configuration of all contracts: no unknown keys, empty texts, implicit conversions or NaN.
STRICT = ConfigDict(
    extra="forbid", strict=True, allow_inf_nan=False, str_min_length=1, str_strip_whitespace=True,
    arbitrary_types_allowed=True,
)  # fmt: skip
# A contradiction inside a valid entry: keys down to it, and a message. An entry yields its own in a method `faults`.
ContractFault = tuple[tuple[str | int, ...], str]
# Keys that name an entry of a list, in order of preference.
_IDS = ("id", "code", "name", "indicator", "what", "title", "sha256")
_TOO_DEEP = re.compile(r"(?:[\[{]\s*|- +){100}")  # libyaml is recursive


class _Loader(yaml.CSafeLoader):
    def construct_object(self, node: yaml.Node, deep: bool = False) -> object:
        """Construct a value; an error of a value, such as the 31st of June, gets its line."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, TypeError) as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from error


def _names(given: object) -> object:
    return (given,) if isinstance(given, str) else tuple(given) if isinstance(given, list) else given


# Earlier names of an entry, the oldest first; a single one may be written without brackets.
Formerly = Annotated[tuple[str, ...], BeforeValidator(_names)]


@dataclass(frozen=True)
class Definition:
    """One YAML file: name and parsed nodes, which hold the line numbers."""

    name: str
    root: yaml.Node | None

    def fault(self, place: Sequence[str | int], message: str, line: int | None = None) -> str:
        """Return one line: file, line number (that of the place, or `line`), ids and keys down to `place`, message."""
        node, at, path = self.root, 1 if self.root is None else self.root.start_mark.line + 1, []
        for step in place:
            found = _step(node, step)
            if found is None:
                path += [step] if isinstance(step, str) else []
                node = None
                continue
            node, at, label = found
            path.append(label)
        return f"{self.name}: line {line or at}: {': '.join(text for text in ('.'.join(path), message) if text)}"

    def names(self, *keys: str) -> list[str]:
        """Return the names of the entries of the list at `keys`; empty if there is none."""
        node = self.root
        for key in keys:
            found = _step(node, key)
            node = found[0] if found else None
        return [_id(value) for value in node.value] if isinstance(node, yaml.SequenceNode) else []


def read_definition(
    folders: Sequence[Path], name: str, form: type[T], faults: list[str]
) -> tuple[T | None, Definition]:
    """Read a file into frozen dataclasses; None if it does not have their form.

    Args:
        folders: of the YAML files; the first that has the file is used.
        name: path of the file in the folder; faults name the whole path where it is not in the last folder.
        form: type to validate the content against.
        faults: list to which the faults are appended, one line each.
    """
    path = next((folder / name for folder in folders[:-1] if (folder / name).is_file()), folders[-1] / name)
    name = name if path.is_relative_to(folders[-1]) else str(path)
    try:
        root, given = _parse(path.read_bytes())
    except OSError as error:
        faults.append(f"{name}: cannot be read: {error.strerror}")
        return None, Definition(name, None)
    except (ValueError, TypeError, RecursionError) as error:  # a list inside itself, a list as a key
        faults.append(f"{name}: {error}")
        return None, Definition(name, None)
    definition = Definition(name, root)
    faults += _twice(definition, root, ())
    try:
        value = TypeAdapter(form).validate_json(given)
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
    inner = [definition.fault(place, message) for place, message in _contradictions(value, ())]
    faults += inner or ([] if value else [definition.fault((), "is empty")])
    return value, definition


def _parse(content: bytes) -> tuple[yaml.Node | None, str]:
    """Parse YAML into nodes and JSON: strict mode converts only its lists to tuples and its texts to dates.

    Raises:
        ValueError: with line and message.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line}: is not UTF-8") from error
    if _TOO_DEEP.search(text):
        raise ValueError("is nested too deeply")
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        return root, json.dumps(loader.construct_document(root) if root else None, default=str)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f"line {mark.line + 1}: " if mark else ""
        raise ValueError(f"{at}{getattr(error, 'problem', None) or ' '.join(str(error).split())}") from error


def _contradictions(value: object, place: tuple[str | int, ...]) -> Iterator[ContractFault]:
    """Yield the faults of an entry, and of all entries inside it."""
    if isinstance(value, tuple):
        for at, one in enumerate(value):
            yield from _contradictions(one, (*place, at))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _contradictions(one, (*place, key))
    elif is_dataclass(value):
        if own := getattr(value, "faults", None):
            yield from (((*place, *inside), message) for inside, message in own())
        for field in fields(value):
            yield from _contradictions(getattr(value, field.name), (*place, field.name))


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
                yield definition.fault((*place, key.value), "is listed twice", key.start_mark.line + 1)
            seen.add(key.value)
            yield from _twice(definition, value, (*place, key.value))
