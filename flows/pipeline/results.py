"""What the steps of a review hand on to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.publication.open_workbooks import Content
from flows.sources.raw_files import Received
from flows.sources.raw_listing import Ignored
from transforms.decisions.ledger import Ledger
from transforms.failures import Failure
from transforms.pipeline import Review


@dataclass(frozen=True)
class Decisions:
    """The reviewers' decisions, merged.

    Attributes:
        ledger: all decisions.
        reviews: the files in `reviews/` that they were read from, and the others there.
        archived: files that reviewers had edited in packages, as they were copied to `reviews/`.
        not_archived: files in packages that could not be copied, with the reason.
        failures: review workbooks that could not be read or merged.
    """

    ledger: Ledger
    reviews: tuple[list[Received], list[Ignored]]
    archived: Sequence[str]
    not_archived: Sequence[str]
    failures: list[Failure]


@dataclass(frozen=True)
class Rendered:
    """The rendered packages by province, the round's own files by name, and what could not be rendered.

    `not_made` are the provinces without a package. `failures` has those of the decisions, too.
    """

    packages: Mapping[str, Mapping[str, Content]]
    files: dict[str, bytes]
    not_made: list[str]
    failures: list[Failure]


def unread_files(result: Review, decisions: Decisions) -> tuple[str, ...]:
    """Return the submissions, plans and review workbooks that this machine or the code failed to read."""
    return (*result.failed_files, *(copy.file for copy in decisions.ledger.copies if copy.code_failed))
