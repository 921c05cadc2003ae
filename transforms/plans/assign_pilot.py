"""Assign each plan to its pilot by title, file name and folder, without guessing; decide which of several counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contracts.naming import name_key
from contracts.round import KINDS
from transforms.intake.sender.version import Order, is_later, parse_day, parse_version
from transforms.intake.submission import Submission
from transforms.plans.read_plan import Plan


@dataclass(frozen=True, slots=True)
class Assigned:
    """The pilot of a document.

    Attributes:
        standing: `counts`; `superseded` by a later one; `identical` to an earlier one; `rivals`: others claim the same
            place; `faulty`: not readable; `unidentified`: the pilot is unknown; `other`: no plan.
        instead: the file that counts, or the others.
    """

    standing: str
    instead: str | None = None
    province: str | None = None
    pilot: str | None = None
    kind: str | None = None


_Sender = tuple[str, str, str | None]  # province, pilot, kind


def assign(plans: Sequence[Plan], submissions: Sequence[Submission]) -> dict[str, Assigned]:
    """Return the standing and pilot of every document, by its path."""
    assigned: dict[str, Assigned] = {}
    by_pilot: dict[_Sender, list[Plan]] = {}
    for plan in plans:
        sender = _sender(plan, submissions)
        unfit = "other" if plan.fault == "other" else "faulty" if plan.fault else None
        if isinstance(sender, str):
            assigned[plan.file] = Assigned(unfit or "unidentified", sender, plan.identity.province)
        elif unfit:
            assigned[plan.file] = Assigned(unfit, None, *sender)
        else:
            by_pilot.setdefault(sender, []).append(plan)
    for (province, pilot, kind), mine in by_pilot.items():
        for plan, standing, instead in _among(mine):
            assigned[plan.file] = Assigned(standing, instead, province, pilot, kind or _likelier_kind(plan))
    return assigned


def _sender(plan: Plan, submissions: Sequence[Submission]) -> _Sender | str:
    """Return the pilot, or in Chinese why it is unknown."""
    who = plan.identity
    if who.contradiction:
        return f"{who.contradiction.replace('表题', '标题')}，与“{who.pilot or who.province}”不一致"
    if who.pilot and who.province:
        return who.province, who.pilot, who.kind
    # Off the roster one name may be that of two pilots: a plan that names its province belongs to no other.
    placed = [
        ((province, pilot, one.kind or one.identity.kind), one)
        for one in submissions
        if (province := one.identity.province) and (pilot := one.identity.pilot) and who.province in {None, province}
    ]
    said = name_key(" ".join((*plan.titles, plan.file.rsplit("/", 1)[-1])))
    spelled = {sender: (sender[1], one.identity.named) for sender, one in placed}
    named = [sender for sender, names in spelled.items() if any(name and name_key(name) in said for name in names)]
    if len(named) == 1:
        return named[0]
    folder = plan.file.rpartition("/")[0]
    beside = {sender for sender, one in placed if one.file.rpartition("/")[0] == folder}
    if len(beside) == 1:
        return beside.pop()
    return "标题、文件名和文件夹中都没有找到试点名称" + ("，同一文件夹中有多个试点的报送" if beside else "")


def _among(plans: Sequence[Plan]) -> Iterator[tuple[Plan, str, str | None]]:
    """Yield the standings of one pilot's plans: the latest by version or date in the file's name counts."""
    first: dict[str, Plan] = {}
    for one in plans:
        same = first.setdefault(one.sha256 or one.file, one)
        if same is not one:
            yield one, "identical", same.file
    different = list(first.values())
    orders = [_order(one) for one in different]
    latest = next((at for at, mine in enumerate(orders) if _is_latest(mine, orders[:at] + orders[at + 1 :])), None)
    for at, one in enumerate(different):
        if latest is None:
            yield one, "rivals", "、".join(other.file for other in different)
        else:
            yield (one, "counts", None) if at == latest else (one, "superseded", different[latest].file)


def _is_latest(mine: Order, others: Sequence[Order]) -> bool:
    return all(is_later(mine, other) for other in others)


def _order(plan: Plan) -> Order:
    name = plan.file.rsplit("/", 1)[-1].rpartition(".")[0]
    return parse_version(name, alone=False), parse_day(name)


def _likelier_kind(plan: Plan) -> str:
    """Return the kind of which the plan has more parts; used where neither roster nor workbook names it."""
    return max(KINDS, key=lambda kind: sum(one.state == "present" for one in plan.chapters.get(kind, ())))
