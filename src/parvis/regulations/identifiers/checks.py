"""What the check of an identifier answers."""

from dataclasses import dataclass

BLANKS = str.maketrans("", "", " \u00a0\u202f")


@dataclass(frozen=True, slots=True)
class Check:
    """Whether an identifier is right; `reason`: a French sentence where it is not; `normal`: without blanks, in
    capitals; `uncertain`: its rule was not found in an official text."""

    valid: bool
    normal: str
    reason: str = ""
    uncertain: bool = False

    def __bool__(self) -> bool:
        return self.valid


def normal(written: str) -> str:
    """Without blanks (no-break ones too), in capitals: people copy identifiers in groups."""
    return written.translate(BLANKS).upper()


def digits(text: str, length: int) -> bool:
    """Whether a text is made of so many digits (of ASCII: « ² » is none)."""
    return len(text) == length and text.isascii() and text.isdigit()
