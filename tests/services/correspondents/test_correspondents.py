"""« Correspondants »: by function and fund held; adding, changing, ending, erasing; who may."""

import datetime
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from parvis.ground import clock
from parvis.ground.tenancy import Refused
from parvis.services.conflict import Conflict
from parvis.services.correspondents import actions, queries
from parvis.services.correspondents.actions import Entry
from parvis.services.correspondents.models import Correspondent

SIRET = "21749901100013"
PAGE = f"/etablissements/{SIRET}/services/correspondants/"
TODAY = clock.today()
ENTRY = Entry(
    civility="mme", first_name="Awa", last_name="Bonnefoy", function="Responsable paie", phone="+33450338888",
    email="awa@annecy.example", functions=["careers", "retirement"], funds=["cnracl"], starts_on=None, ends_on=None,
)  # fmt: skip
TYPED = {
    "version": "0", "civility": "m", "first_name": "Loïc", "last_name": "d’Aubigné-Le Goff", "function": "Comptable",
    "phone": "04 50 33 88 88", "email": "loic@annecy.example", "functions": ["accounting"], "funds": ["cnracl", "rafp"],
    "starts_on": "", "ends_on": "",
}  # fmt: skip


@pytest.fixture
def added(employers):
    """A correspondent, added by an action: its id."""
    with employers.scope("redactrice"):
        return actions.add(who=employers.standing("redactrice"), entry=ENTRY)[0].pk


@pytest.fixture
def browser(employers):
    return employers.client("redactrice")


def addresses(number: int) -> list[str]:
    return ["ajouter/", f"{number}/modifier/", f"{number}/retirer/"]


def test_a_reader_sees_the_list_without_any_control(employers, added, text):
    answer = employers.client("lecteur").get(PAGE)
    main = answer.content.decode().split("<main")[1].split("</main")[0]
    assert "Awa Bonnefoy" in text(answer)
    assert "<form" not in main
    assert "/modifier/" not in main
    assert "/ajouter/" not in main


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_reader_changes_nothing_and_is_told_whom_to_ask(employers, added, text, method, which):
    answer = getattr(employers.client("lecteur"), method)(PAGE + addresses(added)[which], TYPED | {"how": "delete"})
    assert answer.status_code == 403
    assert "Administratrice Lefèvre-Kerbrat" in text(answer)
    with employers.scope("lecteur"):
        assert Correspondent.objects.count() == 1


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_writer_opens_every_page(added, browser, which):
    assert browser.get(PAGE + addresses(added)[which]).status_code == 200


def test_someone_without_a_right_is_refused_and_a_stranger_finds_nothing(employers, added, text):
    for address in ["", *addresses(added)]:
        assert employers.client("sans-droit").get(PAGE + address).status_code == 403
        assert employers.client("etrangere").get(PAGE + address).status_code == 404


def test_the_number_of_a_correspondent_of_others_is_no_page(employers, added):
    theirs = PAGE.replace(SIRET, "21749902900015")
    for address in addresses(added)[1:]:
        for method in ("get", "post"):
            assert getattr(employers.client("etrangere"), method)(theirs + address, TYPED).status_code == 404
    assert employers.client("redactrice").get(PAGE + "99999999999999999999/modifier/").status_code == 404


def test_a_writer_adds_a_correspondent_and_the_journal_names_nobody(employers, browser, text, events):
    answer = browser.post(PAGE + "ajouter/", TYPED)
    assert (answer.status_code, answer.url) == (302, PAGE)
    page = text(browser.get(PAGE))
    for said in ("Loïc d’Aubigné-Le Goff est dans la liste", "Comptable", "04 50 33 88 88", "par Redactrice Durand"):
        assert said in page
    with employers.scope("redactrice"):
        [(kind, before, after)] = events("correspondent.")
    assert (kind, before) == ("correspondent.added", {})
    assert after == {"functions": ["accounting"], "funds": ["cnracl", "rafp"]}


def test_pressing_add_twice_adds_once(employers, browser):
    for _ in range(2):
        browser.post(PAGE + "ajouter/", TYPED)
    with employers.scope("redactrice"):
        assert Correspondent.objects.count() == 1


def test_the_page_says_which_pairs_of_function_and_fund_reach_nobody(employers, added, browser, text):
    with employers.scope("redactrice"):
        directory = queries.directory(frozenset({"cnracl", "rafp"}))
    nobody = {group.code: group.nobody for group in directory.groups}
    assert nobody["careers"] == ("RAFP",)
    assert nobody["accounting"] == ("CNRACL", "RAFP")
    assert directory.missing == 8
    page = text(browser.get(PAGE))
    assert "Affiliation et carrières : RAFP" in page
    assert "Comptabilité : CNRACL, RAFP" in page
    assert "Ircantec" not in page


