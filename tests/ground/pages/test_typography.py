"""The no-break spaces of French: in every template, where people read and nowhere else."""

import pytest
from jinja2 import DictLoader, Environment

from parvis.config.settings import TEMPLATES
from parvis.ground.pages.environment import environment
from parvis.ground.pages.typography import Place, spaced


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Fonds : CNRACL", "Fonds\u00a0: CNRACL"),
        ("Et vous ? Oui ; non !", "Et vous\u202f? Oui\u202f; non\u202f!"),
        ("« oui » et «non»", "«\u00a0oui\u00a0» et «\u00a0non\u00a0»"),
        ("le n° 12", "le n°\u00a012"),
        ("déjà\u00a0: «\u00a0fait\u00a0»\u202f!", "déjà\u00a0: «\u00a0fait\u00a0»\u202f!"),
        ("Trop large\u00a0? Trop fin\u202f: oui", "Trop large\u202f? Trop fin\u00a0: oui"),
        ("à 9:30, https://parvis.example/?a=1", "à 9:30, https://parvis.example/?a=1"),
    ],
)
def test_signs_take_their_space(typed: str, set_: str) -> None:
    assert spaced(typed) == set_
    assert spaced(set_) == set_


@pytest.mark.parametrize(
    ("template", "drawn"),
    [
        ("<p>{{ x }} : « {{ x }} »</p>", "<p>y\u00a0: «\u00a0y\u00a0»</p>"),
        ('<a href="/?q= ?" title="Voir : {{ x }}">Et ?</a>', '<a href="/?q= ?" title="Voir\u00a0: y">Et\u202f?</a>'),
        ('<i aria-label="{{ "a : b" }}" data-x="{{ "a : b" }}">', '<i aria-label="a\u00a0: b" data-x="a : b">'),
        ("<input value=' :' alt='a !'> ?", "<input value=' :' alt='a\u202f!'>\u202f?"),
        ("<style>a { b : c }</style> :", "<style>a { b : c }</style>\u00a0:"),
        ("<script>x ? y : z</script><b>a ?</b>", "<script>x ? y : z</script><b>a\u202f?</b>"),
        ("<code>a : b</code><!-- a : b -->c : d", "<code>a : b</code><!-- a : b -->c\u00a0: d"),
        ("<h{{ 2 }} {% if x %}title='a :'{% endif %}>1 < 2 ?</h2>", "<h2 title='a\u00a0:'>1 < 2\u202f?</h2>"),
        ('{% macro m(t) %}<b>{{ t }}</b>{% endmacro %}{{ m("Qui ?") }}', "<b>Qui\u202f?</b>"),
        ("{{ 'Refusé : non'|spaced }}", "Refusé\u00a0: non"),
    ],
)
def test_what_people_read_is_set_and_what_machines_read_is_not(template: str, drawn: str) -> None:
    made = environment()
    made.loader = DictLoader({"one.html": template})
    assert made.get_template("one.html").render(x="y") == drawn


def test_the_text_of_an_e_mail_is_set_whole() -> None:
    made = environment()
    made.loader = DictLoader({"one.txt": "<Bonjour {{ x }} :>"})
    assert made.get_template("one.txt").render(x="y") == "<Bonjour y\u00a0:>"


def test_every_template_ends_where_people_read() -> None:
    """What ends within a tag would leave the rest of the page unset, or set what is none of its business."""
    plain = Environment(trim_blocks=True, lstrip_blocks=True)
    found = [path for folder in TEMPLATES[0]["DIRS"] for path in folder.rglob("*.html")]  # type: ignore[attr-defined]
    assert len(found) > 300
    for path in found:
        place = Place()
        for _, kind, value in plain.lexer.tokeniter(path.read_text("utf-8"), path.name):
            if kind == "data":
                place.set(value)
        assert place.where == "text", f"{path} : {place.where}"
