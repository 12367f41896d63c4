"""The one search: what it finds, in which words, for whom."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from parvis.access import finding
from parvis.information.help.indexing import index_pages
from parvis.information.models import HelpPage, Word
from parvis.information.search.queries import Findings, find
from parvis.information.search.words import excerpt, marked, near
from tests.information.test_news import item
from tests.plugins.html import ReadingClient
from tests.world import Someone, World


def first(found: Findings) -> str:
    return found.groups[0].hits[0].href if found.groups else ""


ARTICLE = "information:article"
# What is typed, and the help that comes first.
TYPED = [
    ("mot de passe oublié", "mot-de-passe-oublie"),
    ("MOT DE PASSE OUBLIE", "mot-de-passe-oublie"),
    ("creer un compte", "creer-un-compte"),
    ("délégation", "deleguer-des-droits"),
    ("delegasion", "deleguer-des-droits"),
    ("importer tableur", "importer-des-comptes"),
    ("inporter tableur", "importer-des-comptes"),
    ("second facteur", "second-facteur"),
    ("l’historique", "exporter-et-historique"),
]


def test_help_is_found_as_people_write_it(as_owner: Any) -> None:
    index_pages()
    for text, slug in TYPED:
        assert first(find(text)) == reverse(ARTICLE, args=[slug]), text
