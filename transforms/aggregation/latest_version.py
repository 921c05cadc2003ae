"""Which file of a pilot counts: the latest valid one; where that cannot be told, none until a person decides."""

from collections.abc import Sequence

from contracts.load import Contracts
from contracts.naming import name_key
from transforms.intake.sender.version import Order, is_later, order_of
from transforms.intake.submission import Submission

# `standing` of a file: it counts; a newer one does; the same bytes came before; others claim the same place; the same
# bytes came for another pilot; a person set it aside; it could not be reviewed; nobody knows whose it is.
FILE_STATUSES = ("counts", "superseded", "identical", "conflict", "shared", "withdrawn", "faulty", "unidentified")

# The standing of a file, and the file or files that it is measured against.
Standing = tuple[str, str | None]


def select_versions(submissions: Sequence[Submission], contracts: Contracts) -> dict[str, Standing]:
    """Standing of every file, by its path."""
    standings: dict[str, Standing] = {}
    by_pilot: dict[tuple[str, str], list[Submission]] = {}
    owners: dict[str, set[tuple[str | None, str | None]]] = {}
    for one in submissions:
        owners.setdefault(_content(one), set()).add(_owner(one))
    first: dict[tuple[str, object], str] = {}
    for one in submissions:
        province, pilot = _owner(one)
        decision = contracts.round.decided.get(one.sha256)
        if decision and not decision.counts:
            standings[one.file] = ("withdrawn", None)
        elif (same := first.setdefault((_content(one), _owner(one)), one.file)) != one.file:
            standings[one.file] = ("identical", same)
        elif one.fault:
            standings[one.file] = ("faulty", None)
        elif not (province and pilot):
            standings[one.file] = ("unidentified", None)
        elif len([owner for owner in owners[_content(one)] if all(owner)]) > 1:
            standings[one.file] = ("shared", None)
        else:
            by_pilot.setdefault((province, pilot), []).append(one)
    seats = {pilot.name for _, pilot in contracts.round.roster if pilot.seat}
    for (_, pilot), versions in by_pilot.items():
        chosen = [one for one in versions if one.sha256 in contracts.round.decided]
        if chosen:
            standings |= {one.file: ("superseded", chosen[0].file) for one in versions}
            standings[chosen[0].file] = ("counts", None)
        else:
            standings |= _among(versions, one_place=pilot not in seats)
    return standings


def _content(submission: Submission) -> str:
    """What its bytes are known by; of a file that could not be read nothing is known but its path."""
    return submission.sha256 or submission.file


def _owner(submission: Submission) -> tuple[str | None, str | None]:
    return submission.identity.province, submission.identity.pilot


def _among(versions: list[Submission], *, one_place: bool) -> dict[str, Standing]:
    """Standings of one pilot's files. A table of the wrong kind counts only where there is no other."""
    valid = [one for one in versions if one.kind == one.table_kind] or versions
    # Of a park known only by its city two different names may be two different parks.
    names = {name_key(one.identity.named or "") for one in valid}
    top = [one for one in valid if all(_is_later(one, other) for other in valid if other is not one)]
    if len(top) == 1 and (one_place or len(names) == 1):
        return {one.file: ("counts", None) if one is top[0] else ("superseded", top[0].file) for one in versions}
    beaten = [one for one in versions if one not in valid or any(_is_later(other, one) for other in valid)]
    rivals = (
        versions if not one_place and len(names) > 1 else [one for one in versions if one not in beaten] or versions
    )
    return {
        one.file: ("conflict", "、".join(other.file for other in rivals if other is not one))
        if one in rivals
        else ("superseded", rivals[0].file)
        for one in versions
    }


def _is_later(one: Submission, other: Submission) -> bool:
    return is_later(_order(one), _order(other))


def _order(submission: Submission) -> Order:
    return order_of(submission.identity.version, submission.identity.filled_on)
