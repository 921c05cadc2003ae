"""Make a step a Prefect task whose result is that of our function, also where the Prefect server is gone."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_logger
from prefect.utilities.annotations import quote

P = ParamSpec("P")
T = TypeVar("T")


def step(name: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a function a Prefect task; its arguments are wrapped in `quote()`, so that Prefect does not scan them.

    The function is called once. What it returns or raises is what the step returns or raises, whatever Prefect raises
    before or after.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            results: list[T] = []
            errors: list[Exception] = []

            @wraps(function)
            def attempt(*args: P.args, **kwargs: P.kwargs) -> T:
                try:
                    results.append(function(*args, **kwargs))
                except Exception as error:
                    errors.append(error)
                    raise
                return results[-1]

            run: Callable[..., T] = task(name=name, cache_policy=NO_CACHE, persist_result=False)(attempt)
            try:
                run(*map(quote, args), **{key: quote(value) for key, value in kwargs.items()})
            except Exception as error:
                if errors:
                    raise errors[0] from errors[0].__cause__
                get_logger().warning("the step %s is not recorded on the Prefect server: %s", name, error)
            # Popped, because Prefect may keep the task, and with it whatever was read.
            return results.pop() if results else function(*args, **kwargs)

        return call

    return decorate
