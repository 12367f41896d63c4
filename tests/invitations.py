"""Accounts made as an administrator makes them, and the letters that follow, for the tests about the first link."""

import re
import uuid
from dataclasses import dataclass
from typing import Any

from parvis.access.actions.creation import Coordinates, create, save_coordinates, save_rights
from parvis.access.models import Membership, Profile
from parvis.access.standing import Standing, standing
from parvis.ground import tenancy
from parvis.ground.identifiers import account as codes
from tests.world import Someone

FRESH = "quatre lanternes au bord du canal"


@dataclass(frozen=True)
class Invited:
    """An account that waits for its password: its e-mail has left, its identifier was handed over."""

    account: Membership
    token: str

    @property
    def where(self) -> str:
        return f"/premiere-connexion/{self.token}/"

    @property
    def code(self) -> str:
        return self.account.identifier

    @property
    def other_code(self) -> str:
        """Well formed, and another's."""
        while (code := codes.draw()) == self.code:
            pass
        return code


def standing_of(someone: Someone) -> Standing:
    """Who someone is in their establishment, in whose scope this is called."""
    found = standing(someone.person.pk, someone.membership.establishment_id)
    assert found is not None
    return found


def made_by(author: Someone, **values: Any) -> Membership:
    """Zoé Blanc, unless `values` say otherwise, gets an account from an administrator."""
    given = {
        "civility": "mme",
        "first_name": "Zoé",
        "last_name": "Blanc",
        "function": "Paie",
        "unit": "",
        "email": "zoe.blanc@annecy.example",
        "phone": "+33465710099",
        "profile": Profile.USER.value,
        "starts_on": None,
        "ends_on": None,
        **values,
    }
    draft = uuid.uuid4()
    with tenancy.scope(person=author.person.pk, establishment=author.membership.establishment_id):
        who = standing_of(author)
        save_coordinates(who=who, draft_id=draft, coordinates=Coordinates(**given))
        save_rights(who=who, draft_id=draft, grants=[], complete=True)
        return create(who=who, draft_id=draft)


def token_in(text: str, address: str = "premiere-connexion") -> str:
    """The token of the link in a letter's text."""
    found = re.search(rf"/{address}/([\w-]{{43}})/", text)
    assert found is not None, text
    return found[1]
