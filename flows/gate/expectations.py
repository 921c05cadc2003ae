"""Check frames with Great Expectations, in a process of its own: its imports take 4 s, beside the reading."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any

from markupsafe import escape

from flows.workers.processes import silence_output

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult as Outcomes
    from great_expectations.core import ExpectationValidationResult as Outcome
    from great_expectations.datasource.fluent.pandas_datasource import DataFrameAsset
    from great_expectations.expectations.expectation import Expectation

# One expectation as it is asked for: its id, the class and what it is called with; and the texts for its page.
Asked = Mapping[str, Any]
# Columns by name, of each frame by name.
Columns = Mapping[str, Mapping[str, Sequence[Any]]]
Found = dict[str, Any]
_SHOWN = 50
_ASIDE = {"Overview", "Run Info"}
_ATTRIBUTES = re.compile(r'\s(?:id|style|data-[a-z-]+|href|aria-[a-z]+)="[^"<>]*"')


def load_library() -> None:
    """Import Great Expectations in a process of its own, silently and at low priority: the readers come first."""
    silence_output()
    os.nice(5)
    with suppress(Exception):  # `carry_out` fails for the same reason, and is asked why
        _import()


def carry_out(frames: Columns, suite: Sequence[Asked], keys: Mapping[str, str]) -> tuple[list[Found], dict[str, str]]:
    """Check every frame.

    Args:
        frames: columns by name, by frame.
        suite: what to expect: `id, frame, expect, given, title, quiet`; a quiet one tells figures only if it fails.
        keys: the column that names a row, by frame.

    Returns:
        One result for each expectation, in the order of the suite: `id, success, error, observed, count, rows`; and
        by frame the same as Great Expectations renders it: HTML without script, style or link.
    """
    gx = _import()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("gate")
    results: dict[str, Found] = {}
    sections: dict[str, str] = {}
    for name, columns in frames.items():
        asked = {one["id"]: one for one in suite if one["frame"] == name}
        if asked:
            outcome = _check(gx, source.add_dataframe_asset(name), columns, list(asked.values()), keys[name])
            # The library answers in an order of its own.
            found = {one.expectation_config.meta["id"]: one for one in outcome.results}
            results |= {id_: _result(id_, found[id_]) for id_ in asked}
            outcome.results = [_tidy(found[id_], quiet=one["quiet"]) for id_, one in asked.items()]
            sections[name] = _render(outcome)
    return [results[one["id"]] for one in suite], sections


def _check(
    gx: ModuleType, asset: "DataFrameAsset", columns: Mapping[str, Sequence[Any]], asked: Sequence[Asked], key: str
) -> "Outcomes":
    import pandas as pd  # noqa: PLC0415

    batch = asset.add_batch_definition_whole_dataframe("now").get_batch({"dataframe": pd.DataFrame(dict(columns))})
    suite = gx.ExpectationSuite(name=asset.name, expectations=[_make(gx, one) for one in asked])
    form = {"result_format": "COMPLETE", "unexpected_index_column_names": [key]}
    return batch.validate(suite, result_format=form)


def _import() -> ModuleType:
    from tqdm import tqdm  # noqa: PLC0415

    # Its progress bars would hold a semaphore of the system, which a process that is killed leaves behind.
    tqdm.set_lock(RLock())
    return import_module("great_expectations")  # only here, and only in the process that needs it


def _make(gx: ModuleType, one: Asked) -> "Expectation":
    about = {"meta": {"id": one["id"]}, "description": str(escape(one["title"]))}
    return getattr(gx.expectations, one["expect"])(**one["given"], **about)


def _result(id_: str, outcome: "Outcome") -> Found:
    # Numbers as Python has them: what the library calls JSON holds those of numpy, and NaN.
    plain = json.dumps(outcome.to_json_dict()["result"], default=lambda number: number.item())
    told = json.loads(plain, parse_constant=lambda _: None)
    return {
        "id": id_,
        "success": bool(outcome.success),
        "error": _error(outcome),
        "observed": told.get("observed_value"),
        "count": told.get("unexpected_count", 0),
        "rows": told.get("unexpected_index_list") or [],
    }


def _error(outcome: "Outcome") -> str | None:
    """Why it could not be checked, if so."""
    info = outcome.exception_info or {}
    parts = [info, *(part for part in info.values() if isinstance(part, dict))]
    messages = [part["exception_message"] for part in parts if part.get("raised_exception")]
    return str(messages[0]) if messages else None


def _tidy(outcome: "Outcome", *, quiet: bool) -> "Outcome":
    """What may be shown: escaped, which the library does not do; nothing of this machine; no more than fits."""
    if error := _error(outcome):
        shown = {"raised_exception": True, "exception_message": str(escape(error)), "exception_traceback": ""}
        outcome.exception_info = shown
    told = outcome.result
    told.pop("unexpected_index_query", None)  # in terms of our frame, which nobody has
    if quiet and outcome.success:
        told.clear()
    outcome.result = _escaped(told)
    return outcome


def _escaped(value: object) -> object:
    if isinstance(value, str):
        return str(escape(value))
    if isinstance(value, dict):
        return {name: _escaped(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_escaped(one) for one in value[:_SHOWN])
    return value


def _render(outcome: "Outcomes") -> str:
    """The library's own page of results, without head, overview and run: each of its sections as HTML."""
    from great_expectations.render.renderer import ValidationResultsPageRenderer  # noqa: PLC0415
    from great_expectations.render.view import DefaultJinjaSectionView  # noqa: PLC0415

    page = ValidationResultsPageRenderer(run_info_at_end=True).render(outcome).to_json_dict()
    view = DefaultJinjaSectionView()
    sections = [
        view.render({"section": section, "section_loop": {}})
        for section in page["sections"]
        if section["section_name"] not in _ASIDE
    ]
    # Numbers of elements repeat from section to section, and a page of ours has no style outside its sheet.
    return _ATTRIBUTES.sub("", "\n".join(sections))
