"""What an administrator of the organisation types; each message says what to do next."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from parvis.access.levels import Level
from parvis.access.organisation.actions.portfolios import LONGEST
from parvis.access.organisation.queries.people import Colleague
from parvis.access.organisation.queries.portfolios import Listed
from parvis.ground.fields import LineField
from parvis.identity.forms import PlainForm

LEVELS = [(level.slug, level.label) for level in (Level.READ, Level.WRITE)]
LEVEL_HELP = {
    Level.READ.slug: "Tout consulter de ce qui est délégué, ne rien modifier.",
    Level.WRITE.slug: "Modifier là où la délégation le permet ; lire ailleurs.",
}


class WorkForm(PlainForm):
    """To whom, at which level."""

    account = forms.TypedChoiceField(
        label="Personne",
        coerce=int,
        error_messages={
            "required": "Choisissez la personne.",
            "invalid_choice": "Cette personne n’a plus de compte ouvert ici : choisissez-en une autre.",
        },
    )
    level = forms.ChoiceField(
        label="Niveau",
        choices=LEVELS,
        widget=forms.RadioSelect(),
        error_messages={
            "required": "Choisissez un niveau : « Lecture seule » ou « Modification ».",
            "invalid_choice": "Ce niveau n’existe pas : choisissez « Lecture seule » ou « Modification ».",
        },
    )

    def __init__(self, typed: Mapping[str, Any] | None, people: Iterable[Colleague]) -> None:
        super().__init__(typed)
        choices = [("", "Choisir…"), *((str(one.id), one.said) for one in people)]
        self.fields["account"].choices = choices  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Level:
        """The level, once it is valid."""
        return Level.of(self.cleaned_data["level"])


class PortfolioChoiceForm(PlainForm):
    """Into which portfolio."""

    portfolio = forms.ChoiceField(
        label="Portefeuille",
        error_messages={
            "required": "Choisissez le portefeuille.",
            "invalid_choice": "Ce portefeuille n’existe plus : choisissez-en un autre.",
        },
    )

    def __init__(self, typed: Mapping[str, Any] | None, portfolios: Iterable[Listed]) -> None:
        super().__init__(typed)
        choices = [("", "Choisir…"), *((str(one.ref), one.name) for one in portfolios)]
        self.fields["portfolio"].choices = choices  # type: ignore[attr-defined]


class PortfolioNameForm(PlainForm):
    """How a portfolio is called."""

    name = LineField(
        label="Nom du portefeuille",
        missing="Donnez un nom au portefeuille, par exemple « Secteur du lac ».",
        limit=LONGEST,
    )


class FileForm(PlainForm):
    """A file with a column of SIRET."""

    file = forms.FileField(
        label="Fichier de SIRET",
        error_messages={
            "required": "Choisissez le fichier.",
            "empty": "Ce fichier est vide : choisissez celui qui contient les SIRET.",
            "invalid": "Le fichier n’est pas arrivé entier : choisissez-le de nouveau.",
        },
    )
