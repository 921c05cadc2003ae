"""How a review ends: with a summary, or with one of the reasons why nothing was published."""

from dataclasses import dataclass

from flows.publish import Published
from transforms.digest import Facts


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
