"""A short run of the fuzzer; `make fuzz` is the long one."""

import random

from tests.dsn.fuzz import judge, spoilt


def test_spoilt_files_never_crash_the_reader() -> None:
    """The first files of the seed of the long run."""
    for number in range(150):
        draw = random.Random(f"20260601-{number}")
        judge(spoilt(draw))
