"""Unpack archives in the sandbox; their files are read like files in a folder of the archive's name."""

from collections import Counter
from dataclasses import replace
from pathlib import PurePosixPath

from flows.publication.file_names import is_hidden, safe_parts
from flows.sources.collect import Collected
from flows.sources.raw_files import Received
from flows.sources.raw_listing import Ignored, is_archive, is_workbook, may_be_a_plan, notice_of, why_ignored
from flows.workers.sandbox import read_files
from transforms.intake.formats.unpack import Unpacked, not_unpacked, unpack


def unpack_archives(collected: Collected, round_name: str) -> Collected:
    """Replace the archives among the ignored files by the files in them; one that cannot be unpacked stays ignored.

    An archive in an archive is not unpacked. A workbook or document that was only renamed to .zip is read as it is.
    The round of plans that a progress round assesses is unpacked, too.
    """
    if collected.plan_round:
        collected = replace(collected, plan_round=unpack_archives(collected.plan_round, round_name))
    archives = collected.archives
    if not archives:
        return collected
    unpacked = read_files(archives, round_name, unpack, not_unpacked, passwords=())
    workbooks, plans = list(collected.workbooks), list(collected.plans)
    ignored = [one for one in collected.ignored if not one.archive]
    for archive, found in zip(archives, unpacked, strict=True):
        if found.is_failed:  # not evaluated, as a workbook that the code failed to read
            workbooks.append(Received(archive.file, archive.path, 0, "", fault=found.fault, is_unread=True))
            continue
        if not found.is_archive:
            (plans if found.is_document else workbooks).append(archive)
            continue
        before = len(workbooks) + len(plans)
        for item in _received(archive, found):
            if why := _why_not_read(item, archive):
                ignored.append(Ignored(item.file, *why))
            else:
                (plans if may_be_a_plan(item.path, item.content) else workbooks).append(item)
        count = len(workbooks) + len(plans) - before
        reason = "that cannot be unpacked" if found.fault else f"of which {count} files are read"
        ignored.append(Ignored(archive.file, f"an archive {reason}", found.fault))
    return replace(
        collected,
        workbooks=sorted(workbooks, key=lambda one: one.file),
        plans=sorted(plans, key=lambda one: one.file),
        ignored=sorted(ignored, key=lambda one: one.file),
    )


def _why_not_read(item: Received, archive: Received) -> tuple[str, str | None, bool] | None:
    """Return why a file of an archive is not read, as the fields of `Ignored`; None if it is a workbook or plan."""
    path = PurePosixPath(item.file)
    if is_hidden(item.file[len(archive.file) + 1 :]):
        return "left behind by the operating system or an open workbook", None, False
    if is_archive(path):
        return "an archive in an archive", "是压缩包内的压缩包，没有解压", False
    is_read = may_be_a_plan(path) or is_workbook(path, item.content)
    return why_ignored(path) or (None if is_read else ("not a workbook", notice_of(path), False))


def _received(archive: Received, unpacked: Unpacked) -> list[Received]:
    """Return the files of an archive with paths below its own, under names that can be written everywhere."""
    names = ["/".join(safe_parts(member.name)) or "unnamed" for member in unpacked.members]
    seen: Counter[str] = Counter()
    items = []
    for name, member in zip(names, unpacked.members, strict=True):
        seen[name.casefold()] += 1
        place = PurePosixPath(name)
        again = f"-{seen[name.casefold()]}" if seen[name.casefold()] > 1 else ""
        file = f"{archive.file}/{place.with_name(f'{place.stem}{again}{place.suffix}')}"
        path = archive.path / file[len(archive.file) + 1 :]
        items.append(Received(file, path, member.size, member.sha256, member.content, member.fault))
    return items