def test_a_fund_that_is_not_held_is_neither_offered_nor_taken(employers, browser, text):
    assert 'value="ircantec"' not in browser.get(PAGE + "ajouter/").content.decode()
    answer = browser.post(PAGE + "ajouter/", TYPED | {"funds": ["cnracl", "ircantec"]})
    assert text(answer).count("n’a pas de contrat en cours avec ce fonds") == 2
    with employers.scope("redactrice"), pytest.raises(Refused, match="Ircantec"):
        actions.add(who=employers.standing("redactrice"), entry=replace(ENTRY, funds=["ircantec"]))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("last_name", "x" * 10_000, "abrégez-le à 100 caractères"),
        ("last_name", "😀", "Retirez « 😀 »"),
        ("first_name", "<script>", "Retirez « < »"),
        ("first_name", "", "Saisissez le prénom."),
        ("phone", "pas un numéro", "numéro de téléphone"),
        ("email", "loic", "adresse électronique"),
        ("ends_on", "01/13/2026", "Cette date n’existe pas"),
        ("functions", [], "Choisissez au moins un domaine."),
        ("functions", ["autre"], "Ce domaine n’existe pas"),
        ("funds", [], "Choisissez au moins un fonds."),
    ],
)
def test_bad_input_is_said_at_the_field_and_at_the_top_and_everything_typed_is_kept(
    browser, text, value, field, typed, said
):
    answer = browser.post(PAGE + "ajouter/", TYPED | {field: typed})
    assert answer.status_code == 200
    assert text(answer).count(said) == 2
    assert f'href="#id_{field}"' in answer.content.decode()
    assert f'id="id_{field}"' in answer.content.decode()
    assert value(answer, "function") == "Comptable"
    if isinstance(typed, str):
        assert value(answer, field) == typed


@pytest.mark.parametrize("name", ["محمد", "Nguyễn", "O'Brien", "Jean-Baptiste de La Rochefoucauld", "Ζωή"])
def test_names_of_any_script_are_shown_as_typed(browser, text, name):
    assert browser.post(PAGE + "ajouter/", TYPED | {"last_name": name}).status_code == 302
    assert name in text(browser.get(PAGE))


