"""What a control of the norm answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A control that was not met: the rubric (where there is one), the control's name, and a French sentence."""

    rubric: str
    control: str
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The faults that were found; none: what was read is accepted."""

    faults: tuple[Fault, ...] = ()

    @property
    def accepted(self) -> bool:
        return not self.faults


ACCEPTED = Verdict()


def refused(control: str, says: str, rubric: str = "") -> Verdict:
    """One fault."""
    return Verdict((Fault(rubric, control, says),))
