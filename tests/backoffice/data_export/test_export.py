"""An access request: two advisers, one archive of the person's own rows everywhere, seven days, nobody else's data."""

import io
import json
import uuid
import zipfile
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse

from parvis.advisers.models import DataExport, SensitiveAct
from parvis.advisers.standing import adviser_of
from parvis.ground import files, tenancy
from parvis.ground.sealing import unseal
from parvis.journal.models import Event
from parvis.journal.retention import erase
from parvis.post.models import Message
from parvis.post.registry import LETTERS
from tests.access.reading import DAY, later
from tests.browsers import inside
from tests.ground.policies.hands import ask as query
from tests.ground.policies.hands import denied
from tests.plugins.html import ReadingClient
from tests.world import World, someone

LIST, ASK = "/conseiller/demandes-d-acces/", "/conseiller/demandes-d-acces/nouvelle/"
KEPT = settings.PARVIS_DATA_EXPORT_VALIDITY


def browser(world: World, who: str) -> ReadingClient:
    return inside(ReadingClient(), world.advisers[who])


def typed(world: World, **changes: str) -> dict[str, str]:
    said = {
        "siret": world.here.siret,
        "identifier": world.user.identifier,
        "reference": "DA-2026-017",
        "means": "Pièce d’identité vue",
        "verified": "Carte d’identité présentée à l’accueil",
    }
    return {**said, **changes}


def acts(world: World, who: str = "first") -> list[SensitiveAct]:
    with office(world, who):
        return list(SensitiveAct.objects.filter(kind="data.export").order_by("opened_at"))


def office(world: World, who: str = "first") -> Any:
    known = adviser_of(world.advisers[who].pk)
    assert known is not None
    return tenancy.scope(person=known.person_id, role=tenancy.ADVISER, funds=known.funds)


def made(world: World, who: str = "first") -> DataExport:
    with office(world, who):
        return DataExport.objects.get()


def decided(world: World, by: str = "second", gesture: str = "approuver") -> HttpResponse:
    (act,) = acts(world)
    return browser(world, by).post(f"/conseiller/quatre-yeux/{act.pk}/", {"geste": gesture, "note": "Pièces vues"})


def taken(world: World, who: str = "first") -> HttpResponse:
    return browser(world, who).post(f"{LIST}{made(world).ref}/archive/")


@pytest.fixture
def ready(world: World) -> World:
    """Asked by the first level, approved by the second."""
    assert browser(world, "first").post(ASK, typed(world)).status_code == 302
    assert decided(world).status_code == 302
    return world


def test_two_advisers_make_an_archive_that_who_asked_downloads(ready: World) -> None:
    answer = taken(ready)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Cache-Control"] == "no-store"
    box = zipfile.ZipFile(io.BytesIO(answer.content))
    assert box.namelist() == ["LISEZ-MOI.txt", "mes-donnees.pdf", "mes-donnees.json"]
    assert box.read("mes-donnees.pdf").startswith(b"%PDF")
    held = json.loads(box.read("mes-donnees.json"))
    assert held["personne"] == "Léa Martin"
    assert held["mes_adresses_electroniques"][0]["adresse"] == ready.user.membership.email
    assert held["mes_droits"] and held["historique"] is not None
    text = json.dumps(held, ensure_ascii=False)
    for other in (ready.administrator, ready.second, ready.reader, ready.stranger):
        assert other.membership.email not in text
        assert other.membership.last_name not in text
    for name in ("Ferrand", "Marchetti"):
        assert name not in text


def test_it_holds_the_person_in_every_establishment(world: World, as_owner: object) -> None:
    elsewhere = someone(world.there, "Léa", "Martin", person=world.user.person)
    browser(world, "first").post(ASK, typed(world))
    decided(world)
    held = json.loads(zipfile.ZipFile(io.BytesIO(taken(world).content)).read("mes-donnees.json"))
    assert {one["siret"] for one in held["mes_comptes"]} == {world.here.siret, world.there.siret}
    assert elsewhere.identifier in json.dumps(held)


def test_the_person_is_told_by_e_mail_and_reads_it_in_their_history(ready: World) -> None:
    person = ready.user.person.pk
    with tenancy.scope(person=person, role=tenancy.PERSON):
        (message,) = Message.objects.filter(kind="backoffice.data_exported")
        letter = LETTERS[message.kind].write(message)
        kinds = list(Event.objects.filter(person_id=person, kind__startswith="adviser.").values_list("kind", flat=True))
    assert letter is not None and letter.to == ready.user.membership.email  # type: ignore[union-attr]
    assert "Vous n’avez rien demandé" in letter.text  # type: ignore[union-attr]
    assert kinds == ["adviser.data_exported"]
    taken(ready)
    with tenancy.scope(person=person, role=tenancy.PERSON):
        assert Event.objects.filter(kind="adviser.data_export_taken").count() == 1


def test_administrators_of_the_establishment_learn_nothing_of_it(ready: World) -> None:
    with tenancy.scope(establishment=ready.here.pk):
        assert not Event.objects.filter(kind__startswith="adviser.").exists()


@pytest.mark.parametrize("by", ["first", "supervisor_asks"])
def test_nobody_decides_alone(world: World, by: str) -> None:
    asks = "supervisor" if by == "supervisor_asks" else "second"
    browser(world, asks).post(ASK, typed(world))
    assert decided(world, asks).status_code == 200
    assert decided(world, "first").status_code == 200
    with office(world):
        assert not DataExport.objects.exists()
    assert decided(world, "second" if asks == "supervisor" else "supervisor").status_code == 302


