"""A process that does nothing but receive: how Python looks for what is no longer used, at the pace of the work."""

import gc

# A batch holds some hundred thousand objects, none of which refers to itself in a ring: they go by themselves. Python's
# own pace (700, 10, 10) would look through all of them again and again, a third of the time.
OBJECTS, YOUNG, OLD = 100_000, 20, 50


def steady() -> None:
    """Leave alone for good what is there already (the whole of Django), and look seldom at what comes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, YOUNG, OLD)
