"""What access requests keep of people, for how long; and what the person's own copy says of them."""

from parvis.access.my_data.parts import PLUMBING, Part
from parvis.access.my_data.parts import register as register_part
from parvis.advisers.models import DataExport
from parvis.ground import files, tenancy
from parvis.ground.retention import Basis, Kept, Sweep, register

PURPOSE = "dataexport"


def _known() -> set[str]:
    with tenancy.scope(role="parvis_owner", read_only=True):
        return set(DataExport.objects.exclude(key="").values_list("key", flat=True))


files.register(PURPOSE, _known)
register(
    Kept(
        "data_export.files",
        "Copies préparées pour une demande d’accès (fichier chiffré)",
        "advisers_dataexport",
        "droits",
        Basis.LEGAL,
        Sweep(
            "",
            "la fin de leur mise à disposition (7 jours, `PARVIS_DATA_EXPORT_VALIDITY`)",
            "t.expires_at < %(now)s AND t.key <> ''",
            blank={"key": "''"},
            files="key",
        ),
    ),
    Kept(
        "data_export.requests",
        "Demandes d’accès traitées",
        "advisers_dataexport",
        "droits",
        Basis.LEGAL,
        # Before the act that it came from (`PARVIS_ACT_RETENTION_YEARS`, no shorter): the act cannot go while it stays.
        Sweep(
            "PARVIS_DATA_EXPORT_RETENTION_YEARS", "la préparation de la copie", "t.made_at < %(limit)s AND t.key = ''"
        ),
    ),
)
register_part(
    Part(
        "Les copies de mes données préparées sur demande",
        "advisers_dataexport",
        {"made_at": "Préparée le", "expires_at": "Disponible jusqu’au", "taken_at": "Téléchargée le"},
        {
            "id": PLUMBING,
            "person_id": PLUMBING,
            "ref": PLUMBING,
            "act_id": PLUMBING,
            "account": "one of the accounts, copied otherwise",
            "fund": PLUMBING,
            "key": PLUMBING,
            "size": PLUMBING,
        },
    )
)
