"""`demo.json`: where the demo is and who signs in, for who starts it."""

from pathlib import Path

from django.conf import settings

from parvis.access.models import Membership
from parvis.demo.invented import ref_of
from parvis.demo.people import ADVISERS, KNOWN
from parvis.demo.prepared import TOLD, write_privately
from parvis.demo.seeding_advisers import OPERATOR
from parvis.identity.models import Credential


def write_demo_file() -> Path:
    """`demo.json`: where the demo is and who signs in, for who starts it; nobody else on the machine may read it."""
    memberships = Membership.objects.filter(ref__in=[ref_of(key) for key in KNOWN])
    found = {membership.ref: membership for membership in memberships.select_related("establishment")}
    told = []
    for key, known in KNOWN.items():
        membership = found.get(ref_of(key))
        if membership is not None:
            told.append(
                {
                    "name": membership.name,
                    "role": known.role,
                    "establishment": membership.establishment.name,
                    "siret": membership.establishment.siret,
                    "identifier": membership.identifier,
                    "password": known.password,
                    "totp_secret": known.totp_secret,
                }
            )
    seeded = set(
        Credential.objects.filter(code__in=[one.identifier for one in ADVISERS]).values_list("code", flat=True)
    )
    told += [
        {
            "name": f"{one.first_name} {one.last_name}",
            "role": one.key,
            "establishment": OPERATOR,
            "siret": "",
            "identifier": one.identifier,
            "password": one.known.password,
            "totp_secret": one.known.totp_secret,
        }
        for one in ADVISERS
        if one.identifier in seeded
    ]
    content = {
        "address": settings.PARVIS_ADDRESS,
        "mailbox": f"{settings.PARVIS_ADDRESS}/demo/courriels" if settings.PARVIS_MAILBOX else None,
        "people": told,
    }
    path: Path = settings.DATA_DIR / TOLD
    path.parent.mkdir(parents=True, exist_ok=True)
    write_privately(path, content)
    return path
