"""Publishing: a package is replaced as a whole or not at all."""

import json
from pathlib import Path
from tempfile import mkdtemp

import pytest

from flows.publication.manifest import write_manifest
from flows.publication.publish import publish
from flows.publication.swap import PublicationError
from tests.support.package_folder import NAME, PACKAGE, PACKAGES, archived, contents, record


def test_an_unchanged_package_is_not_written(out: Path) -> None:
    done = publish(out, out.parent / "archive", PACKAGES, record(b"nation"))
    assert (done.written, done.unchanged, done.archived) == ((), ("河北省", "山西省"), ())
    assert publish(out, out.parent / "archive", PACKAGES, {}, force=True).written == ("河北省", "山西省")


def test_only_a_changed_package_is_written(out: Path) -> None:
    changed = PACKAGES | {"山西省": {"b.xlsx": b"new"}}
    assert publish(out, out.parent / "archive", changed, {}).written == ("山西省",)
    assert (out / "山西省" / "b.xlsx").read_bytes() == b"new"


def test_packages_of_other_provinces_are_removed_only_on_request(out: Path) -> None:
    one = {"河北省": PACKAGES["河北省"]}
    publish(out, out.parent / "archive", one, {}, remove_others=False)
    assert (out / "山西省").is_dir()
    publish(out, out.parent / "archive", one, {})
    assert not (out / "山西省").exists()


def test_a_held_package_is_neither_written_nor_removed(out: Path) -> None:
    done = publish(out, out.parent / "archive", {"河北省": PACKAGES["河北省"]}, {}, force=True, keep=["山西省"])
    assert done.written == ("河北省",)
    assert (out / "山西省" / "b.xlsx").read_bytes() == b"other"


@pytest.mark.parametrize("name", ["~$河北省评审工作簿.xlsx", ".~lock.河北省评审工作簿.xlsx#", ".DS_Store", "Thumbs.db"])
def test_temporary_files_are_ignored(out: Path, name: str) -> None:
    (out / "河北省" / name).write_bytes(b"clutter")
    done = publish(out, out.parent / "archive", PACKAGES, record(b"nation"))
    assert (done.written, archived(out)) == ((), {})


@pytest.mark.parametrize("damage", ["", "[]", '{"resources": [{}]}', '{"resources": 3}'])
def test_a_package_with_a_damaged_manifest_is_archived_and_replaced(out: Path, damage: str) -> None:
    (out / "河北省" / "datapackage.json").write_text(damage, encoding="utf-8")
    assert publish(out, out.parent / "archive", PACKAGES, record(b"nation")).written == ("河北省",)
    assert set(archived(out).values()) == {b"book", b"sent"}  # without a manifest nobody knows that they are ours


def test_an_error_while_staging_leaves_every_package_unchanged(out: Path) -> None:
    missing = {"河北省": {"a.xlsx": b"new"}, "山西省": {"submissions/gone.xlsx": out / "no such file"}}
    with pytest.raises(PublicationError, match=r"^No such file or directory: .*no such file"):
        publish(out, out.parent / "archive", missing, {})
    assert (out / "河北省" / "河北省评审工作簿.xlsx").read_bytes() == b"book"
    assert not (out / ".staging").exists()


def test_what_is_saved_right_before_the_swap_is_archived(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def save_and_make_folder(**options: Path) -> str:
        (out / "河北省" / "河北省评审工作簿.xlsx").write_bytes(b"saved late")
        return mkdtemp(**options)

    monkeypatch.setattr("flows.publication.swap.mkdtemp", save_and_make_folder)  # called right before the rename
    done = publish(out, out.parent / "archive", PACKAGES | {"河北省": {"河北省评审工作簿.xlsx": b"new"}}, {})
    assert archived(out) == {"河北省评审工作簿.xlsx": b"saved late"}
    assert len(done.archived) == 1
    assert (out / "河北省" / "河北省评审工作簿.xlsx").read_bytes() == b"new"


def test_a_staged_package_that_differs_from_its_manifest_is_not_published(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_with_a_disk_fault(folder: Path, hashes: dict[str, str], properties: dict[str, object]) -> None:
        write_manifest(folder, hashes, properties)
        (folder / "b.xlsx").write_bytes(b"n\0w")

    monkeypatch.setattr("flows.publication.publish.write_manifest", write_with_a_disk_fault)
    with pytest.raises(PublicationError, match=r"^is not on the disk as it was written: .*b\.xlsx"):
        publish(out, out.parent / "archive", {"山西省": {"b.xlsx": b"new"}}, {}, remove_others=False)
    assert (out / "山西省" / "b.xlsx").read_bytes() == b"other"


def test_an_unchanged_file_of_the_round_is_not_written(out: Path) -> None:
    before = (out / "全国汇总.xlsx").stat()
    publish(out, out.parent / "archive", PACKAGES, record(b"nation"))
    assert (out / "全国汇总.xlsx").stat().st_mtime_ns == before.st_mtime_ns
    publish(out, out.parent / "archive", PACKAGES, record(b"nation"), force=True)
    assert (out / "全国汇总.xlsx").stat().st_ino != before.st_ino


@pytest.mark.parametrize(
    "file", ["submissions/" + "长" * 86, "submissions/" + "\\xb2" * 70 + ".xlsx", "notices/\ud83d.docx"]
)
def test_a_file_name_that_is_too_long_or_not_utf_8_is_replaced(tmp_path: Path, file: str) -> None:
    for _ in range(2):
        publish(tmp_path / "out", tmp_path / "reviews", {NAME: PACKAGE | {file: b"long"}}, {})
    (path,) = [path for path in (tmp_path / "out" / NAME).rglob("*") if path.is_file() and path.read_bytes() == b"long"]
    manifest = json.loads((tmp_path / "out" / NAME / "datapackage.json").read_bytes())
    assert path.relative_to(tmp_path / "out" / NAME).as_posix() in {entry["path"] for entry in manifest["resources"]}
    assert contents(tmp_path / "reviews") == set()
