"""What can be wrong with a file: each code with its meaning in French, and whether it rejects the declaration."""

from dataclasses import dataclass

from parvis.dsn import norm as norms
from parvis.dsn.norm import Block, Norm, Rubric


@dataclass(frozen=True, slots=True)
class Code:
    """A code of problem, what it means and how it is mended, as the page of explanations shows them."""

    name: str
    label: str
    mending: str
    blocking: bool = True


CODES = {
    code.name: code
    for code in (
        Code("DSN-FORMAT", "Le fichier n’est pas une DSN", "Exportez de nouveau la DSN depuis le logiciel de paie."),
        Code("DSN-ENCODAGE", "Les accents ne sont pas en ISO-8859-1", "Choisissez l’encodage ISO-8859-1 à l’export."),
        Code("DSN-TRONQUE", "Le fichier s’arrête avant sa fin", "Exportez ou déposez de nouveau le fichier entier."),
        Code("DSN-NORME", "La version de la norme n’est pas lue ici", "Mettez à jour le logiciel de paie."),
        Code("DSN-LIGNE", "La ligne n’a pas la forme attendue", "Signalez la ligne à l’éditeur du logiciel de paie."),
        Code("DSN-RUBRIQUE", "La rubrique n’existe pas dans la norme", "Mettez à jour le logiciel de paie."),
        Code("DSN-VIDE", "La rubrique est vide", "Renseignez la donnée en paie, ou ne la déclarez pas."),
        Code("DSN-CARACTERE", "La valeur contient un caractère interdit", "Corrigez la donnée en paie."),
        Code("DSN-LONGUEUR", "La valeur est trop longue ou trop courte", "Corrigez la donnée en paie."),
        Code("DSN-CODE", "Le code n’est pas dans la liste de la norme", "Choisissez un code de la liste en paie."),
        Code("DSN-DATE", "La date n’existe pas ou est mal écrite", "Corrigez la date en paie."),
        Code("DSN-NOMBRE", "Le nombre est mal écrit", "Signalez la ligne à l’éditeur du logiciel de paie."),
        Code("DSN-BORNES", "La valeur est hors des bornes de la norme", "Corrigez la donnée en paie."),
        Code("DSN-ORDRE", "La rubrique ou le bloc n’est pas à sa place", "Signalez la ligne à l’éditeur."),
        Code("DSN-REPETEE", "La rubrique ou le bloc est répété", "Signalez la ligne à l’éditeur."),
        Code("DSN-MANQUE", "Une rubrique ou un bloc attendu manque", "Renseignez la donnée en paie."),
        Code("DSN-TOTAL", "Le total de fin de fichier ne correspond pas", "Déposez le fichier sans le modifier."),
        Code("DSN-NIR", "Le NIR ou le numéro temporaire n’est pas admis", "Corrigez le numéro en paie."),
        Code("DSN-DOUBLE", "Le même numéro est déclaré plusieurs fois", "Ne gardez qu’un individu par personne."),
        Code("DSN-SIRET", "Le SIRET de l’établissement est faux", "Corrigez le SIRET en paie."),
        Code("DSN-MOIS", "Le mois déclaré n’est pas un premier jour de mois", "Corrigez le mois déclaré."),
        Code("DSN-FRACTION", "Le numéro de fraction est faux", "Deux chiffres : la fraction, puis leur nombre."),
        Code("DSN-NEANT", "« Néant » ne va pas avec le contenu", "Vérifiez le type de la déclaration.", blocking=False),
        Code("DSN-TROP", "Le fichier a trop d’erreurs pour être lu", "Corrigez les premières, puis redéposez."),
    )
}


def structure(move: int, rubric: Rubric, norm: Norm) -> tuple[str, str]:
    """The code and the sentence of a rubric that cannot stand where it does."""
    block = norm.blocks[rubric.block]
    if move == norms.REPEATED:
        return "DSN-REPETEE", f"La rubrique {rubric.name} est déjà déclarée dans ce bloc."
    if move == norms.TOO_MANY:
        return "DSN-REPETEE", f"Le bloc {block.name} ({block.label}) ne se déclare qu’une fois ici."
    if move == norms.OUTSIDE:
        return "DSN-ORDRE", f"Le bloc {block.name} ({block.label}) arrive sans {_above(block, norm)}, dont il dépend."
    if move == norms.MISORDERED:
        return "DSN-ORDRE", f"Le bloc {block.name} ({block.label}) arrive trop tard : un bloc qui le suit est déjà là."
    return "DSN-ORDRE", f"La rubrique {rubric.name} n’est pas à sa place dans le bloc {block.name} ({block.label})."


def missing_rubric(rubric: Rubric, norm: Norm) -> tuple[str, str]:
    """The code and the sentence of a block without a rubric that it needs."""
    block = norm.blocks[rubric.block]
    return (
        "DSN-MANQUE",
        f"La rubrique {rubric.name} ({rubric.spec.label}) manque dans le bloc {block.name} ({block.label}).",
    )


def missing_block(block: Block, above: Block) -> tuple[str, str]:
    """The code and the sentence of a block without a block that it needs under it."""
    return "DSN-MANQUE", f"Le bloc {block.name} ({block.label}) manque sous le bloc {above.name} ({above.label})."


def _above(block: Block, norm: Norm) -> str:
    return f"le bloc {norm.blocks[block.path[-2]].name}" if len(block.path) > 1 else "le début du fichier"
