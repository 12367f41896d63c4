"""« Modèles de droits »: made, changed, given, compared, aligned; who may, and what is refused."""

from uuid import UUID

import pytest

from parvis.access import registry
from parvis.access.models import Preset, Right
from parvis.access.presets import actions
from parvis.access.presets.queries import origin_names, preset_grants
from parvis.access.presets.state import Way
from parvis.ground import clock, tenancy
from tests.access.accounts.hands import crowd
from tests.access.changes.hands import alter
from tests.access.changes.hands import path as account_path
from tests.access.creation.hands import drafted
from tests.access.presets.hands import FUNDS, RECEPTION, SignedIn, base, confirmed, held, hidden, made, text
from tests.access.reading import acting, events, summary, tree
from tests.identity.factors.hands import CONFIRM, stale
from tests.world import World

TYPED = {
    "name": "Accueil",
    "purpose": "Reçoit et oriente.",
    "niveau-mon-etablissement": "lecture",
    "niveau-correspondants": "modification",
    "niveau-contrats": "aucun",
}


def test_model_is_made_from_nothing_shown_and_listed(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    page = browser.get(base(world, "creer/"))
    key = hidden(page, "numero")
    sent = {**TYPED, "numero": key}
    assert browser.post(base(world, "creer/"), sent)["Location"] == base(world, f"{key}/")
    # The page sent twice makes one model.
    assert browser.post(base(world, "creer/"), sent)["Location"] == base(world, f"{key}/")
    shown = text(browser.get(base(world, f"{key}/")))
    correspondents = "Correspondants Relations avec les fonds Modification"
    for expected in ("Modèle « Accueil »", "Reçoit et oriente.", correspondents, "À personne encore"):
        assert expected in shown
    listed = text(browser.get(base(world)))
    assert "Accueil Reçoit et oriente. 2 services Personne" in listed
    for name in ("Gestionnaire RH", "Gestionnaire retraite", "Paie et cotisations", "Direction, lecture"):
        assert name in listed
    (event,) = events(world.here.pk, UUID(key))
    assert (event.kind, event.after) == (
        "preset.created",
        {"rights": {"mon-etablissement": {"level": 1}, "correspondants": {"level": 2}}},
    )
    history = text(browser.get(f"/etablissements/{world.here.siret}/historique/"))
    assert "Modèle de droits créé" in history and "Accueil" in history


def test_model_is_made_from_what_a_colleague_has_and_from_another_model(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    page = browser.get(base(world, "creer/"), {"compte": world.user.account_id})
    ticked = {
        one.get("name"): one.get("value")
        for one in tree(page).iter("input")
        if one.get("type") == "radio" and "checked" in one.attrib
    }
    none = ("correspondants", "courriers", "agents", "declarations", "cotisations")
    assert ticked == {
        "niveau-mon-etablissement": "modification",
        "niveau-contrats": "lecture",
        **dict.fromkeys((f"niveau-{code}" for code in none), "aucun"),
    }
    copied = browser.post(base(world, "creer/"), {**TYPED, "copier": "1", "collegue": str(world.reader.account_id)})
    assert "Les droits de Marc Petit sont recopiés" in text(copied)
    assert hidden(copied, "name") == "Accueil"
    platform = browser.get(base(world, "creer/"), {"depuis": "direction-lecture"})
    assert hidden(platform, "name") == "Copie de Direction, lecture"
    with tenancy.scope(establishment=world.here.pk):
        assert Preset.objects.count() == 0


def test_what_is_typed_wrong_is_kept_and_told(world: World, signed_in: SignedIn) -> None:
    made(world)
    browser = signed_in(world.administrator)
    wrongs: list[tuple[dict[str, str], str, str]] = [
        ({"name": " "}, "Donnez un nom au modèle, par exemple « Accueil et état civil ».", "#id_name"),
        ({"name": "x" * 81}, "Ce texte compte 81 caractères : abrégez-le à 80 caractères au plus.", "#id_name"),
        ({"name": "ACCUEIL"}, actions.TAKEN, "#id_name"),
        ({"niveau-contrats": "modification"}, "Contrats avec les fonds", "#id_niveau-contrats"),
        ({"niveau-inconnu": "lecture"}, "Un service demandé n’est pas au catalogue", ""),
    ]
    for change, expected, anchor in wrongs:
        answer = browser.post(base(world, "creer/"), {**TYPED, "name": "Autre", **change})
        assert answer.status_code == 200
        told = summary(answer)
        assert any(said.replace("\u00a0", " ").find(expected.replace("\u00a0", " ")) >= 0 for said in told), told
        assert anchor in told.values()
        assert hidden(answer, "purpose") == "Reçoit et oriente."
    none = {name: "aucun" for name in TYPED if name.startswith("niveau-")}
    answer = browser.post(base(world, "creer/"), {**TYPED, "name": "Autre", **none})
    assert "Un modèle donne au moins un droit : choisissez un niveau pour un service." in summary(answer)


def test_given_at_step_two_of_a_creation_and_its_origin_is_kept(world: World, signed_in: SignedIn) -> None:
    key = made(world)
    browser = signed_in(world.administrator)
    where = drafted(browser, f"/etablissements/{world.here.siret}/comptes/creer/")
    page = browser.post(f"{where}droits/", {"appliquer": "1", "modele": key})
    assert "Le modèle « Accueil » est appliqué ci-dessous" in text(page)
    assert hidden(page, "origine") == key
    # The draft resumed another day still knows.
    assert hidden(browser.get(f"{where}droits/"), "origine") == key
    sent = {
        "origine": key,
        "niveau-mon-etablissement": "lecture",
        "niveau-correspondants": "lecture",
        "niveau-contrats": "lecture",
    }
    assert browser.post(f"{where}droits/", sent).status_code == 302
    assert browser.post(f"{where}verification/").status_code == 302
    with tenancy.scope(establishment=world.here.pk):
        rights = {one.service: (one.level, one.origin) for one in Right.objects.filter(origin=key)}
    assert rights == {"mon-etablissement": (1, key)}
    unknown = browser.post(account_path(world, world.user, "droits/modifier/"), {"appliquer": "1", "modele": "inconnu"})
    assert "Choisissez d’abord le modèle de droits" in text(unknown)


def test_given_on_the_tab_of_rights_and_shown_as_origin(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.administrator)
    form = account_path(world, world.user, "droits/modifier/")
    page = browser.post(form, {"appliquer": "1", "modele": "direction-lecture"})
    assert "Le modèle « Direction, lecture » est appliqué" in text(page)
    read_all = {f"niveau-{one.code}": "lecture" for one in registry.catalogue(FUNDS)}
    assert browser.post(form, {**read_all, "origine": "direction-lecture"}).status_code == 302
    assert set(held(world.user).values()) == {(1, "direction-lecture")}
    shown = text(browser.get(account_path(world, world.user, "droits/")))
    assert "d’après le modèle « Direction, lecture »" in shown
    # By hand again: the right that changes has no model any more.
    browser.post(form, {**read_all, "niveau-correspondants": "modification"})
    assert held(world.user)["correspondants"] == (2, "")
    assert held(world.user)["contrats"] == (1, "direction-lecture")


def test_selection_is_shown_person_by_person_then_given_and_oneself_left_out(world: World, signed_in: SignedIn) -> None:
    key = made(world)
    browser = signed_in(world.administrator)
    listing = browser.get(f"/etablissements/{world.here.siret}/comptes/")
    actions_of = {one.get("formaction") for one in tree(listing).iter("button")}
    assert base(world, "appliquer/") in actions_of
    people = [world.user.account_id, world.reader.account_id, world.administrator.account_id]
    choice = text(browser.get(base(world, "appliquer/"), {"compte": people}))
    assert "À 3 personnes : Claire Dubois (vous), Léa Martin, Marc Petit." in choice
    query = {"compte": people, "modele": key, "maniere": "completer"}
    page = browser.get(base(world, "appliquer/"), query)
    said = text(page)
    for expected in (
        "2 personnes changent de droits",
        "1 compte laissé de côté",
        "Claire Dubois (vous) : personne ne change ses propres droits",
        "Léa Martin Gestionnaire RH Correspondants : Aucun → Modification",
        "Marc Petit Gestionnaire RH Correspondants : Lecture seule → Modification",
    ):
        assert expected in said
    assert events(world.here.pk, kind="rights.") == []
    answer = confirmed(browser, world, **query)
    assert "2 comptes ont de nouveaux droits d’après le modèle « Accueil »" in text(answer)
    assert held(world.user) == {"mon-etablissement": (2, ""), "contrats": (1, ""), "correspondants": (2, key)}
    assert held(world.reader) == {"mon-etablissement": (1, key), "contrats": (1, ""), "correspondants": (2, key)}
    for one in (world.user, world.reader):
        (event,) = events(world.here.pk, one.membership.ref)
        assert event.kind == "rights.set_by_preset"
        assert event.after["rights"]["correspondants"] == {"level": 2, "origin": key}
    assert held(world.administrator) == {}


def test_replacing_leaves_just_the_model(world: World, signed_in: SignedIn) -> None:
    key = made(world)
    confirmed(signed_in(world.administrator), world, compte=world.user.account_id, modele=key, maniere="remplacer")
    assert held(world.user) == {"mon-etablissement": (1, key), "correspondants": (2, key)}


def test_all_that_the_filter_shows_over_all_pages(as_owner: object, world: World, signed_in: SignedIn) -> None:
    crowd(world.here, 40)
    browser = signed_in(world.administrator)
    listed = browser.get(f"/etablissements/{world.here.siret}/comptes/", {"q": "foule"})
    label = "Appliquer un modèle à tous les comptes affichés (40)"
    (button,) = [one for one in tree(listed).iter("button") if "".join(one.itertext()) == label]
    assert (button.get("name"), button.get("value"), button.get("formaction")) == (
        "tous",
        "1",
        base(world, "appliquer/"),
    )
    query = {"q": "foule", "tous": "1", "modele": "direction-lecture", "maniere": "completer"}
    answer = confirmed(browser, world, **query)
    assert "40 comptes ont de nouveaux droits" in text(answer)
    assert len(events(world.here.pk, kind="rights.set_by_preset")) == 40


def test_changing_a_model_changes_nobody_then_shows_who_differs_and_aligns_those_chosen(
    world: World, signed_in: SignedIn
) -> None:
    key = made(world)
    browser = signed_in(world.administrator)
    both = [world.user.account_id, world.reader.account_id]
    confirmed(browser, world, compte=both, modele=key, maniere="remplacer")
    before = held(world.user)
    sent = {**TYPED, "niveau-correspondants": "lecture", "niveau-contrats": "lecture"}
    answer = browser.post(base(world, f"{key}/modifier/"), sent, follow=True)
    assert "Personne n’a changé de droits" in text(answer)
    assert held(world.user) == before == held(world.reader)
    said = text(answer)
    assert "2 personnes s’écartent aujourd’hui du modèle" in said
    assert "Contrats avec les fonds : Aucun → Lecture seule" in said
    assert "Correspondants : Modification → Lecture seule" in said
    assert "2 personnes 2 personnes" in text(browser.get(base(world)))
    chosen = {"compte": world.user.account_id, "modele": key, "maniere": "aligner"}
    answer = confirmed(browser, world, **chosen)
    assert "1 compte a de nouveaux droits" in text(answer)
    assert "1 personne s’écarte" in text(answer) and "1 personne a exactement ce qu’il donne : Léa Martin" in text(
        answer
    )
    assert held(world.user) == dict.fromkeys(("mon-etablissement", "correspondants", "contrats"), (1, key))
    assert held(world.reader) == before
    assert events(world.here.pk, world.user.membership.ref)[-1].kind == "rights.aligned"
    # What the model gives no more goes, what came from elsewhere stays.
    browser.post(base(world, f"{key}/modifier/"), {**TYPED, "niveau-correspondants": "aucun"})
    confirmed(browser, world, **{**chosen, "compte": both})
    assert held(world.user) == held(world.reader) == {"mon-etablissement": (1, key)}


def test_page_that_is_out_of_date_is_shown_again_and_nothing_is_written(world: World, signed_in: SignedIn) -> None:
    key = made(world)
    browser = signed_in(world.administrator)
    query = {"compte": world.user.account_id, "modele": key, "maniere": "completer"}
    page = browser.get(base(world, "appliquer/"), query)
    sent = {name: hidden(page, name) for name in ("comptes", "modele", "maniere", "etat")}
    with tenancy.scope(establishment=world.here.pk):
        Right.objects.filter(membership_id=world.user.account_id, service="mon-etablissement").delete()
    answer = browser.post(base(world, "appliquer/"), sent)
    assert actions.MOVED.replace("\u00a0", " ") in summary(answer)
    assert "Mon établissement : Aucun → Lecture seule" in text(answer)
    assert "correspondants" not in held(world.user)
    # The page shown again may be confirmed.
    again = {name: hidden(answer, name) for name in sent}
    assert browser.post(base(world, "appliquer/"), again).status_code == 302
    assert held(world.user)["mon-etablissement"] == (1, key)


@pytest.mark.parametrize("change", ["model", "deleted", "deactivated", "oneself", "nobody", "forged"])
def test_nobody_is_changed_when_the_model_or_an_account_has_moved(
    world: World, signed_in: SignedIn, change: str
) -> None:
    key = made(world)
    browser = signed_in(world.administrator)
    page = browser.get(base(world, "appliquer/"), {"compte": world.user.account_id, "modele": key})
    sent = {name: hidden(page, name) for name in ("comptes", "modele", "maniere", "etat")}
    if change == "model":
        browser.post(base(world, f"{key}/modifier/"), {**TYPED, "niveau-contrats": "lecture"})
    elif change == "deleted":
        browser.post(base(world, f"{key}/supprimer/"))
    elif change == "deactivated":
        alter(world.user, deactivated_at=clock.now())
    else:
        other = {"oneself": world.administrator.account_id, "nobody": 10**9, "forged": world.stranger.account_id}
        sent["comptes"] += f",{other[change]}"
    before = held(world.user)
    assert browser.post(base(world, "appliquer/"), sent).status_code == 200
    assert held(world.user) == before
    assert held(world.stranger) == {}


def test_sensitive_service_asks_for_a_fresh_second_factor(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensitive = registry.get("correspondants")
    assert sensitive is not None
    key = made(world)
    browser = stale(signed_in(world.administrator))
    query = {"compte": world.reader.account_id, "modele": key, "maniere": "completer"}
    page = browser.get(base(world, "appliquer/"), query)
    sent = {name: hidden(page, name) for name in ("comptes", "modele", "maniere", "etat")}
    object.__setattr__(sensitive, "asks_fresh_factor", True)
    try:
        assert browser.post(base(world, "appliquer/"), sent)["Location"] == CONFIRM
        assert held(world.reader)["correspondants"] == (1, "")
    finally:
        object.__setattr__(sensitive, "asks_fresh_factor", False)
    assert browser.post(base(world, "appliquer/"), sent).status_code == 302
    assert held(world.reader)["correspondants"] == (2, key)


def test_somebody_is_compared_with_a_model(world: World, signed_in: SignedIn) -> None:
    key = made(world)
    browser = signed_in(world.administrator)
    page = browser.get(base(world, "comparer/"), {"compte": world.user.account_id, "modele": key})
    said = text(page)
    for expected in (
        "3 services diffèrent",
        "Mon établissement Lecture seule Modification Plus que le modèle",
        "Contrats avec les fonds Aucun Lecture seule Plus que le modèle",
        "Correspondants Modification Aucun Moins que le modèle",
    ):
        assert expected in said
    own = text(browser.get(base(world, "comparer/"), {"compte": world.administrator.account_id, "modele": key}))
    assert "Vos propres droits se changent par une autre personne" in own
    for wrong in ("", "abc", "9" * 30, str(world.stranger.account_id)):
        answer = browser.get(base(world, "comparer/"), {"compte": wrong, "modele": "inconnu"})
        assert answer.status_code == 200 and "Comparer avec un modèle" in text(answer)


def test_deleted_model_is_offered_no_more_and_rights_still_say_where_they_came_from(
    world: World, signed_in: SignedIn
) -> None:
    key = made(world)
    browser = signed_in(world.administrator)
    confirmed(browser, world, compte=world.user.account_id, modele=key, maniere="remplacer")
    before = held(world.user)
    assert "1 personne garde tous les droits qu’il a donnés." in text(browser.get(base(world, f"{key}/supprimer/")))
    browser.post(base(world, f"{key}/supprimer/"))
    assert held(world.user) == before
    assert browser.get(base(world, f"{key}/")).status_code == 404
    assert "Accueil" not in text(browser.get(base(world)))
    with tenancy.scope(establishment=world.here.pk):
        assert preset_grants(key, FUNDS) == []
        assert origin_names([key, "gestionnaire-rh", "inconnu", ""]) == {
            key: "Accueil (supprimé depuis)",
            "gestionnaire-rh": "Gestionnaire RH",
        }
    assert made(world) != key


def test_model_of_another_establishment_is_not_there(world: World, signed_in: SignedIn) -> None:
    key = made(world)
    stranger = signed_in(world.stranger)
    there = f"/etablissements/{world.there.siret}/modeles/"
    for tail in (f"{key}/", f"{key}/modifier/", f"{key}/supprimer/"):
        assert stranger.get(there + tail).status_code == 404
        assert stranger.get(base(world, tail)).status_code == 404
    assert "Accueil" not in text(stranger.get(there))
    with acting(world.stranger) as who:
        for act in (actions.delete, lambda **k: actions.change(name="Vol", purpose="", grants=RECEPTION[:1], **k)):
            with pytest.raises(tenancy.Refused, match="n’existe plus"):
                act(who=who, ref=UUID(key))
        with pytest.raises(tenancy.Refused):
            actions.plan(who=who, key=key, way=Way.REPLACE, numbers=[world.stranger.account_id])


def test_models_of_the_platform_cannot_be_changed_and_only_administrators_come_here(
    world: World, signed_in: SignedIn
) -> None:
    browser = signed_in(world.administrator)
    for tail in ("gestionnaire-rh/modifier/", "gestionnaire-rh/supprimer/"):
        assert browser.post(base(world, tail), TYPED).status_code == 404
    user = signed_in(world.user)
    for tail in ("", "creer/", "appliquer/", "comparer/", "gestionnaire-rh/"):
        assert user.get(base(world, tail)).status_code == 403
        assert user.post(base(world, "appliquer/"), {"comptes": "1"}).status_code == 403
