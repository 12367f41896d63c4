"""An adviser opens « Retrouver l’accès » for who calls: the same case as on the public form, and nothing granted."""

from parvis.ground import tenancy
from parvis.recovery.models import Case
from tests.access.reading import words
from tests.backoffice.hands import fresh
from tests.world import World

FORM = {
    "why": "left",
    "explanation": "La seule personne qui administrait est partie en septembre.",
    "civility": "mme",
    "last_name": "Nouvelle",
    "first_name": "Anne",
    "function": "Secrétaire de mairie",
    "email": "anne.nouvelle@abondance.example",
    "phone": "04 65 71 00 99",
}


def test_the_case_is_opened_and_its_codes_are_read_out_once(world: World) -> None:
    browser = fresh(world.advisers["first"])
    address = f"/conseiller/etablissements/{world.there.siret}/retrouver-l-acces/"
    assert "Retrouver l’accès" in words(browser.get(f"/conseiller/etablissements/{world.there.siret}/"))
    said = words(browser.post(address, FORM))
    assert "La demande est ouverte" in said
    with tenancy.scope(establishment=world.there.pk):
        case = Case.objects.get()
    assert case.reference[:4] in said
    assert case.opened_by is not None
    assert case.state == Case.State.OPEN


def test_what_is_missing_is_said_and_what_was_typed_is_kept(world: World) -> None:
    answer = fresh(world.advisers["first"]).post(
        f"/conseiller/etablissements/{world.there.siret}/retrouver-l-acces/", {**FORM, "email": "nulle part"}
    )
    said = words(answer)
    assert "Cette adresse électronique n’est pas complète" in said
    assert "est partie en septembre" in said


def test_another_fund_opens_none(world: World) -> None:
    browser = fresh(world.advisers["other"])
    address = f"/conseiller/etablissements/{world.there.siret}/retrouver-l-acces/"
    assert browser.post(address, FORM).status_code == 404
