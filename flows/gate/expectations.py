"""Check small frames with Great Expectations; runs in the process of `flows.gate.gate_process`."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any

from flows.workers.processes import silence_output

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult as Outcomes
    from great_expectations.core import ExpectationValidationResult as Outcome
    from great_expectations.datasource.fluent.pandas_datasource import DataFrameAsset
    from great_expectations.expectations.expectation import Expectation

# An expectation: `id`, `frame`, `expect` (its class) and `given` (its arguments).
Request = Mapping[str, Any]
# Columns by name, of each frame by name.
Columns = Mapping[str, Mapping[str, Sequence[Any]]]
Result = dict[str, Any]


def load_library() -> None:
    """Import Great Expectations silently and at low priority, so that the readers of submissions come first."""
    silence_output()
    os.nice(5)
    with suppress(Exception):  # `run_suite` fails for the same reason and reports it
        _import()


def run_suite(frames: Columns, suite: Sequence[Request], keys: Mapping[str, str]) -> list[Result]:
    """Check every frame.

    Args:
        frames: columns by name, by frame.
        suite: the expectations.
        keys: by frame, the column that identifies a row.

    Returns:
        One result for each expectation in the order of the suite, `id, success, error, observed, count, rows`.
    """
    gx = _import()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("gate")
    results: dict[str, Result] = {}
    for name, columns in frames.items():
        expectations: dict[str, Expectation] = {}
        for one in suite:
            if one["frame"] == name:
                try:
                    expectations[one["id"]] = _make(gx, one)
                except Exception as error:  # the suite is a file that people edit, and the library checks its arguments
                    results[one["id"]] = {"id": one["id"], "success": False, "error": f"{one['expect']}: {error}"}
        if expectations:
            outcome = _check(source.add_dataframe_asset(name), columns, expectations.values(), gx, keys[name])
            # The library returns the results in another order.
            by_id = {one.expectation_config.meta["id"]: one for one in outcome.results}
            results |= {id_: _result(id_, by_id[id_]) for id_ in expectations}
    return [results[one["id"]] for one in suite]


def _check(
    asset: "DataFrameAsset",
    columns: Mapping[str, Sequence[Any]],
    expectations: Iterable["Expectation"],
    gx: ModuleType,
    key: str,
) -> "Outcomes":
    import pandas as pd  # noqa: PLC0415

    batch = asset.add_batch_definition_whole_dataframe("now").get_batch({"dataframe": pd.DataFrame(dict(columns))})
    suite = gx.ExpectationSuite(name=asset.name, expectations=list(expectations))
    form = {"result_format": "COMPLETE", "unexpected_index_column_names": [key]}
    return batch.validate(suite, result_format=form)


def _import() -> ModuleType:
    from tqdm import tqdm  # noqa: PLC0415

    # The default lock of its progress bars is a semaphore of the system, which a killed process leaves behind.
    tqdm.set_lock(RLock())
    return import_module("great_expectations")  # 4 s, only in the process that needs it


def _make(gx: ModuleType, one: Request) -> "Expectation":
    return getattr(gx.expectations, one["expect"])(**one["given"], meta={"id": one["id"]})


def _result(id_: str, outcome: "Outcome") -> Result:
    # To plain Python numbers: the library's JSON dictionary holds those of numpy, and NaN.
    plain = json.dumps(outcome.to_json_dict()["result"], default=lambda number: number.item())
    details = json.loads(plain, parse_constant=lambda _: None)
    return {
        "id": id_,
        "success": bool(outcome.success),
        "error": _error(outcome),
        "observed": details.get("observed_value"),
        "count": details.get("unexpected_count", 0),
        "rows": details.get("unexpected_index_list") or [],
    }


def _error(outcome: "Outcome") -> str | None:
    """Return why an expectation could not be checked, or None."""
    info = outcome.exception_info or {}
    parts = [info, *(part for part in info.values() if isinstance(part, dict))]
    messages = [part["exception_message"] for part in parts if part.get("raised_exception")]
    return str(messages[0]) if messages else None
