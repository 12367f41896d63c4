"""The journal's event types of this part, and how each reads in « Historique »."""

from parvis.access.kinds import rights_changed
from parvis.journal.kinds import Kind, register

# The object of an event on a model is its reference: the journal keeps its names beside those of accounts.
register(
    Kind("preset.created", "Modèle de droits créé", rights_changed),
    Kind("preset.changed", "Modèle de droits modifié", rights_changed),
    Kind("preset.renamed", "Modèle de droits renommé"),
    Kind("preset.deleted", "Modèle de droits supprimé", rights_changed),
    Kind("rights.set_by_preset", "Droits modifiés d’après un modèle", rights_changed),
    Kind("rights.aligned", "Droits alignés sur leur modèle", rights_changed),
)
