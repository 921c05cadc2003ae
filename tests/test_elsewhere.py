"""The main job with nothing on its own disk: from a bucket to a bucket, read by a Dask cluster. The same bytes."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.place import at_hand
from flows.readings import CACHE
from flows.spread import RUNNER
from tests.cluster import dask_cluster
from tests.kill.child import ROUND
from tests.kill.child import run as run_state
from tests.servers import SECRET
from tests.shelf import Shelf, shelf
from tests.test_run import SAMPLE, peak_review, tree

SHANXI = SAMPLE / "first-batch" / "submissions" / "山西省"
SETTINGS = {"PEAK_REVIEW_S3_KEY": "keeper", "PEAK_REVIEW_S3_SECRET": SECRET}

pytestmark = pytest.mark.skipif(not os.environ.get("PEAK_REVIEW_SERVER"), reason="make server")


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with shelf(tmp_path_factory.mktemp("s3")) as it:
        it.clear()
        yield it


def test_from_a_source_into_a_bucket_through_a_cluster_to_packages(bucket: Shelf, tmp_path: Path) -> None:
    shutil.copytree(SHANXI, tmp_path / "inbox" / "山西省")
    pull = ("pull", "--round", "first-batch", "--source", tmp_path / "inbox", "--wait", "0")
    pulled = peak_review(tmp_path, *pull, "--raw", bucket.raw, **SETTINGS)
    assert pulled.returncode == 0, pulled.stderr
    assert "s3://round/raw/first-batch: 2 new" in pulled.stdout
    assert bucket.get("raw/first-batch/receipts.jsonl").count(b"\n") == 2

    run = ("run", "--round", "first-batch")
    with dask_cluster(tmp_path / "cluster", PREFECT_LOGGING_TO_API_ENABLED="false") as address:
        far = peak_review(tmp_path, *run, "--raw", bucket.raw, "--out", bucket.out, **SETTINGS, **{RUNNER: address})
    assert far.returncode == 0, far.stderr
    for noise in ("Traceback", "Warning", "WARNING", "ERROR", "Error", "/tmp"):  # noqa: S108
        assert noise not in far.stderr + far.stdout
    assert "s3://round/out/first-batch: 15 packages written" in far.stdout

    shutil.copytree(SHANXI, tmp_path / "raw" / "first-batch" / "submissions" / "山西省")
    own = {CACHE: str(tmp_path / "cache")}  # what the cluster read is not taken over
    near = peak_review(tmp_path, *run, "--raw", tmp_path / "raw", "--out", tmp_path / "out", **own)
    assert near.returncode == 0, near.stderr
    # A folder's manifests are those of the versions, to which the pointers lead.
    here = tree(tmp_path / "out" / "first-batch")
    manifests = {name: here.pop(name) for name in list(here) if name.endswith("/datapackage.json")}
    there = bucket.published()
    assert {name: here[name] for name in there} == there
    assert {name for name in here if not name.startswith(".")} == set(there)
    assert len(manifests) == 15
    for name, content in manifests.items():
        province = name.partition("/")[0]
        version = (bucket.pointer(province) or {})["version"]
        assert bucket.get(f"out/first-batch/{province}/{version}/datapackage.json") == content


def test_a_bucket_is_looked_at_and_rolled_back(bucket: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    for state in (1, 3):
        with at_hand(bucket.raw, bucket.out, ROUND) as place:
            run_state(place.out, place.raw, state)
            place.hand_over()
    before = bucket.pointer("河北省") or {}
    to = ("--round", ROUND, "--province", "河北", "--raw", bucket.raw, "--out", bucket.out)
    back = peak_review(tmp_path, "rollback", *to, **SETTINGS)
    assert back.returncode == 0, back.stderr
    now = bucket.pointer("河北省") or {}
    assert back.stdout == f"s3://round/out/{ROUND}/河北省: version {now['version']} is in place\n"
    assert now["version"] != before["version"]
    looked = peak_review(tmp_path, "status", "--round", ROUND, "--out", bucket.out, **SETTINGS)
    assert f"taken back: 河北省 {before['version']}" in looked.stdout.splitlines()
    assert f"  河北省: {before['version']} (" in looked.stdout


def test_what_cannot_be_reached_or_read_ends_in_one_line(bucket: Shelf, tmp_path: Path) -> None:
    command = ("run", "--round", "first-batch", "--raw", bucket.raw.replace("round", "no-such-bucket"))
    gone = peak_review(tmp_path, *command, "--out", tmp_path / "out", **SETTINGS, PEAK_REVIEW_PULL_PAUSES="0")
    assert gone.returncode == 1
    assert "nothing published: is not there: s3://no-such-bucket/raw" in gone.stderr.splitlines()[-1]
    wrong = peak_review(tmp_path, "run", "--round", "first-batch", "--raw", "s3://", "--out", tmp_path / "out")
    assert wrong.returncode == 2
    assert wrong.stderr.splitlines()[-1] == "peak-review: it names no host"
