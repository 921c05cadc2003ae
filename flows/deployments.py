"""The deployments of a round on a Prefect server: `nightly` on a schedule, `review` by hand."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from httpx import HTTPError
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import DeploymentApplyError
from prefect.exceptions import ObjectAlreadyExists
from prefect.schedules import Schedule
from prefect.types.entrypoint import EntrypointType
from pydantic import ValidationError

from flows.nightly import nightly
from flows.review import review
from flows.settings import PREFIX, load_settings

_QUIET = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
_NIGHTLY = """\
每夜：读取来源（PEAK_REVIEW_SOURCES）的新报送，评审整批，发布各省评审包，并通过 PEAK_REVIEW_NOTIFY 的渠道发送摘要。

来源或检查失败时以 Incomplete 结束；不能发布时失败，原评审包不变。"""
_REVIEW = """\
手动：用 data/raw 中已有的文件重新评审。

可只发布部分省份或试点（仍读取全部，中位数需要）；as_of 重现过去某一夜，须另给 out；
force 重写没有变化的或由人工退回的评审包。"""


class DeployError(Exception):
    """The Prefect server did not take a deployment."""


def deploy_round(
    round_name: str, raw: Path, out: Path, sources: Sequence[str] = (), *, schedule: Schedule, pool: WorkPoolCreate
) -> tuple[str, str]:
    """Create or replace both deployments of a round, and the work pool if there is none; they keep the own contracts.

    Args:
        round_name: the round.
        raw: folder with the submissions of all rounds.
        out: folder for the packages of all rounds.
        sources: URLs to pull from, without passwords: the server shows them; empty takes PEAK_REVIEW_SOURCES.
        schedule: of `nightly`.
        pool: see `work_pool`.

    Returns:
        The names of the deployments.

    Raises:
        DeployError: if the server fails or its answer cannot be read.
    """
    folders = {"round": round_name, "raw": str(raw.absolute()), "out": str(out.absolute())}
    # Runs of one deployment do not overlap; the lock of the round holds between deployments and the command.
    one_at_a_time = ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    own = load_settings().contracts
    environment = _QUIET | ({f"{PREFIX}CONTRACTS": str(own)} if own else {})
    names = []
    try:
        with get_client(sync_client=True) as client, suppress(ObjectAlreadyExists):
            client.create_work_pool(pool)
        for flow, parameters, when, description in (
            (nightly, folders | {"sources": list(sources)}, schedule, _NIGHTLY),
            (review, folders, None, _REVIEW),
        ):
            deployment = flow.to_deployment(
                round_name,
                parameters=parameters,
                schedule=when,
                description=description,
                concurrency_limit=one_at_a_time,
                job_variables={"env": environment, "working_dir": str(Path.cwd())},
                entrypoint_type=EntrypointType.MODULE_PATH,
            )
            # In a function that is not async it is no coroutine, which its types do not say.
            deployment.apply(work_pool_name=pool.name)  # type: ignore[union-attr]
            names.append(deployment.full_name)  # type: ignore[union-attr]
    except (HTTPError, DeploymentApplyError, ValueError) as error:  # the last is that of an answer that is no JSON
        raise DeployError(str(error)) from error
    return names[0], names[1]


def work_pool(name: str) -> WorkPoolCreate:
    """Return a work pool of type process.

    Raises:
        ValueError: if it cannot have this name.
    """
    try:
        return WorkPoolCreate(name=name, type="process")
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"]) from None
