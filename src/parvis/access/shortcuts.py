"""What fills the rights form in one go, for checking: a whole group at a level, a model, or a colleague's rights."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from parvis.access.actions.creation import Grant
from parvis.access.levels import Level
from parvis.access.models import Membership
from parvis.access.presets.queries import preset
from parvis.access.rights_form import RightsForm
from parvis.access.standing import Standing
from parvis.ground.pages.filters import de


def apply_shortcut(typed: Mapping[str, str], form: RightsForm, who: Standing) -> str:
    """Fill the form as the pressed button says; returns what to tell, "" when no shortcut was pressed.

    Nothing is given by a shortcut alone: the person checks and goes on.
    """
    if "raccourci" in typed:
        theme, _, slug = typed["raccourci"].partition(":")
        try:
            name = form.fill_group(theme, Level.of(slug))
        except ValueError:
            name = ""
        return (
            f"Les services du groupe « {name} » sont réglés : vérifiez-les avant de continuer."
            if name
            else "Ce raccourci n’existe plus : choisissez les niveaux service par service."
        )
    if "appliquer" in typed:
        model = preset(typed.get("modele", ""), who.funds)
        if model is None:
            return "Choisissez d’abord le modèle de droits à appliquer."
        form.fill_from(model.grants())
        form.origin = model.key
        return f"Le modèle « {model.name} » est appliqué ci-dessous : vérifiez avant de continuer."
    if "copier" in typed:
        chosen = typed.get("collegue", "")
        colleague = (
            Membership.objects.filter(pk=int(chosen)).first()
            if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19
            else None
        )
        if colleague is None:
            return "Choisissez d’abord la personne dont les droits sont à copier."
        form.fill_from(Grant(right.service, Level(right.level)) for right in colleague.rights.all())
        return f"Les droits {de(colleague.name)} sont recopiés ci-dessous : vérifiez-les avant de continuer."
    return ""


def after_model(grants: Iterable[Grant], key: str, who: Standing) -> list[Grant]:
    """The grants, those that are just what the model of that key gives naming it as their origin."""
    model = preset(key, who.funds) if key else None
    if model is None:
        return list(grants)
    return [
        replace(grant, origin=model.key) if model.levels.get(grant.service) == grant.level else grant
        for grant in grants
    ]
