"""Deny by default: every view declares its rule with one decorator, and a view without a rule is never run.

Here are the rule's type, the one decorator that needs no right (`public`) and the middleware that refuses the rest. The
decorators that need a person or a right are in `access/rules.py`.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from parvis.ground.pages.problems import not_allowed

View = Callable[..., HttpResponse]
SAFE = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may open a view: `kind` is public, visitor, signed in, member, administrator or service (with its level)."""

    kind: str
    service: str = ""
    level: int = 0
    methods: tuple[str, ...] = SAFE


class Unruled(RuntimeError):
    """A view declares no rule: nobody may open it."""


def ruled(rule: Rule, around: Callable[..., HttpResponse]) -> Callable[[View], View]:
    """A decorator that carries `rule` and runs `around(view, request, *args, **kwargs)`."""

    def decorator(view: View) -> View:
        @functools.wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in rule.methods:
                return not_allowed(request, rule.methods)
            request.after = []  # type: ignore[attr-defined]
            answer = around(view, request, *args, **kwargs)
            for later in request.after:  # type: ignore[attr-defined]
                later()
            return answer

        wrapper.rule = rule  # type: ignore[attr-defined]
        return wrapper

    return decorator


def public(*, methods: tuple[str, ...] = SAFE) -> Callable[[View], View]:
    """Open to everybody; no scope is opened: what needs the database opens its own."""

    def around(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    return ruled(Rule("public", methods=methods), around)


def after(request: HttpRequest, later: Callable[[], None]) -> None:
    """Run `later` once the request's own transaction is over: a reading that must leave a trace."""
    request.after.append(later)  # type: ignore[attr-defined]


class DenyByDefault:
    """Refuses any view without a rule. It is a fault of ours, so it is loud: never a page opened by oversight."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        if not isinstance(getattr(view, "rule", None), Rule):
            raise Unruled(f"{view.__module__}.{view.__qualname__} declares no rule.")
