"""What the advisers' office keeps of people, and for how long."""

from django.db import connection

from parvis.ground import clock, tenancy
from parvis.ground.retention import Basis, By, Kept, Sweep, With, before, register

_NAMELESS = (
    "t.closed_at < %(limit)s AND t.last_name <> '' AND NOT EXISTS (SELECT 1 FROM advisers_sensitiveact a "
    "WHERE a.opened_by_id = t.id OR a.decided_by_id = t.id)"
)


def forget_closed_advisers() -> int:
    """Erase with what closed advisers signed in; returns how many. Their name stands behind what they decided."""
    limit = before(clock.now(), "PARVIS_CLOSED_ADVISER_RETENTION")
    with tenancy.scope(role="parvis_owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT access_forget_person(a.person_id, %s) FROM advisers_adviser a JOIN identity_person p "
            "ON p.id = a.person_id WHERE a.closed_at < %s",
            [clock.now(), limit],
        )
        return len(cursor.fetchall())


register(
    Kept(
        "advisers.sign_in",
        "Identité, coordonnées et moyens de connexion d’un conseiller qui est parti",
        "identity_person",
        "conseillers",
        Basis.SECURITY,
        By("PARVIS_CLOSED_ADVISER_RETENTION", "la fermeture de son compte", forget_closed_advisers),
    ),
    Kept(
        "advisers.acts",
        "Actes décidés à quatre yeux",
        "advisers_sensitiveact",
        "conseillers",
        Basis.SECURITY,
        Sweep(
            "PARVIS_ACT_RETENTION_YEARS",
            "la décision",
            "t.decided_at < %(limit)s AND NOT EXISTS (SELECT 1 FROM advisers_dataexport d WHERE d.act_id = t.id)",
            children=(("advisers_sensitiveedit", "act_id"),),
        ),
    ),
    Kept(
        "advisers.edits",
        "Qui a modifié un acte avant sa décision",
        "advisers_sensitiveedit",
        "conseillers",
        Basis.SECURITY,
        With("advisers_sensitiveact"),
    ),
    Kept(
        "advisers.seeing",
        "« Voir comme » : quel conseiller a vu ce que voit une personne, et pourquoi",
        "advisers_seeingas",
        "conseillers",
        Basis.SECURITY,
        Sweep("PARVIS_CALL_KEPT", "la consultation", "t.until < %(limit)s"),
    ),
    Kept(
        "advisers.names",
        "Noms des conseillers qui sont partis",
        "advisers_adviser",
        "conseillers",
        Basis.SECURITY,
        Sweep(
            "PARVIS_ACT_RETENTION_YEARS",
            "la fermeture du compte, et l’effacement du dernier acte",
            _NAMELESS,
            blank={"first_name": "''", "last_name": "''"},
        ),
    ),
)
