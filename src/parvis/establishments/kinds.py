"""The journal's event types of this package, and how each reads in « Historique »."""

from collections.abc import Mapping
from typing import Any

from parvis.journal.kinds import Kind, register


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return f"{after['is']} (avant : {before['was'] or 'rien'})".replace("\n", ", ")


register(
    Kind("establishment.marked", "Peut agir pour d’autres établissements : indiqué par un conseiller"),
    Kind("establishment.unmarked", "Ne peut plus agir pour d’autres établissements : indiqué par un conseiller"),
    Kind("establishment.closed", "Accès de l’établissement fermé par un conseiller"),
    Kind("establishment.reopened", "Accès de l’établissement rouvert par un conseiller"),
    Kind("establishment.renamed", "Nom repris du répertoire Sirene par un conseiller", _changed),
    Kind("establishment.moved", "Adresse reprise du répertoire Sirene par un conseiller", _changed),
    Kind("establishment.domain_verified", "Domaine de courriel vérifié par un conseiller"),
    Kind("establishment.domain_withdrawn", "Domaine de courriel retiré par un conseiller"),
)
