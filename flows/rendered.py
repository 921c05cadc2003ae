"""Whether a package would be rendered as it was: then what is published is taken. Forgetting it costs time, no more."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from flows.atomic import put
from flows.manifest import GATE, MANIFEST, digest, listed
from transforms.plan.frames import Plans
from transforms.render.view import View

RENDERED = f"{GATE}/rendered.json"


@dataclass(frozen=True)
class Rendered:
    """What the last run rendered.

    Attributes:
        out: the round's folder.
        code: one hash of all besides what is shown that decides how it looks.
        known: by province, the identity of what its package shows and the hash of its manifest.
    """

    out: Path
    code: str
    known: Mapping[str, tuple[str, str]]

    def recall(self, view: View, shown: str) -> dict[str, Path] | None:
        """The files of ours in a view's published package, if it shows the same and nobody touched it."""
        package = self.out / view.title
        manifest = package / MANIFEST
        if not manifest.is_file() or self.known.get(view.title) != (shown, digest(manifest)):
            return None
        files = listed(manifest, "resources")
        if any(not (package / name).is_file() or digest(package / name) != hash_ for name, hash_ in files.items()):
            return None
        return {name: package / name for name in files.keys() - set(view.copies)}


def recall_rendered(out: Path, code: str, *, force: bool = False) -> Rendered:
    """What the last run rendered by the same code; nothing where that cannot be told, or all is to be rendered anew."""
    try:
        told = json.loads((out / RENDERED).read_text(encoding="utf-8"))
        known = {str(name): (str(shown), str(hash_)) for name, (shown, hash_) in told["packages"].items()}
        same = told["code"] == code and not force
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Rendered(out, code, {})
    return Rendered(out, code, known if same else {})


def keep_rendered(before: Rendered, shown: Mapping[str, str]) -> None:
    """Remember what was rendered and published just now, by province.

    Raises:
        OSError: if it cannot be written.
    """
    now = {name: (identity_, digest(before.out / name / MANIFEST)) for name, identity_ in shown.items()}
    text = json.dumps({"code": before.code, "packages": {**before.known, **now}}, ensure_ascii=False, indent=1)
    (before.out / GATE).mkdir(exist_ok=True)
    put(before.out / RENDERED, text.encode())


def identity(view: View) -> str:
    """One hash of all that a view shows; what was sent is there by its own hash."""
    review, found = view.review, hashlib.sha256()
    batch, whole = review.judged.batch, review.whole
    frames = [review.observations, review.findings, review.provinces, batch.files, batch.observations]
    frames += [whole.medians, whole.copies, whole.names, *(getattr(batch.plans, one.name) for one in fields(Plans))]
    for frame in frames:
        found.update(repr((frame.schema, frame.height, frame.hash_rows().to_list())).encode())
    ledger = view.ledger
    said = [asdict(replace(ledger, verdicts={})), [(place, asdict(one)) for place, one in ledger.verdicts.items()]]
    about = [view.province, sorted(review.judged.blocked), review.judged.crashed, asdict(review.provenance)]
    found.update(json.dumps([about, said], default=_plain, sort_keys=True).encode())
    return found.hexdigest()


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else repr(value)
