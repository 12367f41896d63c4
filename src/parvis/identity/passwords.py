"""What a password must be: long, not common, not made of the person's own words. No composition rule, no renewal."""

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from parvis.ground.identifiers.text import search_key

_WORD = re.compile(r"[^\W_]+")


class LengthValidator:
    """At least `minimum` characters; no maximum that anybody would meet (`maximum` bounds the work of hashing)."""

    def __init__(self, minimum: int = 12, maximum: int = 256) -> None:
        self.minimum = minimum
        self.maximum = maximum

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError with how many characters are missing."""
        missing = self.minimum - len(password)
        if missing > 0:
            raise ValidationError(
                f"Ce mot de passe est trop court : ajoutez au moins {missing} caractère{'s' if missing > 1 else ''} "
                f"({self.minimum} au minimum)."
            )
        if len(password) > self.maximum:
            raise ValidationError(f"Ce mot de passe dépasse {self.maximum} caractères : raccourcissez-le.")

    def get_help_text(self) -> str:
        return f"{self.minimum} caractères au moins. Une phrase de plusieurs mots est facile à retenir."


class OwnWordsValidator:
    """Not mostly made of the person's name, e-mail, or establishment (attribute `own_words` of `user`).

    Word by word, and whatever stands between them: « lea.martin@annecy » is made of three.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError when fewer than 8 characters remain once the person's words are taken out."""
        rest = "".join(_WORD.findall(search_key(password)))
        words = {word for text in getattr(user, "own_words", ()) for word in _WORD.findall(search_key(text))}
        found = sorted((word for word in words if len(word) >= 3 and word in rest), key=len, reverse=True)
        for word in found:
            rest = rest.replace(word, "")
        if found and len(rest) < 8:
            raise ValidationError(
                "Ce mot de passe ressemble trop à votre nom, à votre adresse ou à votre établissement : changez-le."
            )

    def get_help_text(self) -> str:
        return "Évitez votre nom et celui de votre établissement."


class CommonValidator(CommonPasswordValidator):
    """Not on Django's list of 20,000 common passwords."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for a password that everybody tries first."""
        if password.lower().strip() in self.passwords:
            raise ValidationError("Ce mot de passe est l’un des plus courants : choisissez-en un autre.")
