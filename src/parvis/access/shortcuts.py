"""What fills the rights form in one go, for checking: a whole group at a level, or a colleague's rights."""

from collections.abc import Mapping

from parvis.access.actions.creation import Grant
from parvis.access.levels import Level
from parvis.access.models import Membership
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
            f"Les services du groupe « {name} » sont réglés : vérifiez-les avant de continuer."
            if name
            else "Ce raccourci n’existe plus : choisissez les niveaux service par service."
        )
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
        return f"Les droits {de(colleague.name)} sont recopiés ci-dessous : vérifiez-les avant de continuer."
    return ""
