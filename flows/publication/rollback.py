"""Put an earlier version of a package back into place."""

import shutil
from pathlib import Path

from flows.publication.history import provinces_with_history, rolled_back_version, versions
from flows.publication.manifest import HISTORY, MANIFEST, list_package, version_of
from flows.publication.reviewer_edits import archive_package
from flows.publication.safe_files import is_regular, naming
from flows.publication.swap import begin, finish, publication_errors, staged_package


class VersionNotFoundError(Exception):
    """The requested version is not in the history, or several versions match."""


def roll_back(out: Path, archive: Path, province: str, version: str | None = None) -> str:
    """Put a version back. The caller holds the round's lock.

    The replaced package goes to the history and is recorded as rolled back: a run that would publish the same package
    again leaves the province as it is; a run with another result publishes it.

    Args:
        out: the round's folder.
        archive: folder for files that a person changed in the package or added to it.
        province: its province.
        version: the version or its first characters; None is the one replaced last.

    Returns:
        The version that is in place now.

    Raises:
        VersionNotFoundError: if it is not in the history, or several versions match.
        PublicationError: if something cannot be read or written.
    """
    with publication_errors(out):
        finish(out, archive)
        current = version_of(out / province) if is_regular(out / province / MANIFEST) else None
        chosen = _choose(out, province, version, current)
        staged = staged_package(out, province)
        for name, path in list_package(out / HISTORY / province / chosen).files.items():
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            with naming(staged / name):
                shutil.copyfile(path, staged / name)
        archive_package(out / province, archive / province)
        # A second rollback in a row still rolls back the newest version; going forward to it again rolls back nothing.
        newest = rolled_back_version(out, province) or current
        begin(out, [province], rolled_back={province: newest} if newest not in {None, chosen} else {})
        finish(out, archive)
    return chosen


def _choose(out: Path, province: str, version: str | None, current: str | None) -> str:
    known = versions(out, province) if province in provinces_with_history(out) else []
    matching = [name for name in known if version is None or (version and name.startswith(version))]
    others = [name for name in matching if name != current]
    if not others or (version is not None and len(others) > 1):
        what = "no earlier version" if version is None else f"no version {version}"
        listed = " ".join(f"{name} (the same as published)" if name == current else name for name in known)
        raise VersionNotFoundError(f"{what} of {province} to put back; known: {listed or 'none'}")
    return others[0]
