"""Select the file of each pilot that counts: the latest valid one; none if that is ambiguous."""

from collections.abc import Sequence

from contracts.load import Contracts
from contracts.naming import name_key
from transforms.intake.sender.version import Order, is_later, order_of
from transforms.intake.submission import Submission

# `standing` of a file: counts; a later version counts; same bytes as another file of the pilot; same version as
# another file; same bytes as a file of another pilot; withdrawn by a ruling; not readable; pilot unknown.
FILE_STATUSES = ("counts", "superseded", "identical", "conflict", "shared", "withdrawn", "faulty", "unidentified")

# Standing of a file, and the file or files that it was compared with.
Standing = tuple[str, str | None]


def select_versions(submissions: Sequence[Submission], contracts: Contracts) -> dict[str, Standing]:
    """Return the standing of every file, by path."""
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
            standings |= _rank_versions(versions, one_place=pilot not in seats)
    return standings


def _content(submission: Submission) -> str:
    """Return the sha256 of a file, or its path if it could not be read."""
    return submission.sha256 or submission.file


def _owner(submission: Submission) -> tuple[str | None, str | None]:
    return submission.identity.province, submission.identity.pilot


def _rank_versions(versions: list[Submission], *, one_place: bool) -> dict[str, Standing]:
    """Return the standings of one pilot's files. A table of the wrong kind counts only if there is no other."""
    valid = [one for one in versions if one.kind == one.table_kind] or versions
    # If only the city of a park is known, two names may mean two parks.
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
