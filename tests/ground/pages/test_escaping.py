"""What a page writes is escaped as Jinja2 and markupsafe would: no sign of a name becomes a tag."""

import pytest
from django.utils.functional import lazystr
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from markupsafe import Markup, escape

from parvis.ground.pages.environment import environment, escaped

TEMPLATE = """{% macro wrapped(x) %}<b title="{{ x }}">{{ x }}{{ caller() if caller is defined }}</b>{% endmacro -%}
{% set kept %}<i>{{ value }}</i>{% endset -%}
{{ value }}|{{ wrapped(value) }}|{{ kept }}|{{ value ~ "<" }}|{% call wrapped(value) %}{{ value }}{% endcall -%}
{% for one in [value, 3, none, 1.5] %}{{ one }}{% endfor %}|{{ value|upper }}|{{ "&" if value else "<" }}"""


@given(st.one_of(st.text(), st.integers(), st.none(), st.floats(), st.text().map(Markup)))
def test_a_value_is_escaped_as_markupsafe_does(value: object) -> None:
    assert escaped(value) == str(escape(value))


def test_what_is_lazy_or_writes_html_by_itself_is_escaped_as_markupsafe_does() -> None:
    class Written:
        def __html__(self) -> str:
            return "<hr>"

    assert escaped(Written()) == "<hr>"
    assert escaped(lazystr("<b>")) == str(escape(lazystr("<b>")))


@pytest.mark.parametrize("value", ["<script>alert('l’été')</script>", '"&amp;"', Markup("<em>&</em>"), "l’été", ""])
def test_a_template_gives_what_jinja2_alone_gives(value: str) -> None:
    plain = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    assert environment().from_string(TEMPLATE).render(value=value) == plain.from_string(TEMPLATE).render(value=value)
