"""Puts an earlier version of a package back in its place, as a whole or not at all."""

import shutil
from pathlib import Path

from flows.publication.commit import begin, discard, finish, is_begun, staged_package
from flows.publication.folder_listing import is_regular
from flows.publication.history import contents, provinces_kept, refused, versions
from flows.publication.manifest import MANIFEST, version_of
from flows.publication.publish import PublicationError
from flows.publication.reviewer_edits import archive_package


class NoSuchVersion(Exception):  # noqa: N818 - it is what happened to the request
    """The version that is asked for is not kept."""


def restore(out: Path, archive: Path, province: str, version: str | None = None) -> str:
    """Put a version back. The caller holds the round's lock.

    What it replaces goes into the history and is remembered as taken back: a run that would publish the very same
    again leaves the province as it is; one that comes to another result publishes that.

    Args:
        out: the round's folder.
        archive: where a file goes that a person put into the package or changed there.
        province: whose package.
        version: its name or the beginning of it; None is the one that was replaced last.

    Returns:
        The name of the version that is in place now.

    Raises:
        NoSuchVersion: if it is not kept, or several begin like that.
        PublicationError: if something cannot be written.
    """
    finish(out, archive)
    now = version_of(out / province) if is_regular(out / province / MANIFEST) else None
    known = versions(out, province) if province in provinces_kept(out) else []
    fitting = [name for name in known if version is None or (version and name.startswith(version))]
    others = [name for name in fitting if name != now]
    if not others or (version is not None and len(others) > 1):
        what = "no earlier version" if version is None else f"no version {version}"
        raise NoSuchVersion(f"{what} of {province} to put back; known: {' '.join(known) or 'none'}")
    chosen = others[0]
    # Going back twice takes back the newest, not the one between; going forward again takes back nothing.
    refusal = refused(out, province) or now
    try:
        staged = staged_package(out, province)
        for name, path in contents(out, province, chosen).items():
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, staged / name)
        archive_package(out / province, archive / province)
        begin(out, [province], refused={province: refusal} if refusal not in {None, chosen} else {})
        finish(out, archive)
    except (OSError, UnicodeError) as error:
        begun = is_begun(out)
        if not begun:
            discard(out)
        raise PublicationError(error, begun=begun) from error
    return chosen
