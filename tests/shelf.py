"""A bucket of an S3 server as tests see it: past the code under test, with boto3."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from tests.kill.child import ROUND
from tests.kill.watcher import watching
from tests.servers import SECRET, Server, start

NAME = "round"


class Shelf:
    """Its folders `raw` and `out`, as URLs and as bytes by key."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.endpoint = server.url.partition("endpoint=")[2]
        self.raw, self.out = (f"s3://{NAME}/{folder}?endpoint={self.endpoint}" for folder in ("raw", "out"))
        self.client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id="keeper",
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )

    def clear(self) -> None:
        """A new bucket."""
        if NAME in [one["Name"] for one in self.client.list_buckets()["Buckets"]]:
            for key in self.keys():
                self.client.delete_object(Bucket=NAME, Key=key)
        else:
            self.client.create_bucket(Bucket=NAME)

    def keys(self, below: str = "") -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=NAME, Prefix=below)
        return [one["Key"] for page in pages for one in page.get("Contents", ())]

    def get(self, key: str) -> bytes:
        return bytes(self.client.get_object(Bucket=NAME, Key=key)["Body"].read())

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=NAME, Key=key, Body=content)

    def put_tree(self, folder: Path, below: str) -> None:
        for path in folder.rglob("*"):
            if path.is_file():
                self.put(f"{below}/{path.relative_to(folder).as_posix()}", path.read_bytes())

    def pointer(self, province: str) -> dict[str, Any] | None:
        try:
            return dict(json.loads(self.get(f"out/{ROUND}/{province}/datapackage.json")))
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise

    def published(self) -> dict[str, bytes]:
        """What a reader finds who follows the pointers, under the names that it has in a folder."""
        found = {}
        for key in self.keys(f"out/{ROUND}/"):
            _, _, province, *rest = key.split("/")
            if not rest:
                found[province] = self.get(key)
            elif rest == ["datapackage.json"]:
                pointer = self.pointer(province)
                for one in pointer["resources"] if pointer else ():
                    name = one["path"].partition("/")[2]
                    found[f"{province}/{name}"] = self.get(f"out/{ROUND}/{province}/{one['path']}")
        return found

    def fault(self, province: str, is_edit: Callable[[bytes], bool]) -> str | None:
        """What is wrong with a package at this moment."""
        while True:
            pointer = self.pointer(province)
            if pointer is None:
                return f"{province} is not there"
            fault = self._fault(province, pointer, is_edit)
            if fault is None or self.pointer(province) == pointer:
                return fault

    def _fault(self, province: str, pointer: dict[str, Any], is_edit: Callable[[bytes], bool]) -> str | None:
        for one in pointer["resources"]:
            try:
                content = self.get(f"out/{ROUND}/{province}/{one['path']}")
            except ClientError as error:
                return f"{province}/{one['path']}: {error}"
            if one["hash"] != f"sha256:{hashlib.sha256(content).hexdigest()}" and not is_edit(content):
                return f"{province}/{one['path']} is not what the pointer says"
        return None


@contextmanager
def shelf(work: Path) -> Iterator[Shelf]:
    with start("s3", work) as server:
        it = Shelf(server)
        try:
            yield it
        finally:
            it.client.close()


@contextmanager
def watched(it: Shelf, provinces: list[str], is_edit: Callable[[bytes], bool]) -> Iterator[list[str]]:
    """Somebody reads all packages over and over; yields what was wrong."""
    with watching(lambda: (fault for province in provinces if (fault := it.fault(province, is_edit)))) as faults:
        yield faults
