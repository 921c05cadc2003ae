"""Whose a plan is, and which of several counts: by title, file name and folder, never by a guess between two pilots."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.naming import name_key
from contracts.round import KINDS
from transforms.intake.sender.version import Order, is_later, parse_day, parse_version
from transforms.intake.submission import Submission
from transforms.plans.read_plan import Plan

# `standing` of a document: it counts; a later one does; the same bytes came before; others claim the same place; it
# could not be read; the pilot is unknown; it is no plan.
STANDINGS = ("counts", "superseded", "identical", "rivals", "faulty", "unidentified", "other")


@dataclass(frozen=True, slots=True)
class Assigned:
    """Whose a document is: `standing`, `instead` (the file that counts, or the others), province, pilot, kind."""

    standing: str
    instead: str | None = None
    province: str | None = None
    pilot: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class _Sender:
    province: str
    pilot: str
    kind: str | None


def assign(plans: Sequence[Plan], submissions: Sequence[Submission]) -> dict[str, Assigned]:
    """Standing and pilot of every document, by its path."""
    assigned: dict[str, Assigned] = {}
    by_pilot: dict[_Sender, list[Plan]] = {}
    for plan in plans:
        sender = _sender(plan, submissions)
        if isinstance(sender, str):
            standing = "other" if plan.fault == "other" else "faulty" if plan.fault else "unidentified"
            assigned[plan.file] = Assigned(standing, sender, plan.identity.province)
        elif plan.fault:
            standing = "other" if plan.fault == "other" else "faulty"
            assigned[plan.file] = Assigned(standing, None, sender.province, sender.pilot, sender.kind)
        else:
            by_pilot.setdefault(sender, []).append(plan)
    for sender, mine in by_pilot.items():
        for file, (standing, instead) in _among(mine).items():
            plan = next(one for one in mine if one.file == file)
            kind = sender.kind or _likelier_kind(plan)
            assigned[file] = Assigned(standing, instead, sender.province, sender.pilot, kind)
    return assigned


def _sender(plan: Plan, submissions: Sequence[Submission]) -> _Sender | str:
    """The pilot, or in Chinese why it is unknown."""
    who = plan.identity
    if who.contradiction:
        return f"{who.contradiction.replace('表题', '标题')}，与“{who.pilot or who.province}”不一致"
    if who.pilot and who.province:
        return _Sender(who.province, who.pilot, who.kind)
    # Off the roster one name may be that of two pilots: a plan that names its province belongs to no other.
    placed = [(sender, one) for sender, one in _placed(submissions) if who.province in {None, sender.province}]
    known = dict(placed)
    said = name_key(" ".join((*plan.titles, plan.file.rsplit("/", 1)[-1])))
    named = [sender for sender in known if _is_named(sender.pilot, known[sender], said)]
    if len(named) == 1:
        return named[0]
    folder = plan.file.rpartition("/")[0]
    beside = {sender for sender, one in placed if one.file.rpartition("/")[0] == folder}
    if len(beside) == 1:
        return beside.pop()
    return "标题、文件名和文件夹中都没有找到试点名称" + ("，同一文件夹中有多个试点的报送" if beside else "")


def _placed(submissions: Iterable[Submission]) -> Iterable[tuple[_Sender, Submission]]:
    return ((sender, one) for one in submissions if (sender := _as_sender(one)))


def _as_sender(one: Submission) -> _Sender | None:
    who = one.identity
    return _Sender(who.province, who.pilot, one.kind or who.kind) if who.province and who.pilot else None


def _is_named(pilot: str, one: Submission, said: str) -> bool:
    return any(name and name_key(name) in said for name in (pilot, one.identity.named))


def _among(plans: Sequence[Plan]) -> dict[str, tuple[str, str | None]]:
    """Standings of one pilot's plans: the latest by the version or the date in the file's name counts."""
    first: dict[str, str] = {}
    different: list[Plan] = []
    found: dict[str, tuple[str, str | None]] = {}
    for one in plans:
        same = first.setdefault(one.sha256 or one.file, one.file)
        if same == one.file:
            different.append(one)
        else:
            found[one.file] = ("identical", same)
    top = [
        one for one in different if all(is_later(_order(one), _order(other)) for other in different if other is not one)
    ]
    for one in different:
        if top:
            found[one.file] = ("counts", None) if one is top[0] else ("superseded", top[0].file)
        else:
            found[one.file] = ("rivals", "、".join(other.file for other in different))
    return found


def _order(plan: Plan) -> Order:
    name = plan.file.rsplit("/", 1)[-1].rpartition(".")[0]
    return parse_version(name, alone=False), parse_day(name)


def _likelier_kind(plan: Plan) -> str:
    """The kind whose parts the plan has more of, where neither roster nor workbook tells."""
    return max(KINDS, key=lambda kind: sum(one.state == "present" for one in plan.chapters.get(kind, ())))