def test_bytes_that_are_no_text_do_not_break_the_form(browser):
    body = b"version=%00&last_name=%FF%FE%00&functions=%80&funds=%00&starts_on=%ED%A0%80&civility=%00"
    answer = browser.post(PAGE + "ajouter/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert b"\x00" not in answer.content


def test_a_correspondent_whose_end_precedes_the_start_is_refused(employers, browser, text):
    answer = browser.post(PAGE + "ajouter/", TYPED | {"starts_on": "02/01/2026", "ends_on": "01/01/2026"})
    assert text(answer).count("La date de fin précède la date de début") == 2
    with employers.scope("redactrice"), pytest.raises(IntegrityError), transaction.atomic():
        Correspondent.objects.create(
            establishment_id=employers.here, changed_at=clock.now(), changed_by="00000000-0000-0000-0000-000000000000",
            functions=["careers"], funds=["cnracl"], starts_on=TODAY, ends_on=TODAY - datetime.timedelta(1),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("functions", "funds"), [([], ["cnracl"]), (["careers"], []), (["x"], ["cnracl"]), (["careers"], ["x"])]
)
def test_the_database_itself_refuses_unknown_functions_and_funds(employers, functions, funds):
    with employers.scope("redactrice"), pytest.raises(IntegrityError), transaction.atomic():
        Correspondent.objects.create(
            establishment_id=employers.here, changed_at=clock.now(), changed_by="00000000-0000-0000-0000-000000000000",
            functions=functions, funds=funds,
        )  # fmt: skip


def test_a_writer_changes_a_correspondent_and_the_journal_holds_the_fields_alone(
    employers, added, browser, events, value
):
    form = browser.get(PAGE + f"{added}/modifier/")
    assert value(form, "version") == "1"
    assert value(form, "last_name") == "Bonnefoy"
    answer = browser.post(PAGE + f"{added}/modifier/", TYPED | {"version": "1"})
    assert answer.status_code == 302
    with employers.scope("redactrice"):
        kind, before, after = events("correspondent.")[-1]
    assert kind == "correspondent.changed"
    assert "last_name" in after["fields"]
    assert "Aubigné" not in str(before) + str(after)
    assert "@" not in str(before) + str(after)


def test_two_people_who_change_the_same_correspondent_see_both_versions(employers, added, browser, text, value):
    colleague = employers.client("collegue")
    colleague.post(PAGE + f"{added}/modifier/", TYPED | {"version": "1"})
    answer = browser.post(PAGE + f"{added}/modifier/", TYPED | {"version": "1", "function": "Ordonnatrice"})
    assert answer.status_code == 200
    page = text(answer)
    assert "Quelqu’un a modifié ces informations pendant votre saisie" in page
    assert "par Collegue Bonnefoy" in page
    assert value(answer, "function") == "Ordonnatrice"
    again = TYPED | {"version": value(answer, "version"), "function": "Ordonnatrice"}
    assert browser.post(PAGE + f"{added}/modifier/", again).status_code == 302
    with employers.scope("redactrice"):
        assert Correspondent.objects.get().function == "Ordonnatrice"
        with pytest.raises(Conflict):
            actions.change(who=employers.standing("redactrice"), correspondent_id=added, entry=ENTRY, version=1)


def test_a_correspondent_that_ends_stays_until_the_last_day_and_is_then_among_the_former(
    employers, added, browser, text, monkeypatch
):
    answer = browser.post(PAGE + f"{added}/retirer/", {"how": "end", "ends_on": f"{TODAY:%d/%m/%Y}"})
    assert answer.status_code == 302
    held = frozenset({"cnracl", "rafp"})
    with employers.scope("redactrice"):
        assert not queries.directory(held).former
        monkeypatch.setattr(clock, "now", lambda: datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1))
        assert [card.name for card in queries.directory(held).former] == ["Awa Bonnefoy"]
    assert "Anciens correspondants" in text(employers.client("lecteur").get(PAGE))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choisissez comment retirer"),
        ({"how": "end"}, "Saisissez le dernier jour."),
        ({"how": "end", "ends_on": "01/01/2020"}, "déjà passé"),
        ({"how": "end", "ends_on": "n’importe"}, "Cette date n’existe pas"),
        ({"how": "autre"}, "Choisissez l’une des deux façons."),
    ],
)
def test_a_withdrawal_that_does_not_say_how_is_refused(employers, added, browser, text, typed, said):
    answer = browser.post(PAGE + f"{added}/retirer/", typed)
    assert answer.status_code == 200
    assert text(answer).count(said) == 2
    with employers.scope("redactrice"):
        assert Correspondent.objects.get().ends_on is None


def test_a_correspondent_typed_by_mistake_is_erased_and_the_journal_says_it_was(employers, added, browser, events):
    answer = browser.post(PAGE + f"{added}/retirer/", {"how": "delete", "ends_on": "à moitié"})
    assert answer.status_code == 302
    with employers.scope("redactrice"):
        assert not Correspondent.objects.exists()
        kind, before, _ = events("correspondent.")[-1]
    assert (kind, before) == ("correspondent.deleted", {"functions": ["careers", "retirement"], "funds": ["cnracl"]})
    assert browser.post(PAGE + f"{added}/retirer/", {"how": "delete"}).status_code == 404


def test_a_correspondent_of_a_fund_no_longer_held_is_among_the_former_and_may_still_be_corrected(
    employers, added, browser
):
    employers.owner.execute(
        "UPDATE establishments_contract SET ends_on = %s WHERE fund = 'cnracl' AND establishment_id = %s",
        [TODAY - datetime.timedelta(1), employers.here],
    )
    with employers.scope("redactrice"):
        directory = queries.directory(frozenset({"rafp"}))
        assert [card.name for card in directory.former] == ["Awa Bonnefoy"]
    answer = browser.post(PAGE + f"{added}/modifier/", TYPED | {"version": "1", "funds": ["cnracl"]})
    assert answer.status_code == 302
    answer = browser.post(PAGE + "ajouter/", TYPED | {"funds": ["cnracl"], "email": "autre@annecy.example"})
    assert answer.status_code == 200


def test_what_was_typed_in_a_lost_session_comes_back(employers, client, text, value):
    assert client.post(PAGE + "ajouter/", TYPED).status_code == 302
    browser = employers.client("redactrice")
    session = browser.session
    session["kept"] = client.session["kept"]
    session.save()
    page = browser.get(PAGE + "ajouter/")
    assert "Votre session s’était terminée" in text(page)
    assert value(page, "last_name") == TYPED["last_name"]
    assert page.content.count(b" checked") == 4
