"""Signals that end a command: SIGTERM and SIGHUP end it like Ctrl-C, with exit codes 143 and 129."""

import signal
from typing import NoReturn

_received: list[int] = []


def end_on_signals() -> None:
    """Raise KeyboardInterrupt or SystemExit on a signal that is not ignored, and remember it."""
    for number, default in (
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGTERM, signal.SIG_DFL),
        (signal.SIGHUP, signal.SIG_DFL),
    ):
        if signal.getsignal(number) == default:  # nohup ignores SIGHUP
            signal.signal(number, _end)


def received_signal() -> BaseException | None:
    """Return what the last signal raised; None without one.

    Pydantic turns an interruption of its own callbacks into another exception, without a context.
    """
    return _exception(_received[-1]) if _received else None


def end_if_interrupted() -> None:
    """Raise what the last signal raised, where a library has caught it: no command goes on after a signal."""
    if interruption := received_signal():
        raise interruption


def _end(number: int, _: object) -> NoReturn:
    _received.append(number)
    raise _exception(number)


def _exception(number: int) -> BaseException:
    return KeyboardInterrupt() if number == signal.SIGINT else SystemExit(128 + number)
