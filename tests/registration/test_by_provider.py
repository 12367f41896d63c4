"""Registering with an account at an identity provider: what it states counts, for this SIRET alone."""

import re
from pathlib import Path
from typing import Any

import pytest

from parvis.access.models import Membership
from parvis.ground import tenancy
from parvis.identity.providers.catalogue import WrongProvider, providers
from parvis.registration.models import Registration
from tests.identity.providers.conftest import _nothing_known, key, small  # noqa: F401  (fixtures)
from tests.identity.providers.hands import SLUG, at_provider, configure, described
from tests.identity.providers.small_provider import SmallProvider
from tests.identity.providers.test_trouble import DISCOVERY, failing
from tests.plugins.html import ReadingClient
from tests.registration.hands import PERSON, START, Registrant
from tests.world import HERE, World

STATED = {"siret_claims": ["organization.siret"], "authority_claims": ["roles=representant"]}


@pytest.fixture
def stating(small: SmallProvider, tmp_path: Path) -> SmallProvider:  # noqa: F811
    """The small provider, which says for which establishment somebody works, and whether they represent it."""
    configure(tmp_path, described(SLUG, small, **STATED))
    return small


def came_back(client: ReadingClient) -> Any:
    answer = client.get(f"{START}fournisseur/{SLUG}/")
    assert answer.status_code == 302, answer.content.decode()
    return client.get(at_provider(str(answer["Location"])), follow=True)


def test_a_stated_authority_opens_the_access_at_once(registrant: Registrant, stating: SmallProvider) -> None:
    stating.told = {"organization": {"siret": registrant.place.siret}, "roles": ["agent", "representant"]}
    assert "Petit Connect" in registrant.asks().content.decode()
    page = came_back(registrant.client).content.decode()
    assert 'value="Léa"' in page and "votre accès s’ouvre dès cette étape" in page
    answer = registrant.client.post(f"{START}coordonnees/", PERSON, follow=True).content.decode()
    assert "Votre accès est ouvert" in answer
    found = registrant.registration
    assert (found.state, found.proof, found.way, found.provider) == ("accepted", "provider", "provider", SLUG)
    with tenancy.scope(establishment=registrant.place.pk):
        assert Membership.objects.get().profile == "administrateur"


def test_without_that_claim_a_proof_is_asked_for(registrant: Registrant, stating: SmallProvider) -> None:
    stating.told = {"organization": {"siret": registrant.place.siret}, "roles": "representante"}
    registrant.asks()
    came_back(registrant.client)
    answer = registrant.client.post(f"{START}coordonnees/", PERSON)
    assert answer.headers["Location"] == f"{START}preuve/"
    assert registrant.by_post().status_code == 302
    assert registrant.registration.state == Registration.State.POSTED
    assert registrant.registration.fund == "cnracl"


@pytest.mark.parametrize("told", [{"organization": {"siret": HERE}}, {}, {"organization": {"siret": "x"}}])
def test_another_siret_or_none_states_nothing(
    registrant: Registrant, stating: SmallProvider, told: dict[str, Any]
) -> None:
    stating.told = {**told, "roles": ["representant"]}
    registrant.asks()
    page = came_back(registrant.client).content.decode()
    assert "Vous pouvez inscrire cet établissement" in page
    assert "vous présente pour" in page or "ne dit pas pour quel établissement" in page
    form = registrant.client.get(f"{START}coordonnees/").content.decode()
    assert "Numéro de contrat" in form


def test_a_matching_siret_tells_who_administers(world: World, stating: SmallProvider) -> None:
    client = ReadingClient()
    stating.told = {"organization": {"siret": HERE}}
    client.post(START, {"siret": HERE})
    assert "Claire Dubois" in came_back(client).content.decode()


def test_what_was_stated_for_one_siret_is_forgotten_for_another(registrant: Registrant, stating: SmallProvider) -> None:
    stating.told = {"organization": {"siret": registrant.place.siret}, "roles": ["representant"]}
    registrant.asks()
    came_back(registrant.client)
    registrant.asks("21740001900014")
    registrant.asks()
    assert "Numéro de contrat" in registrant.client.get(f"{START}coordonnees/").content.decode()


def test_a_provider_that_names_no_establishment_is_not_offered(
    registrant: Registrant,
    small: SmallProvider,  # noqa: F811
) -> None:
    assert "Petit Connect" not in registrant.asks().content.decode()
    assert registrant.client.get(f"{START}fournisseur/{SLUG}/").status_code == 404


def test_who_gives_up_there_comes_back_to_the_answer(registrant: Registrant, stating: SmallProvider) -> None:
    registrant.asks()
    there = registrant.client.get(f"{START}fournisseur/{SLUG}/")["Location"]
    state = dict(part.split("=", 1) for part in there.partition("?")[2].split("&"))["state"]
    answer = registrant.client.get(
        f"/connexion/par/{SLUG}/retour/", {"error": "access_denied", "state": state, "iss": stating.issuer}
    )
    assert answer.headers["Location"] == f"{START}reponse/"


def test_a_claim_without_a_value_is_refused_at_start(small: SmallProvider, tmp_path: Path) -> None:  # noqa: F811
    configure(tmp_path, described(SLUG, small, authority_claims=["role"]))
    with pytest.raises(WrongProvider, match="chemin=valeur"):
        providers()


def let_down(registrant: Registrant, stating: SmallProvider, where: str) -> Any:
    """The provider does not answer: before its page, or once somebody comes back from it."""
    go = f"{START}fournisseur/{SLUG}/"
    if where == "before":
        stating.trouble[DISCOVERY] = failing()
        return registrant.client.get(go)
    address = at_provider(str(registrant.client.get(go)["Location"]))
    if where == "it says so":
        state = re.search(r"state=([^&]+)", address)
        assert state is not None
        return registrant.client.get(
            address.partition("?")[0], {"state": state[1], "error": "temporarily_unavailable", "iss": stating.issuer}
        )
    stating.trouble["/token"] = failing()
    return registrant.client.get(address)


@pytest.mark.parametrize("where", ["before", "after", "it says so"])
def test_a_provider_that_does_not_answer_stops_nothing(
    registrant: Registrant, stating: SmallProvider, where: str
) -> None:
    registrant.asks()
    registrant.says(contract_number="CNRACL-9999")
    answer = let_down(registrant, stating, where)
    page = answer.content.decode()
    assert answer.status_code == 503 and "ne répond pas" in page and "Rien de ce que vous avez saisi" in page
    # Nobody here has an identifier yet.
    assert "Se connecter avec mon identifiant" not in page and "mot de passe" not in page
    assert f'href="{START}reponse/"' in page and f'href="{START}fournisseur/{SLUG}/"' in page
    stating.trouble.clear()
    assert "Vous pouvez inscrire cet établissement" in registrant.client.get(f"{START}reponse/").content.decode()
    assert registrant.says().headers["Location"] == f"{START}preuve/"
