"""Run several nights in one process.

Usage: `python -m tests.support.nightly_runs RAW OUT WEBHOOK DEAD-WEBHOOK`.
"""

import os
import sys
from pathlib import Path

from flows.cli.prefect_session import quiet_prefect

quiet_prefect()

from prefect import flow  # noqa: E402
from prefect.blocks.notifications import CustomWebhookNotificationBlock  # noqa: E402
from prefect.client.schemas.objects import State  # noqa: E402

from flows.nightly import nightly  # noqa: E402
from tests.server import DINGTALK  # noqa: E402


@flow
def declare(name: str, url: str) -> None:
    CustomWebhookNotificationBlock(name=name, url=url, json_data=DINGTALK).save(name, overwrite=True)


def main() -> None:
    raw, out, url, dead = sys.argv[1:]
    declare("people", url)
    declare("dead", dead)
    os.environ["PEAK_REVIEW_NOTIFY"] = "custom-webhook/people"

    def night(title: str, **changed: object) -> None:
        sys.stderr.write(f"== {title}\n")
        state: State = nightly(**{"raw": raw, "out": out} | changed, return_state=True)  # type: ignore[arg-type]
        sys.stdout.write(f"{title}: {state.type.value} {state.name}: {state.message}\n")

    night("good")
    night("vanished", raw=str(Path(raw) / "not mounted"))
    sent, away = Path(raw) / "first-batch", Path(raw) / "away"
    sent.rename(away)
    night("not mounted", sources=[str(away / "submissions")])
    sent.mkdir()
    night("emptied")
    sent.rmdir()
    away.rename(sent)
    night("unheard", blocks=["custom-webhook/dead", "custom-webhook/people", "custom-webhook/none"])
    night("unpulled", sources=[str(Path(raw) / "no such source")])
    for workbook in Path(raw).rglob("*.xlsx"):
        workbook.write_bytes(b"PK\x03\x04 and then nothing")
    night("damaged")


if __name__ == "__main__":
    main()
