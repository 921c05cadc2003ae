"""What a run needs is started while Prefect's server starts, and only where the run will need it."""

from pathlib import Path

from flows.cli.prefect_session import early_start
from flows.gate.gate_process import open_gate
from tests.sample import clean_submission
from tests.sample.layouts import official


def test_the_run_uses_the_gate_that_was_started_early(tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "first-batch" / "submissions"
    folder.mkdir(parents=True)
    (folder / "大连市.xlsx").write_bytes(official(clean_submission("辽宁省", "大连市")))
    with early_start("first-batch", str(tmp_path / "raw"), str(tmp_path / "out")) as start:
        start()
        with open_gate() as early, open_gate() as gate:
            assert gate is early
        assert early.pool.active
    assert not early.pool.active


def test_nothing_is_started_for_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    with early_start("first-batch", str(tmp_path / "raw"), str(tmp_path / "out")) as start:
        start()
        with open_gate() as gate:
            pass
        assert not gate.pool.active
