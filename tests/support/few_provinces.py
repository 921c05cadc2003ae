"""The first batch with a few of its provinces, for tests that publish and need no more."""

from pathlib import Path

import yaml

from contracts.load import OWN
from tests.support.paths import ROOT

ROUND = ROOT / "contracts" / "definitions" / "rounds" / "first-batch.yaml"


def few_provinces(folder: Path, *names: str) -> dict[str, str]:
    """Write the round's definition with the named provinces alone; return the setting that has it read."""
    definition = yaml.safe_load(ROUND.read_text(encoding="utf-8"))
    definition["provinces"] = [one for one in definition["provinces"] if one["name"] in names]
    definition["quota_total"] = sum(one["quota"] for one in definition["provinces"])
    assert len(definition["provinces"]) == len(names)
    (folder / "rounds").mkdir(parents=True)
    (folder / "rounds" / ROUND.name).write_text(yaml.safe_dump(definition, allow_unicode=True), encoding="utf-8")
    return {OWN: str(folder)}
