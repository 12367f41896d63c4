"""What letters keep of people, and for how long; their files; what a copy of somebody's data says of them."""

from parvis.access.my_data.parts import PLUMBING, Part
from parvis.access.my_data.parts import register as register_part
from parvis.ground import files, tenancy
from parvis.ground.retention import Basis, Kept, Sweep, With, impersonal, register
from parvis.letters.models import FundLetter, Uploaded

PURPOSE = "letter"


def _known() -> set[str]:
    with tenancy.scope(role="parvis_owner", read_only=True):
        held = set(FundLetter.objects.values_list("key", flat=True).iterator(chunk_size=10_000))
        return held | set(Uploaded.objects.values_list("key", flat=True))


files.register(PURPOSE, _known)
impersonal(
    letters_lettertype="les sortes de courriers : leur nom, leur thème, leur durée de conservation",
    letters_campaign="le nom d’un envoi à de nombreux établissements",
)
register(
    Kept(
        "letters.letters",
        "Courriers des fonds aux établissements (fichiers chiffrés), leur titre et leur référence",
        "letters_fundletter",
        "courriers",
        Basis.PUBLIC_TASK,
        Sweep(
            "",
            "leur arrivée, pour la durée que fixe leur type (« Types de courriers » de l’espace conseiller)",
            "t.deposited_at < %(now)s - (SELECT make_interval(years => y.kept_years) FROM letters_lettertype y "
            "WHERE y.id = t.type_id)",
            children=(("letters_reading", "letter_id"),),
            files="key",
        ),
    ),
    Kept(
        "letters.readings",
        "Qui a ouvert un courrier, ou l’a marqué comme lu, et quand",
        "letters_reading",
        "courriers",
        Basis.PUBLIC_TASK,
        With("letters_fundletter"),
    ),
    Kept(
        "letters.uploaded",
        "Courriers préparés par un conseiller et non envoyés (fichier chiffré)",
        "letters_uploaded",
        "courriers",
        Basis.PUBLIC_TASK,
        Sweep("PARVIS_LETTER_DRAFT_RETENTION", "leur dépôt", "t.at < %(limit)s", files="key"),
    ),
)
register_part(
    Part(
        "Les courriers des fonds que j’ai ouverts ou marqués comme lus",
        "letters_reading",
        {
            "first_at": "Ouvert la première fois le",
            "last_at": "Ouvert la dernière fois le",
            "unread": "À relire",
            "opened": "Ouvert, et non seulement marqué comme lu",
        },
        {
            "id": PLUMBING,
            "person_id": PLUMBING,
            "establishment_id": PLUMBING,
            "letter_id": "the letter is the establishment's, not the person's",
            "account": "one of the accounts, copied otherwise",
        },
    )
)
