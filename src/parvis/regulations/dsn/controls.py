"""Code lists by scheme, and the controls between rubrics, as the data file of the norm holds them."""

import functools
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from parvis.regulations.dsn.verdict import ACCEPTED, Fault, Verdict, refused
from parvis.regulations.parameters import FOLDER

Rubric = Annotated[str, Field(pattern=r"^S\d{2}\.G\d{2}\.\d{2}\.\d{3}$")]
# A declaration's rubrics: one value, or those of several blocks; None or absent where it is not declared.
Declared = Mapping[str, str | Iterable[str] | None]


class Parts(BaseModel):
    """Who pays an individual contribution, by code: the agent, the employer, both in one amount; `less`: what reduces
    the part of the one or the other."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agent: tuple[str, ...] = ()
    employer: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    agent_less: tuple[str, ...] = ()
    employer_less: tuple[str, ...] = ()


class Scheme(BaseModel):
    """What a scheme reads: bases of its own and general ones, individual contributions. `parts`: each of these once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bases: tuple[str, ...] = Field(min_length=1)
    general_bases: tuple[str, ...] = ()
    contributions: tuple[str, ...] = Field(min_length=1)
    base_and_amount: bool = False
    parts: Parts | None = None

    @model_validator(mode="after")
    def _each_is_paid(self) -> "Scheme":
        if self.parts is not None:
            paid = sorted(code for codes in self.parts.model_dump().values() for code in codes)
            if paid != sorted(self.contributions):
                raise ValueError("each contribution is paid by somebody, once")
        return self


class Condition(BaseModel):
    """What another rubric must be: one of `values`, none of `not_values`, or present."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    values: tuple[str, ...] | None = None
    not_values: tuple[str, ...] | None = None
    present: bool | None = None

    def holds(self, value: str | None) -> bool:
        if self.present is not None and (value is not None) != self.present:
            return False
        if self.values is not None and value not in self.values:
            return False
        return self.not_values is None or value not in self.not_values


class Control(BaseModel):
    """A control of one rubric under conditions on others of the same block."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rubric: Rubric
    control: str = Field(min_length=3)
    effect: Literal["required_iff", "required", "forbidden", "not_in"]
    values: tuple[str, ...] = ()
    when: dict[Rubric, Condition] = {}
    says: str = Field(min_length=8)

    @model_validator(mode="after")
    def _sound(self) -> "Control":
        if (self.effect == "not_in") != bool(self.values):
            raise ValueError(f"{self.rubric}: values go with not_in, and only with it")
        if self.effect != "not_in" and not self.when:
            raise ValueError(f"{self.rubric}: {self.effect} needs a condition")
        return self

    def broken_by(self, declared: Mapping[str, str | None]) -> bool:
        """Whether the rubrics of one block break it."""
        value = declared.get(self.rubric)
        held = all(condition.holds(declared.get(other)) for other, condition in self.when.items())
        if self.effect == "required_iff":
            return held != (value is not None)
        if self.effect == "not_in":
            return held and value in self.values
        return held and (value is None) == (self.effect == "required")


class Controls(BaseModel):
    """The data file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    schemes: dict[str, Scheme]
    controls: tuple[Control, ...]


@functools.cache
def controls() -> Controls:
    """The data file, read once and checked whole: what is wrong in it is a fault of ours (ValidationError)."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    path = FOLDER / "data" / "dsn" / "controls.yaml"
    return Controls.model_validate(yaml.load(path.read_bytes(), Loader=loader))  # noqa: S506  (safe)


def scheme(name: str) -> Scheme:
    """The code lists of a scheme: CNRACL, RAFP, IRCANTEC, SRE, FSPOEIE, RAEP. Raises LookupError."""
    found = controls().schemes.get(name.upper())
    if found is None:
        raise LookupError(f"No scheme of the norm is called {name!r}.")
    return found


def contribution(code: str, name: str) -> Verdict:
    """Whether a scheme reads a code of individual contribution (S21.G00.81.001). Raises LookupError."""
    if code in scheme(name).contributions:
        return ACCEPTED
    return refused("valorisation", f"Le code de cotisation {code} n’est pas attendu par ce régime.", "S21.G00.81.001")


def base(code: str, name: str) -> Verdict:
    """Whether a scheme reads a code of base (S21.G00.78.001). Raises LookupError."""
    found = scheme(name)
    if code in (*found.bases, *found.general_bases):
        return ACCEPTED
    return refused("valorisation", f"Le code de base {code} n’est pas attendu par ce régime.", "S21.G00.78.001")


def coherence(declared: Declared) -> Verdict:
    """The controls between the rubrics given: those of one individual, one contract, one contribution.

    A control is judged where one of the rubrics that it speaks of is given, be it as None (« not declared »). Several
    values (contributions under one base) are judged by the control between base and contributions alone.
    """
    single: dict[str, str | None] = {
        rubric: value or None for rubric, value in declared.items() if value is None or isinstance(value, str)
    }
    faults = [
        Fault(one.rubric, one.control, one.says)
        for one in controls().controls
        if {one.rubric, *one.when} & single.keys() and one.broken_by(single)
    ]
    return Verdict((*faults, *_base_with_contributions(declared)))


def _base_with_contributions(declared: Declared) -> list[Fault]:
    # S21.G00.81.001/CCH-11: a base of the Ircantec goes with a contribution of its own.
    if declared.get("S21.G00.78.001") not in scheme("IRCANTEC").bases or "S21.G00.81.001" not in declared:
        return []
    codes = declared["S21.G00.81.001"]
    held = {codes} if isinstance(codes, str) else set(codes or ())
    if held & set(scheme("IRCANTEC").contributions):
        return []
    return [Fault("S21.G00.81.001", "CCH-11", "Une base de l’Ircantec porte une cotisation de tranche A ou B.")]
