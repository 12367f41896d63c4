"""What the public pages keep, and for how long."""

from parvis.ground.retention import Basis, Kept, Sweep, impersonal, register

impersonal(
    information_news="ce que les fonds annoncent aux employeurs ; son auteur y est une référence sans nom",
    information_newspicture="les images de ces annonces",
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
