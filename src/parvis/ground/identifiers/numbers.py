"""SIRET and telephone numbers, validated with python-stdnum and phonenumbers; errors are French sentences."""

import re

import phonenumbers
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

# Metropolitan France first, then overseas: a number of ten digits (0692…) is only known in its own region. Numbers of
# New Caledonia, Polynesia and Wallis have six or eight digits, like many typing errors: they want their « +687 ».
REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT", "PM", "BL", "MF")
# Arcep reserves ranges for fiction (06 39 98 00 00…) that no operator serves: ten digits of a French form pass.
FRENCH_FORM = re.compile(r"\+33[1-9]\d{8}")


def parse_siret(typed: str) -> str:
    """14 digits. Raises ValueError with a French sentence saying what is wrong (Luhn key; La Poste's exception)."""
    digits = "".join(typed.split()).replace(".", "")
    if not digits.isdecimal() or not digits.isascii():
        raise ValueError("Un SIRET ne contient que des chiffres.")
    if len(digits) != 14:
        raise ValueError(f"Un SIRET compte 14 chiffres : vous en avez saisi {len(digits)}.")
    if not stdnum_siret.is_valid(digits):
        part = "les 5 derniers chiffres" if stdnum_siren.is_valid(digits[:9]) else "les 9 premiers chiffres"
        raise ValueError(f"Ce SIRET n’existe pas : vérifiez {part}.")
    return digits


def parse_phone(typed: str) -> str:
    """E.164. Fixed or mobile, metropolitan or overseas, foreign with its « + ». Raises ValueError in French."""
    numbers = []
    for region in REGIONS:
        try:
            number = phonenumbers.parse(typed, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        numbers.append(number)
    if numbers:
        written = phonenumbers.format_number(numbers[0], phonenumbers.PhoneNumberFormat.E164)
        if FRENCH_FORM.fullmatch(written):
            return written
    raise ValueError(
        "Ce numéro de téléphone n’existe pas : saisissez 10 chiffres, par exemple 04 50 00 00 00, "
        "ou le numéro complet commençant par « + » (par exemple +687 pour la Nouvelle-Calédonie)."
    )


# What a one-time code never goes to: numbers that cost the caller, or that no person answers.
_NEVER_CALLED = (
    phonenumbers.PhoneNumberType.PREMIUM_RATE,
    phonenumbers.PhoneNumberType.SHARED_COST,
    phonenumbers.PhoneNumberType.UAN,
    phonenumbers.PhoneNumberType.PAGER,
)
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def may_be_called(number: str) -> bool:
    """Whether we may call that number (E.164): not one at a premium or shared rate."""
    return phonenumbers.number_type(phonenumbers.parse(number)) not in _NEVER_CALLED


def takes_text(number: str) -> bool:
    """Whether that number (E.164) is, or may be, a mobile's: a landline is called, never texted."""
    if phonenumbers.number_type(phonenumbers.parse(number)) in _MOBILE:
        return True
    # Arcep's mobile numbers for fiction, of which phonenumbers knows nothing.
    return re.fullmatch(r"\+33[67]\d{8}", number) is not None
