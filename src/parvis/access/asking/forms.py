"""What is typed to ask for a right, and to answer."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms

from parvis.access.asking.actions import LIMIT
from parvis.access.forms import FrenchDateField
from parvis.access.levels import Level
from parvis.ground import clock
from parvis.ground.fields import LineField
from parvis.identity.forms import PlainForm


def _level(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Choisissez un niveau.",
            "invalid_choice": "Ce niveau n’est pas proposé par ce service : choisissez l’un de ceux de la liste.",
        },
    )


class _LevelForm(PlainForm):
    """A form that offers some levels of a service."""

    def __init__(self, *args: Any, levels: Iterable[Level], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(level.slug, level.label) for level in levels]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Level:
        """The level that was chosen."""
        return Level.of(self.cleaned_data["level"])


class AskForm(_LevelForm):
    """« Demander l’accès »: the level and the reason."""

    level = _level("Niveau demandé")
    reason = LineField(
        label="Pourquoi vous faut-il cet accès\u202f?",
        missing="Dites pourquoi il vous faut cet accès : qui répond le lit.",
        limit=LIMIT,
        widget=forms.Textarea(),
    )


class AcceptForm(_LevelForm):
    """« Accepter »: the level that is given, and until when."""

    level = _level("Niveau à donner")
    ends_on = FrenchDateField(label="Dernier jour")

    def clean_ends_on(self) -> datetime.date | None:
        """Not in the past."""
        day: datetime.date | None = self.cleaned_data["ends_on"]
        if day is not None and day < clock.today():
            raise forms.ValidationError("Ce jour est déjà passé : choisissez un jour à venir, ou aucun.")
        return day


class RefuseForm(PlainForm):
    """« Refuser »: a word to who asked."""

    word = LineField(
        label="Votre réponse à la personne",
        missing="Dites en un mot pourquoi : la personne le lit.",
        limit=LIMIT,
        widget=forms.Textarea(),
    )
