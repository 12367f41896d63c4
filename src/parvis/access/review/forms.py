"""« Retirer »: all rights, or the account."""

from django import forms

RIGHTS, ACCOUNT = "droits", "compte"


class WithdrawForm(forms.Form):
    """What to withdraw; nothing is chosen beforehand."""

    what = forms.ChoiceField(
        label="Que faut-il retirer ?",
        choices=[(RIGHTS, "Tous ses droits"), (ACCOUNT, "L’accès : désactiver le compte")],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez ce qu’il faut retirer : les droits, ou l’accès.",
            "invalid_choice": "Choisissez ce qu’il faut retirer : les droits, ou l’accès.",
        },
    )

    @property
    def problems(self) -> list[tuple[str, str]]:
        """For the summary at the top."""
        return [(str(text), f"id_{name}_0") for name, texts in self.errors.items() for text in texts]
