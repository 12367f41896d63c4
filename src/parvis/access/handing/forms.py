"""What an administrator types about an absence, a hand-over or a deputy."""

from collections.abc import Sequence
from typing import Any

from django import forms

from parvis.access.forms import FrenchDateField
from parvis.access.queries.account import Colleague
from parvis.identity.forms import PlainForm


class ColleagueField(forms.ChoiceField):
    """An account of the establishment, chosen by name; cleaned to its number."""

    def __init__(self, *, label: str, missing: str) -> None:
        super().__init__(
            label=label,
            widget=forms.Select(),
            error_messages={
                "required": missing,
                "invalid_choice": "Cette personne n’est plus dans la liste : choisissez-en une autre.",
            },
        )

    def offer(self, colleagues: Sequence[Colleague]) -> None:
        """Fill the list."""
        self.choices = [
            ("", "Choisir"),
            *(
                (str(one.pk), f"{one.last_name} {one.first_name}" + (f", {one.function}" if one.function else ""))
                for one in colleagues
            ),
        ]

    def clean(self, value: Any) -> Any:
        return int(super().clean(value))


class AbsenceForm(PlainForm):
    """Step 1: who is away, who receives, from when to when."""

    absent = ColleagueField(label="Personne absente", missing="Choisissez la personne qui s’absente.")
    receiver = ColleagueField(label="Personne qui reçoit ses droits", missing="Choisissez la personne qui reçoit.")
    starts_on = FrenchDateField(label="Premier jour", required=True, missing="Saisissez le premier jour.")
    ends_on = FrenchDateField(label="Dernier jour", required=True, missing="Saisissez le dernier jour.")

    def __init__(self, *args: Any, colleagues: Sequence[Colleague], oneself: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["absent"].offer(colleagues)  # type: ignore[attr-defined]
        self.fields["receiver"].offer([one for one in colleagues if one.pk != oneself])  # type: ignore[attr-defined]


class HandoverForm(PlainForm):
    """Who leaves, who takes over, on which day, and whether the profile passes too."""

    leaver = ColleagueField(label="Personne qui part", missing="Choisissez la personne qui part.")
    receiver = ColleagueField(label="Personne qui reprend", missing="Choisissez la personne qui reprend.")
    on = FrenchDateField(label="Jour de la passation", required=True, missing="Saisissez le jour de la passation.")
    profile = forms.BooleanField(label="Le profil « Administrateur » passe aussi", required=False)

    def __init__(self, *args: Any, colleagues: Sequence[Colleague], oneself: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leaver"].offer(colleagues)  # type: ignore[attr-defined]
        self.fields["receiver"].offer([one for one in colleagues if one.pk != oneself])  # type: ignore[attr-defined]


class DeputyForm(PlainForm):
    """Whom to name."""

    deputy = ColleagueField(label="Personne suppléante", missing="Choisissez la personne à désigner.")

    def __init__(self, *args: Any, colleagues: Sequence[Colleague], oneself: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy"].offer([one for one in colleagues if one.pk != oneself])  # type: ignore[attr-defined]
