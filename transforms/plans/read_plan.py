"""Read the bytes of one document into a `Plan`."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from contracts.load import Contracts
from contracts.naming import name_key
from contracts.round import KINDS
from transforms.intake.cells import EncryptedFileError, UnreadableFileError
from transforms.intake.formats import Workbook
from transforms.intake.sender.identify import Identity, identify
from transforms.intake.submission import Submission, read_sheets
from transforms.intake.tables.project_lists import Project
from transforms.plans.chapters import PartFound, check_chapters
from transforms.plans.leftovers import Leftover, find_leftovers
from transforms.plans.outline import Section, split_sections
from transforms.plans.peak import Peak, find_peak
from transforms.plans.prose.find_targets import find_targets, known_wordings
from transforms.plans.prose.target import Target
from transforms.plans.word.document import read_document
from transforms.plans.word.text import Paragraph, PlanText

# So many of the guide's chapters make a plan of any document, and so many of one that is called 方案.
_CHAPTERS, _CALLED = 4, 2
_TITLES, _TITLE = 12, 60


@dataclass(frozen=True, slots=True)
class Plan:
    """One document received beside the workbooks.

    Attributes:
        file: its path relative to the round's raw folder, with `/`; `sha256`: of its bytes.
        identity: who sent it, as far as title, file name and folder tell; `titles`: the first lines.
        fault: `unreadable`, `format` (no document that can be read here), `other` (no plan), or None; `detail` says
            more, in Chinese.
        chapters: by kind, what there is of each part of the guide.
        targets: every figure in its prose.
        table: the indicator table inside, read as a workbook's; None where there is none, or two that differ in a plan.
        projects: the key projects and tasks of its tables.
        leftovers: paragraphs that are not filled in.
        peak: the peak of CO2 emissions that chapter 二 states.
    """

    file: str
    sha256: str
    identity: Identity
    titles: tuple[str, ...] = ()
    fault: str | None = None
    detail: str | None = None
    chapters: dict[str, tuple[PartFound, ...]] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    table: Submission | None = None
    projects: tuple[Project, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    peak: Peak | None = None


def read_plan(content: bytes, file: str, contracts: Contracts, passwords: Sequence[str] = ()) -> Plan:  # noqa: ARG001
    """Read one document; `file` is its path relative to the round's raw folder, with `/`."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        text = read_document(content)
    except EncryptedFileError as reason:
        return unread_plan(file, digest, f"{reason}，请取消密码", contracts)
    except UnreadableFileError as reason:
        return unread_plan(file, digest, str(reason), contracts)
    sections = split_sections(text.paragraphs, contracts.guide)
    titles = tuple(one.text for one in text.paragraphs[:_TITLES] if len(one.text) <= _TITLE and not one.table)
    named = [title for title in titles if "方案" in title or "试点" in title]
    who = identify(file, (), named, contracts)
    chapters: dict[str, tuple[PartFound, ...]] = {
        kind: check_chapters(sections, contracts.guide, kind) for kind in KINDS
    }
    tables = read_sheets(Workbook(text.tables, "docx"), file, digest, contracts)
    if fault := _why_not(file, named, chapters):
        return Plan(file, digest, who, titles, *fault, table=None if tables.fault else tables)
    usable = not tables.fault and not tables.rivals  # not without a table, nor of several that say different things
    return Plan(
        file,
        digest,
        who,
        titles,
        chapters=chapters,
        targets=find_targets(
            _with_headings(text, sections), contracts.guide, known_wordings(contracts.tables.values())
        ),
        table=tables if usable else None,
        projects=tables.projects,
        leftovers=tuple(find_leftovers((*text.paragraphs, *text.notes))),
        peak=find_peak(sections, contracts.guide),
    )


def unread_plan(file: str, sha256: str, reason: str, contracts: Contracts, *, fault: str = "unreadable") -> Plan:
    """Make the plan of a document that could not be read, identified by its path."""
    return Plan(file, sha256, identify(file, (), (), contracts), (), fault, reason)


def _why_not(file: str, titles: Sequence[str], chapters: dict[str, tuple[PartFound, ...]]) -> tuple[str, str] | None:
    """Return fault and reason where a document is no plan, or has no chapter of the guide; else None."""
    called = " ".join(name_key(text) for text in (file.rsplit("/", 1)[-1], *titles))
    there = max(len({one.part[0] for one in found if one.state != "absent"}) for found in chapters.values())
    if "实施方案" not in called and there < (_CALLED if "方案" in called else _CHAPTERS):
        return "other", "标题、文件名和章节都不像实施方案"
    return None if there else ("unreadable", "其中没有找到编制指南八章中的任何一章（如为扫描图片，请报送可编辑的文档）")


def _with_headings(text: PlanText, sections: Sequence[Section]) -> Iterator[tuple[str, Paragraph]]:
    """Yield every paragraph that is no heading, with the heading above it."""
    inside = [(section.title, line) for section in sections for line in section.own]
    headed = {line.place for _, line in inside} | {section.place for section in sections}
    yield from (("", one) for one in text.paragraphs if one.place not in headed)
    yield from inside
    yield from (("脚注", note) for note in text.notes)
