"""The command `deploy`."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli.console import OUTPUT, fail, say
from flows.cli.options import OUT, RAW, ROUND, filled_text, load_round
from flows.cli.prefect_session import prefect_session, quiet_prefect
from flows.pipeline.exit_codes import FAILED, WRONG_USE
from flows.pipeline.outcome import one_line
from flows.publication.file_names import as_utf8

_RETRIES = 4  # after 2, 4, 8 and 16 s


def deploy(
    round_name: Annotated[str, ROUND],
    raw: Annotated[str, RAW] = "data/raw",
    out: Annotated[str, OUT] = "data/out",
    source: Annotated[
        list[str] | None,
        typer.Option(help="What nightly pulls from, without password; else PEAK_REVIEW_SOURCES.", callback=filled_text),
    ] = None,
    cron: Annotated[str, typer.Option(help="When nightly runs, in China's time.")] = "0 2 * * *",
    pool: Annotated[
        str, typer.Option(help="Work pool of the workers; it is created.", callback=filled_text)
    ] = "reviews",
) -> None:
    """Put the deployments of a round on the Prefect server at PREFECT_API_URL: nightly by schedule, review by hand."""
    load_round(round_name)
    quiet_prefect()
    from prefect.schedules import Cron  # noqa: PLC0415 - Prefect takes a second
    from prefect.settings import (  # noqa: PLC0415
        PREFECT_API_URL,
        PREFECT_CLIENT_MAX_RETRIES,
        temporary_settings,
    )

    if not PREFECT_API_URL.value():
        fail(WRONG_USE, "PREFECT_API_URL is not set: start a server first, e.g. `prefect server start`")
    if any(as_utf8(folder) != folder for folder in (raw, out)):
        fail(WRONG_USE, "--raw and --out: Prefect can store no path that is not UTF-8")
    if any("@" in url.partition("://")[2] for url in source or ()):
        fail(WRONG_USE, "--source: Prefect shows it, so user and password belong into a Secret block or a setting")
    from flows.sources.source_urls import declared_sources  # noqa: PLC0415

    if source:
        try:
            declared_sources(source, lambda _: None)
        except ValueError as error:
            fail(WRONG_USE, str(error))
    # A server answers 503 while another process writes to its database.
    with prefect_session(), temporary_settings({PREFECT_CLIENT_MAX_RETRIES: _RETRIES}):
        from flows.deployments import DeployError, deploy_round, work_pool  # noqa: PLC0415

        try:
            schedule = Cron(cron, timezone="Asia/Shanghai")
        except ValueError as error:
            fail(WRONG_USE, f"--cron {cron}: {one_line(error)}")
        try:
            workers = work_pool(pool)
        except ValueError as error:
            fail(WRONG_USE, f"--pool {pool}: {one_line(error)}")
        try:
            names = deploy_round(round_name, Path(raw), Path(out), source or (), schedule=schedule, pool=workers)
        except DeployError as error:
            fail(FAILED, f"not deployed: {one_line(error)}")
    for name in names:
        say(OUTPUT, name)
    say(
        OUTPUT,
        f"start a worker:  prefect worker start --pool {pool}\nrun it now:      prefect deployment run {names[0]}",
    )
