"""What the public pages keep, and for how long."""

from parvis.ground.retention import Basis, Kept, Sweep, impersonal, register

impersonal(
    information_contactpoint="comment joindre les fonds ; qui l’a écrit y est une référence sans nom",
    information_contactclosing="jours de fermeture des fonds ; qui les a écrits y est une référence sans nom",
    information_news="ce que les fonds annoncent aux employeurs ; son auteur y est une référence sans nom",
    information_newspicture="les images de ces annonces",
    information_question="les questions de l’aide et leurs réponses ; leur auteur y est une référence sans nom",
    information_clarification="les précisions que les conseillers ajoutent aux pages d’aide",
    information_clarificationversion="chacun de leurs textes ; son auteur y est une référence sans nom",
    information_helppage="le texte des pages d’aide, pour la recherche",
    information_word="les mots de ce que la recherche regarde",
)
register(
    Kept(
        "information.readings",
        "Actualités qu’une personne a ouvertes",
        "information_newsreading",
        "comptes",
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_NEWS_READING_RETENTION", "la première ouverture", "t.read_at < %(limit)s"),
    ),
)