def test_a_refusal_makes_no_copy(world: World) -> None:
    browser(world, "first").post(ASK, typed(world))
    assert decided(world, gesture="refuser").status_code == 302
    with office(world):
        assert not DataExport.objects.exists()
    assert "Refusé" in browser(world, "first").get(LIST).content.decode()


@pytest.mark.parametrize("who", ["second", "supervisor", "other"])
def test_only_who_asked_downloads(ready: World, who: str) -> None:
    answer = taken(ready, who)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    with tenancy.scope(person=ready.user.person.pk, role=tenancy.PERSON):
        assert not Event.objects.filter(kind="adviser.data_export_taken").exists()


def test_after_seven_days_it_is_gone_from_the_disk_too(as_owner: object, ready: World) -> None:
    key = made(ready).key
    with later(KEPT - DAY):
        assert erase("data_export.files") == 0
    with later(KEPT + DAY):
        assert taken(ready).status_code == 302
        assert erase("data_export.files") == 1
        assert erase("data_export.files") == 0
        assert made(ready).key == ""
    with later(settings.PARVIS_DATA_EXPORT_RETENTION_YEARS * 366 * DAY):
        assert erase("advisers.acts") == 0
        assert erase("data_export.requests") == 1
        assert erase("advisers.acts") == 1
    assert key


def test_what_the_case_says_of_the_person_is_sealed(world: World) -> None:
    browser(world, "first").post(ASK, typed(world))
    (act,) = acts(world)
    assert "Léa" not in json.dumps(act.detail) and "DA-2026" not in json.dumps(act.detail)
    assert unseal(act.detail["reference"], purpose="data-export") == "DA-2026-017"


def test_advisers_of_another_fund_see_neither_case_nor_copy(ready: World) -> None:
    assert acts(ready, "other") == []
    with office(ready, "other"):
        assert not DataExport.objects.exists()
    text = browser(ready, "other").get(LIST).content.decode()
    assert "DA-2026-017" not in text and "Léa Martin" not in text
    answer = browser(ready, "other").post(ASK, typed(ready))
    assert answer.status_code == 200 and "n’a pas de contrat" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"siret": "123"}, "SIRET"),
        ({"siret": "21740081100014"}, "Aucun établissement ne porte ce SIRET"),
        ({"identifier": "x"}, "identifiant"),
        ({"reference": ""}, "Saisissez la référence"),
        ({"reference": "x" * 61}, "abrégez"),
        ({"means": "au hasard"}, "Ce choix n’existe pas"),
        ({"verified": " "}, "second conseiller le lit"),
        ({"verified": "\x00" * 3 + "é" * 600}, "abrégez"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(world: World, changes: dict[str, str], said: str) -> None:
    answer = browser(world, "first").post(ASK, typed(world, **changes))
    text = answer.content.decode()
    assert answer.status_code == 200 and said in text
    if "reference" not in changes:
        assert "DA-2026-017" in text
    assert acts(world) == []


def test_an_account_of_another_establishment_is_not_found_here(world: World) -> None:
    answer = browser(world, "first").post(ASK, typed(world, identifier=world.stranger.identifier))
    assert answer.status_code == 200 and "Aucun compte" in answer.content.decode()


def test_who_has_not_chosen_a_password_has_only_what_their_page_shows(world: World, as_owner: object) -> None:
    waiting = someone(world.here, "Karim", "Benhaddou", confirmed=False)
    answer = browser(world, "first").post(ASK, typed(world, identifier=waiting.identifier))
    assert "pas encore choisi de mot de passe" in answer.content.decode()


def test_the_same_request_is_not_recorded_twice(world: World) -> None:
    browser(world, "first").post(ASK, typed(world))
    assert "attend déjà" in browser(world, "second").post(ASK, typed(world)).content.decode()
    assert len(acts(world)) == 1


def test_without_a_fresh_factor_nothing_is_asked_or_taken(ready: World) -> None:
    stale = browser(ready, "first")
    session = stale.session
    del session["factor_at"]
    session.save()
    for where, data in ((ASK, typed(ready)), (f"{LIST}{made(ready).ref}/archive/", {})):
        assert stale.post(where, data)["Location"].startswith("/confirmer/")


def test_a_copy_that_fails_leaves_the_act_to_be_decided(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    browser(world, "first").post(ASK, typed(world))

    def broken(*_: Any) -> str:
        raise OSError("disk full")

    monkeypatch.setattr(files, "keep", broken)
    with pytest.raises(OSError, match="disk full"):
        decided(world)
    (act,) = acts(world)
    assert act.state == "waiting"
    with office(world):
        assert not DataExport.objects.exists()


def test_the_list_takes_as_many_statements_for_many(ready: World, django_assert_max_num_queries: Any) -> None:
    page = browser(ready, "first")
    page.get(LIST)
    with office(ready):
        (act,) = SensitiveAct.objects.filter(kind="data.export")
        for _ in range(30):
            SensitiveAct.objects.create(
                kind=act.kind, fund=act.fund, subject=str(uuid.uuid4()), detail=act.detail, opened_by=act.opened_by,
                opened_at=act.opened_at,
            )  # fmt: skip
    with django_assert_max_num_queries(16):
        assert page.get(LIST).status_code == 200


def test_neither_the_application_nor_members_read_the_table(ready: World) -> None:
    for scope in ({"establishment": ready.here.pk}, {"establishment": ready.there.pk}):
        with tenancy.scope(**scope), denied():
            query("SELECT * FROM advisers_dataexport")
    with tenancy.scope(person=ready.stranger.person.pk, role=tenancy.PERSON):
        assert query("SELECT * FROM advisers_dataexport") == []
