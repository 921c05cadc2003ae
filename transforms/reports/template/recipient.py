"""Check for whom a template is made against the roster of the round."""

from dataclasses import dataclass

from contracts.load import Contracts
from transforms.intake.sender.roster import match_name


class UnknownRecipientError(Exception):
    """There is no such province, or the roster has the pilot in another province or as another kind."""


@dataclass(frozen=True)
class Recipient:
    """The pilot that fills in a template: the full name of its province, and what to say if it is off the roster."""

    province: str
    notice: str | None = None


def find_recipient(kind: str, pilot: str, province: str, contracts: Contracts) -> Recipient:
    """Find a pilot on the roster.

    Raises:
        UnknownRecipientError: with the reason, if the template could never be accepted.
    """
    name = next((region.name for region in contracts.regions if province in {region.name, region.short}), None)
    quotas = contracts.round.quotas
    if name is None:
        raise UnknownRecipientError(f"unknown province {province}; the round has: {' '.join(quotas)}")
    match = match_name(pilot, kind, contracts)
    if match is None:
        if not quotas:  # neither roster nor quota is published: every pilot counts
            return Recipient(name)
        if name not in quotas:
            return Recipient(name, f"{name} has no quota in {contracts.round.round}")
        listed = " ".join(one.name for place, one in contracts.round.roster if place == name)
        off = contracts.round.names_pilots(name)
        return Recipient(name, f"{pilot} is not on the roster of {name}: {listed}" if off else None)
    if match.province != name:
        raise UnknownRecipientError(f"{pilot} is on the roster of {match.province}, not of {name}")
    if match.pilot.kind != kind:
        raise UnknownRecipientError(f"{match.pilot.name} is a {match.pilot.kind} on the roster, not a {kind}")
    return Recipient(name)
