"""The journal's event types of access requests: of the person, never of their establishments."""

from parvis.journal.kinds import Kind, register

register(
    Kind("adviser.data_exported", "Copie des données préparée par deux conseillers", kept_years=5),
    Kind("adviser.data_export_taken", "Copie des données téléchargée par un conseiller", kept_years=5),
)
