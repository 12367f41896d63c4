"""The reference of a dossier: « D » and nine characters, told in groups (`ground.identifiers.references`)."""

from parvis.ground.identifiers import references

LENGTH = 10
FIRST = "D"


def draw() -> str:
    """A new reference, at random."""
    return references.draw(LENGTH, FIRST)


def of_body(body: str) -> str:
    """The reference that has these eight characters."""
    return references.of_body(body, FIRST)


def grouped(reference: str) -> str:
    """« D7HK-4PX-92A »."""
    return f"{reference[:4]}-{reference[4:7]}-{reference[7:]}"


def parse(typed: str) -> str:
    """The reference as stored; "" for what is none."""
    return references.parse(typed, LENGTH, FIRST)
