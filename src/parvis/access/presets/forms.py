"""What is typed about a model of rights: its name and what it is for; the levels are the rights form's."""

from parvis.ground.fields import LineField
from parvis.identity.forms import PlainForm


class PresetForm(PlainForm):
    """« Créer un modèle », « Modifier le modèle »."""

    name = LineField(
        label="Nom du modèle", missing="Donnez un nom au modèle, par exemple « Accueil et état civil ».", limit=80
    )
    purpose = LineField(label="À quoi il sert", required=False, limit=200)
