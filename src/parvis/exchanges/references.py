"""The reference of an exchange: nine characters, told in threes (`ground.identifiers.references`)."""

from parvis.ground.identifiers import references

LENGTH = 9


def draw() -> str:
    """A new reference, at random."""
    return references.draw(LENGTH)


def grouped(reference: str) -> str:
    """« 7HK-4PX-92A »."""
    return "-".join(reference[start : start + 3] for start in range(0, len(reference), 3))


def parse(typed: str) -> str:
    """The reference as stored; "" for what is none."""
    return references.parse(typed, LENGTH)
