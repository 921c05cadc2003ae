"""Submissions as they wait for the others of their round: what is large lies packed, and is opened when it is read."""

import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, overload

from contracts.load import Contracts
from transforms.intake.submission import Submission, read_submission

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Packed(Sequence[T], Generic[T]):
    """A sequence in a thirtieth of its room; it is made anew every time that it is looked into."""

    content: bytes
    length: int

    def __len__(self) -> int:
        """How many there are, without looking."""
        return self.length

    def __iter__(self) -> Iterator[T]:
        """Opened once for all of them."""
        return iter(self._open())

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        """Opened anew every time."""
        return self._open()[index]

    def _open(self) -> tuple[T, ...]:
        return pickle.loads(zlib.decompress(self.content))  # type: ignore[no-any-return]  # noqa: S301 - packed by us


def pack(items: Iterable[Any]) -> Sequence[Any]:
    """Pack a sequence; nothing stays nothing."""
    whole = tuple(items)
    return Packed(zlib.compress(pickle.dumps(whole, pickle.HIGHEST_PROTOCOL), 1), len(whole)) if whole else ()


def read_packed(content: bytes, file: str, contracts: Contracts, passwords: Sequence[str] = ()) -> Submission:
    """The same as `read_submission`, packed."""
    submission = read_submission(content, file, contracts, passwords)
    return replace(submission, observations=pack(submission.observations), shown=pack(submission.shown))
