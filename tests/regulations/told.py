"""What a result must tell of how it came about: each step a sentence, its figures, what came out, its source."""

from typing import Any

from parvis.regulations.results import Result

Expected = tuple[Any, dict[str, Any], str]


def tells(found: Result[Any], *expected: Expected) -> None:
    """Asserts that the last steps are these: what came out, every figure used, with what the source begins (the rule's
    own, then the acts of its parameters).
    """
    assert all(isinstance(text, str) and text.endswith(".") for text in found.warnings)
    for step in found.steps:
        assert isinstance(step.rule, str) and step.rule.endswith("."), step
        assert step.source and step.result is not None, step
    last = found.steps[-len(expected) :]
    assert [(step.result, step.figures) for step in last] == [(result, figures) for result, figures, _ in expected]
    for step, (_, _, source) in zip(last, expected, strict=True):
        assert step.source.startswith(source), step.source
