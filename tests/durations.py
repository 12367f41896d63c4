"""Whether two requests take equally long, so that nobody learns from the time which of two names exists."""

import statistics
import time
from collections.abc import Callable

ROUNDS = 8
WITHIN = 0.1


def take_as_long(one: Callable[[], object], other: Callable[[], object], tries: int = 200) -> float:
    """Both, in turn, `tries` times in all, take the same time within 10 %; returns it, in seconds.

    Of each, the time that its fastest quarter keeps to: a machine that does something else makes a try slower and
    never faster. A difference that is real shows in every round, one of a busy machine does not.
    """
    for _ in range(ROUNDS):
        took: tuple[list[float], list[float]] = ([], [])
        for number in range(tries):
            began = time.perf_counter()
            (one, other)[number % 2]()
            took[number % 2].append(time.perf_counter() - began)
        first, second = (statistics.quantiles(one_of_them, n=4)[0] for one_of_them in took)
        if 1 - WITHIN < first / second < 1 + WITHIN:
            return first
    raise AssertionError(f"{first * 1000:.2f} ms and {second * 1000:.2f} ms, in {ROUNDS} rounds of {tries} tries")
