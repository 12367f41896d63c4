"""What a proposal, a reduction and an end ask for; each message says what to do next."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from parvis.access.actions.creation import Grant
from parvis.access.delegation.actions import WORD_LIMIT
from parvis.access.delegation.terms import AGREEMENT_LIMIT, REASON_LIMIT, ProposedTerms
from parvis.access.forms import FrenchDateField
from parvis.access.levels import Level
from parvis.access.rights_form import RightsForm
from parvis.ground.fields import LineField
from parvis.identity.forms import PlainForm


class ProposalForm(PlainForm):
    """From when to when, why, under which agreement. `renewal`: it begins on the day on which it is accepted."""

    starts_on = FrenchDateField(label="Premier jour", required=True, missing="Saisissez le premier jour.")
    ends_on = FrenchDateField(label="Dernier jour", required=True, missing="Saisissez le dernier jour.")
    reason = LineField(
        label="Motif",
        missing="Dites pourquoi : l’autre établissement le lit avant de répondre.",
        limit=REASON_LIMIT,
        widget=forms.Textarea(),
    )
    agreement = LineField(label="Référence de la convention", required=False, limit=AGREEMENT_LIMIT)
    letters = forms.BooleanField(label="Courriers et échanges compris", required=False)

    def __init__(self, *args: Any, renewal: bool = False, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if renewal:
            del self.fields["starts_on"]

    def terms(self, services: Mapping[str, Level]) -> ProposedTerms:
        """What was validated."""
        said = self.cleaned_data
        return ProposedTerms(
            services=services,
            starts_on=said.get("starts_on") or self.today,
            ends_on=said["ends_on"],
            reason=said["reason"],
            agreement=said["agreement"],
            letters=said["letters"],
        )


class LevelsForm(RightsForm):
    """The services by theme, each with its level and no dates of its own: those of the delegation hold for all.

    `had`: the services that a delegation gives, none of which may become wider.
    """

    def __init__(
        self,
        funds: frozenset[str],
        *,
        typed: Mapping[str, str] | None = None,
        levels: Mapping[str, Level] | None = None,
        had: Mapping[str, int] | None = None,
    ) -> None:
        grants: Iterable[Grant] = [Grant(code, level) for code, level in (levels or {}).items()]
        super().__init__(funds, typed=typed, grants=grants)
        for line in self.lines:
            # Dates that somebody sends along are not asked for.
            line.starts_on = line.ends_on = ""
        if had is not None:
            self.lines = [line for line in self.lines if line.service.code in had]
            for line in self.lines:
                allowed = {Level(number).slug for number in range(had[line.service.code] + 1)}
                line.options = [option for option in line.options if option.value in allowed]

    def fill_group(self, theme_code: str, level: Level) -> str:
        """The shortcut of a group, never above what a line offers here."""
        name = super().fill_group(theme_code, level)
        for line in self.lines:
            if line.service.theme.code == theme_code:
                line.level = max(
                    one for one in (Level.of(option.value) for option in line.options) if one <= level
                ).slug
        return name

    def levels(self) -> dict[str, Level] | None:
        """What was chosen above « Aucun »; None when something is wrong (then `problems` says what)."""
        grants = self.grants()
        if grants is None:
            return None
        return {grant.service: grant.level for grant in grants if grant.level > Level.NONE}


class NarrowForm(PlainForm):
    """« Réduire »: an earlier end, and whether letters stay included."""

    ends_on = FrenchDateField(label="Dernier jour", required=True, missing="Saisissez le dernier jour.")
    letters = forms.BooleanField(label="Courriers et échanges compris", required=False)

    def __init__(self, *args: Any, letters: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not letters:
            del self.fields["letters"]


class EndForm(PlainForm):
    """« Mettre fin »: why."""

    word = LineField(
        label="Motif",
        missing="Dites pourquoi la délégation prend fin : l’autre établissement le lira.",
        limit=WORD_LIMIT,
        widget=forms.Textarea(),
    )


class RefuseForm(PlainForm):
    """« Refuser »: a word, if one wants."""

    word = LineField(label="Ce que vous voulez en dire", required=False, limit=WORD_LIMIT, widget=forms.Textarea())


class AttachForm(PlainForm):
    """The agreement's PDF."""

    document = forms.FileField(
        label="Convention signée",
        error_messages={
            "required": "Choisissez d’abord le fichier PDF de la convention.",
            "empty": "Ce fichier est vide : choisissez le PDF de la convention.",
            "invalid": "Choisissez le fichier PDF de la convention.",
        },
    )
