"""The Jinja2 environment of every page: strict about undefined names, compiled once, cheap globals only."""

import hashlib
from collections.abc import MutableMapping
from functools import cache
from keyword import iskeyword
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from jinja2 import Environment, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, _escape_inner  # type: ignore[attr-defined]

from parvis.ground.adviser_line import ADVISER_LINE
from parvis.ground.pages.addresses import address
from parvis.ground.pages.filters import FILTERS
from parvis.ground.pages.guides import guide_picture
from parvis.ground.pages.icons import icon
from parvis.ground.pages.styles import stylesheet_href
from parvis.ground.pages.typography import Typography, shown

STATIC = Path(__file__).resolve().parent.parent / "static"


@cache
def asset(path: str) -> str:
    """The address of a static file, with a hash of its content so that a new version is fetched at once."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
    return f"{settings.STATIC_URL}{path}?{digest}"


class Generator(CodeGenerator):
    """Jinja2's code made shorter: outputs are escaped into plain strings, macros and functions called straight.

    A page joins its strings and asks no more of them. `context.call` serves functions that want the context: none does.
    """

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if node.dyn_args or node.dyn_kwargs or any(iskeyword(word.key) for word in node.kwargs):
            super().visit_Call(node, frame, forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        for word in node.kwargs:
            self.visit(word, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(" + (finalize.src or ""))


def escaped(value: Any) -> str:
    """What `markupsafe.escape` answers, without making a `Markup` of it: more than half of its time.

    The inner function is markupsafe's own, of the version that the lock file pins.
    """
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is Markup:
        return str.__str__(value)
    if kind is int:
        return str(value)
    if hasattr(value, "__html__"):
        return str(value.__html__())
    return _escape_inner(str(value))


class Pages(Environment):
    """Jinja2's environment, whose globals never change once it is made."""

    code_generator_class = Generator
    escaped = staticmethod(escaped)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A plain dictionary: Jinja2's own ChainMap is walked in Python on each page and each import of a macro."""
        return {**self.globals, **(d or {})}


def environment(**options: Any) -> Environment:
    """Called once by Django's Jinja2 backend. Templates are read again when they change only under DEBUG."""
    options |= {
        "autoescape": True,
        "auto_reload": settings.DEBUG,
        "cache_size": -1,
        "extensions": [Typography],
        "lstrip_blocks": True,
        "trim_blocks": True,
        "undefined": StrictUndefined,
    }
    made = Pages(**options)
    made.filters.update(FILTERS, spaced=shown)
    made.globals.update(
        accessibility=f"{settings.PARVIS_ACCESSIBILITY} conforme",
        adviser_line=ADVISER_LINE,
        asset=asset,
        get_messages=get_messages,
        guide_picture=guide_picture,
        icon=icon,
        settings_demo=bool(settings.DEMO),
        stylesheet_href=stylesheet_href,
        url=address,
        version=settings.PARVIS_VERSION,
    )
    return made
