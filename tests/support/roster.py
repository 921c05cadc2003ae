"""The pilots of the round under the names that they use of themselves."""

from contracts.round import Kind
from tests.sample import CONTRACTS

# The roster knows these parks by their seat only.
PARKS = {
    "赤峰市的园区": "赤峰高新技术产业开发区",
    "哈尔滨市的园区": "哈尔滨经济技术开发区",
    "德州市的园区": "德州经济技术开发区",
    "肇庆市的园区": "肇庆高新技术产业开发区",
    "库车市的园区": "库车经济技术开发区",
}


def own_name(pilot: str) -> str:
    """The name that a pilot of the roster writes on its cover."""
    return PARKS.get(pilot, pilot)


def senders(kind: Kind) -> list[tuple[str, str]]:
    """Province and own name of every pilot of a kind."""
    return [(province, own_name(pilot.name)) for province, pilot in CONTRACTS.round.roster if pilot.kind == kind]
