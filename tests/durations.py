"""Whether two requests take equally long, so that nobody learns from the time which of two names exists."""

import statistics
import time
from collections.abc import Callable

ROUNDS = 8
# Of the processor's time, which is the work of this process whatever else the machine does; and of the clock's, which
# counts the database and any waiting as well, and what others do with the machine.
WORK, CLOCK = 0.1, 0.3


def take_as_long(one: Callable[[], object], other: Callable[[], object], tries: int = 200) -> float:
    """Both, in turn, `tries` times in all, make the same work within 10 % (medians); returns it, in seconds.

    By the clock they differ by less than 30 %, each told by its fastest quarter: other work makes a try slower, never
    faster. A difference that is real shows in every round, one of a busy machine does not.
    """
    for _ in range(ROUNDS):
        worked: tuple[list[float], list[float]] = ([], [])
        took: tuple[list[float], list[float]] = ([], [])
        for number in range(tries):
            began, work = time.perf_counter(), time.process_time()
            (one, other)[number % 2]()
            worked[number % 2].append(time.process_time() - work)
            took[number % 2].append(time.perf_counter() - began)
        first, second = (statistics.median(each) for each in worked)
        quick, quick_too = (statistics.quantiles(each, n=4)[0] for each in took)
        if abs(first / second - 1) < WORK and abs(quick / quick_too - 1) < CLOCK:
            return first
    raise AssertionError(
        f"{first * 1000:.2f} and {second * 1000:.2f} ms of work, {quick * 1000:.2f} and {quick_too * 1000:.2f} ms by "
        f"the clock, in the last of {ROUNDS} rounds of {tries} tries"
    )
