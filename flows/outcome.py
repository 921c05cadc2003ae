"""What is asked of a review, and how it ends: with a summary, or with a reason why nothing was published."""

from collections.abc import Sequence
from dataclasses import dataclass

from flows.publish import Published
from transforms.digest import Facts


@dataclass(frozen=True)
class Request:
    """What a person asks for; without any of it, it is the night's run. See `flows.review.review`."""

    provinces: Sequence[str] = ()
    pilots: Sequence[str] = ()
    accept_change: Sequence[str] = ()
    force: bool = False
    as_of: str | None = None

    @property
    def partial(self) -> bool:
        """Whether only some provinces are published."""
        return bool(self.provinces or self.pilots)


class Refused(Exception):  # noqa: N818 - it is what happened to the request
    """The request cannot be met: an unknown province or pilot, a moment before anything was received."""


class GateClosed(Exception):  # noqa: N818 - it is what happened to the publication
    """A promise of ours is broken: nothing is published."""


@dataclass(frozen=True)
class Summary:
    """What a run did, for the command line and for Prefect's page; `held` are the provinces held back, with reasons."""

    out: str
    published: Published
    facts: Facts
    held: dict[str, tuple[str, ...]]
