"""How declarations, their states and anomalies are said in French."""

from parvis.dsn.problems import CODES
from parvis.dsn.shapes import CANCELS
from parvis.services.declarations.checks import CHECKS, Check, Family, Mend
from parvis.services.declarations.models import Anomaly, Declaration

KINDS = {
    "01": "Normale",
    "02": "Normale, néant",
    "03": "Annule et remplace",
    "04": "Annulation",
    "05": "Annule et remplace, néant",
}
# Refusals that are not the reader's.
OWN_CODES = {
    "DSN-DEJA": ("Le mois est déjà déclaré", "Envoyez une « annule et remplace », ou régularisez le mois prochain."),
    "DSN-ANNULEE": ("Une déclaration plus récente est déjà reçue", "Augmentez le numéro d’ordre."),
    "DSN-INCONNUE": ("La déclaration à annuler n’est pas reçue", "Vérifiez le mois et la fraction."),
}
TONES = {
    Declaration.State.RECEIVED: "neutral",
    Declaration.State.CHECKING: "act",
    Declaration.State.REJECTED: "wrong",
    Declaration.State.ANOMALIES: "attention",
    Declaration.State.PROCESSED: "well",
    Declaration.State.REPLACED: "neutral",
}
ANOMALY_TONES = {
    Anomaly.State.OPEN: "attention",
    Anomaly.State.PAYROLL: "act",
    Anomaly.State.CORRECTED: "well",
    Anomaly.State.CLOSED: "neutral",
    Anomaly.State.TOLD: "neutral",
}
FAMILIES = {one.value: f"Famille « {one.value} »" for one in Family}
# A check that is no longer made keeps its code in what it found.
FORMER = Check(
    "", Family.AGENT, False, "Contrôle qui n’existe plus", "Ce contrôle n’est plus fait.", "Rien n’est à corriger ici.",
    "Rien n’est à corriger en paie.", mend=next(iter(CHECKS.values())).mend,
)  # fmt: skip


def check_of(code: str) -> Check:
    """The check of a code, also of one that is no longer made."""
    return CHECKS.get(code, FORMER)


def here_first(one: Anomaly) -> bool:
    """Whether what was declared must be corrected here, whatever payroll does: the bases of the month wait for it."""
    waits = one.individual is not None and not one.individual.applied
    return one.blocking and waits and check_of(one.code).mend is not Mend.NOTHING


def state_label(one: Declaration) -> tuple[str, str]:
    """The state in words, and its tone. What cancels another is in force for nothing, and replaced by nothing."""
    if one.kind == CANCELS and one.state == Declaration.State.REPLACED:
        return "Annulation faite", "neutral"
    state = Declaration.State(one.state)
    return str(state.label), TONES[state]


def kind_label(code: str) -> str:
    """« Annule et remplace »."""
    return KINDS.get(code, code)


def problem_label(code: str) -> tuple[str, str]:
    """What a refusal means, and how it is mended."""
    if code in OWN_CODES:
        return OWN_CODES[code]
    held = CODES.get(code)
    return (held.label, held.mending) if held is not None else (code, "")
