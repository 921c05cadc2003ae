"""Files put into an inbox, and a pull from it into a raw folder."""

from pathlib import Path

from flows.sources.ingest import SourceResult
from flows.sources.source_urls import parse_source
from tests.support.source_servers import pull as take

NAME = "河北省/唐山市/指标表.xlsx"


def put(below: Path, name: str, content: bytes) -> Path:
    path = below / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def pull(inbox: Path, folder: Path) -> SourceResult:
    return take(parse_source(str(inbox), {}.get), folder, wait=0)
