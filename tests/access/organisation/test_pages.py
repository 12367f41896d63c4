"""The pages of an organisation: who opens them, what they show, how many statements they cost, what they refuse."""

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.levels import Level
from parvis.access.models import Assignment, Delegation, Portfolio, PortfolioClient, PortfolioMember
from parvis.access.organisation.actions.assignments import assign
from parvis.access.organisation.actions.batches import pick
from parvis.access.organisation.actions.portfolios import add_clients, create_portfolio, set_member
from parvis.access.organisation.picked import Picked
from parvis.access.tasks import tasks_of
from parvis.ground import clock, tenancy
from tests.access.accounts.hands import read_csv
from tests.access.organisation.hands import DAY, Centre, doing, employers, give, level_at
from tests.access.reading import events, html, summary, words
from tests.plugins.html import ReadingClient
from tests.world import Someone, World

SignedIn = Callable[[Someone], ReadingClient]
OPEN_TO_MEMBERS = ("suivis/", "suivis/etablissements-suivis.csv", "portefeuilles/")
ADMINISTRATORS_ALONE = (
    "suivis/confier/", "suivis/20006340200016/", "portefeuilles/creer/", "propositions/", "propositions/relancer/",
    "propositions/nouvelles/",
)  # fmt: skip


@pytest.mark.parametrize("rest", [*OPEN_TO_MEMBERS, *ADMINISTRATORS_ALONE])
def test_an_ordinary_establishment_and_a_stranger_have_no_such_page(
    rest: str, centre: Centre, world: World, signed_in: SignedIn
) -> None:
    assert signed_in(world.administrator).get(f"/etablissements/{world.here.siret}/{rest}").status_code == 404
    for stranger in (world.administrator, world.stranger):
        assert signed_in(stranger).get(centre.path(rest)).status_code == 404


@pytest.mark.parametrize("rest", ADMINISTRATORS_ALONE)
def test_who_does_not_administer_meets_403(rest: str, centre: Centre, signed_in: SignedIn) -> None:
    answer = signed_in(centre.agent).get(centre.path(rest))
    assert answer.status_code == 403
    assert "Sophie Roche" in html(answer)


@pytest.mark.parametrize("rest", [one for one in ADMINISTRATORS_ALONE if one != "suivis/confier/"])
def test_who_administers_opens_them(rest: str, centre: Centre, signed_in: SignedIn) -> None:
    assert signed_in(centre.chief).get(centre.path(rest)).status_code == 200


def test_navigation_leads_there_only_where_one_acts_for_others(
    centre: Centre, world: World, signed_in: SignedIn
) -> None:
    assert f'href="{centre.path("suivis/")}"' in html(signed_in(centre.agent).get(centre.path()))
    assert "Établissements suivis" not in html(
        signed_in(world.administrator).get(f"/etablissements/{world.here.siret}/")
    )


def test_a_member_sees_their_own_clients_and_the_way_into_each(centre: Centre, signed_in: SignedIn) -> None:
    browser = signed_in(centre.agent)
    assert "Aucun établissement ne vous est confié" in words(browser.get(centre.path("suivis/")))
    wanted = [centre.clients[0].pk, centre.clients[2].pk]
    doing(
        centre.chief,
        lambda here: assign(who=here, account_id=centre.agent.account_id, clients=wanted, level=Level.READ),
    )
    page = browser.get(centre.path("suivis/"))
    assert "2\u00a0établissements" in html(page)
    assert f'href="/etablissements/{centre.clients[0].siret}/"' in html(page)
    assert centre.clients[1].name not in words(page)
    assert "Nora Vidal" not in words(page)
    assert browser.get(f"/etablissements/{centre.clients[0].siret}/").status_code == 200
    assert browser.get(f"/etablissements/{centre.clients[1].siret}/").status_code == 404


def test_who_administers_sees_all_and_who_works_there(centre: Centre, signed_in: SignedIn) -> None:
    doing(
        centre.chief,
        lambda here: assign(
            who=here, account_id=centre.agent.account_id, clients=[centre.clients[0].pk], level=Level.WRITE
        ),
    )
    browser = signed_in(centre.chief)
    assert "6\u00a0établissements" in html(browser.get(centre.path("suivis/")))
    found = words(browser.get(centre.path("suivis/"), {"personne": str(centre.agent.account_id)}))
    assert "1 établissement correspond" in found.replace("\u00a0", " ")
    found = words(browser.get(centre.path("suivis/"), {"personne": "aucune"}))
    assert "5 établissements correspondent" in found.replace("\u00a0", " ")
    found = words(browser.get(centre.path("suivis/"), {"q": "200 063 402"}))
    assert "Annecy" in found


def test_filters_by_state(centre: Centre, signed_in: SignedIn) -> None:
    today, some = clock.today(), employers(3, start=300)
    give(centre.place, [some[0]], ends_on=today + 20 * DAY)
    give(centre.place, [some[1]], starts_on=today + 20 * DAY)
    give(centre.place, [some[2]], ended_at=clock.now())
    browser = signed_in(centre.chief)
    for state, name in (("bientot", some[0].name), ("a-venir", some[1].name), ("terminee", some[2].name)):
        page = words(browser.get(centre.path("suivis/"), {"etat": state}))
        assert name in page
        assert "1 établissement correspond" in page.replace("\u00a0", " ")
    for nonsense in ({"etat": "x", "page": "9" * 9, "portefeuille": "x", "personne": "-1"}, {"q": "\0'%_"}):
        assert browser.get(centre.path("suivis/"), nonsense).status_code == 200


def test_the_export_is_what_is_filtered_and_leaves_a_trace(centre: Centre, signed_in: SignedIn) -> None:
    answer = signed_in(centre.chief).get(centre.path("suivis/etablissements-suivis.csv"), {"q": "commune"})
    rows = read_csv(answer.content)
    assert rows[0][:2] == ["SIRET", "Établissement"]
    assert len(rows) == 6
    assert rows[1][0] == f"'{centre.clients[1].siret}"
    (event,) = events(centre.place.pk, kind="clients.exported")
    assert event.after == {"rows": 5, "format": "csv", "filter": "recherche"}


def statements(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_pages_cost_the_same_with_1500_clients(centre: Centre, signed_in: SignedIn) -> None:
    browser = signed_in(centre.chief)
    paths = [centre.path(rest) for rest in ("suivis/", "propositions/", "portefeuilles/", "")]
    for path in paths:
        browser.get(path)
    before = [statements(lambda path=path: browser.get(path)) for path in paths]
    many = employers(1500, start=2000)
    give(centre.place, many)
    team = centre.agent.membership
    made = Portfolio.objects.create(establishment=centre.place, name="Tout", created_at=clock.now())
    held = {"granted_at": clock.now(), "granted_by": centre.chief.membership.ref, "establishment": centre.place}
    PortfolioClient.objects.bulk_create(
        PortfolioClient(establishment=centre.place, portfolio=made, client=one) for one in many
    )
    PortfolioMember.objects.create(portfolio=made, membership=team, level=2, **held)
    Assignment.objects.bulk_create(Assignment(client=one, membership=team, level=1, **held) for one in many)
    assert [statements(lambda path=path: browser.get(path)) for path in paths] == before
    assert statements(lambda: browser.get(centre.path(f"portefeuilles/{made.ref}/"))) <= max(before) + 6
    answer = browser.get(centre.path("suivis/etablissements-suivis.csv"))
    assert len(read_csv(answer.content)) == 1507


def test_giving_a_selection_and_all_that_is_shown(centre: Centre, signed_in: SignedIn) -> None:
    browser = signed_in(centre.chief)
    path = centre.path("suivis/confier/")
    assert browser.get(path).status_code == 302
    page = browser.get(path, {"tous": "1", "q": "commune"})
    assert "Confier 5 établissements" in words(page).replace("\u00a0", " ")
    numbers = ",".join(str(one.pk) for one in centre.clients[:2])
    wrong = browser.post(path, {"etablissements": numbers, "acte": "personne", "account": "", "level": ""})
    assert len(summary(wrong)) == 2
    assert numbers in html(wrong)
    asked = {"etablissements": numbers, "acte": "personne", "account": str(centre.agent.account_id), "level": "lecture"}
    assert browser.post(path, asked).status_code == 302
    assert level_at(centre.agent, centre.clients[0]) is Level.READ
    made = doing(centre.chief, lambda here: create_portfolio(who=here, name="Lac"))
    asked = {"etablissements": numbers, "acte": "portefeuille", "portfolio": str(made.ref)}
    assert browser.post(path, asked).status_code == 302
    with tenancy.scope(establishment=centre.place.pk):
        assert PortfolioClient.objects.count() == 2
    for foreign in (str(uuid.uuid4()), "x"):
        answer = browser.post(path, {"etablissements": numbers, "acte": "portefeuille", "portfolio": foreign})
        assert answer.status_code == 200
        assert "n’existe plus" in words(answer)


def test_one_client_page_gives_and_takes_back(centre: Centre, world: World, signed_in: SignedIn) -> None:
    browser, path = signed_in(centre.chief), centre.path(f"suivis/{world.here.siret}/")
    asked = {"account": str(centre.agent.account_id), "level": "modification"}
    assert browser.post(path, asked).status_code == 302
    assert "Hugo Blanc" in words(browser.get(path))
    assert browser.post(path, {"retirer": str(centre.agent.account_id)}).status_code == 302
    assert level_at(centre.agent, world.here) is Level.NONE
    foreign = browser.post(path, {"account": str(world.user.account_id), "level": "lecture"})
    assert "Cette personne n’a plus de compte ouvert ici" in words(foreign)
    assert browser.get(centre.path(f"suivis/{world.there.siret}/")).status_code == 404


def test_coming_back_after_signing_in_takes_nothing_back(centre: Centre, world: World, signed_in: SignedIn) -> None:
    """« Retirer » pressed as the session was lost: the page is read again, and writes nothing."""
    browser, path = signed_in(centre.chief), centre.path(f"suivis/{world.here.siret}/")
    account = centre.agent.account_id
    assert browser.post(path, {"account": str(account), "level": "modification"}).status_code == 302
    session = browser.session
    session["kept"] = [{"path": path, "body": f"retirer={account}"}]
    session.save()
    answer = browser.get(path)
    assert answer.status_code == 200 and "Choisissez la personne" not in words(answer)
    assert not browser.session["kept"]
    assert level_at(centre.agent, world.here) is Level.WRITE


def test_a_portfolio_and_its_team_by_its_pages(centre: Centre, world: World, signed_in: SignedIn) -> None:
    browser = signed_in(centre.chief)
    assert browser.post(centre.path("portefeuilles/creer/"), {"name": "Lac"}).status_code == 302
    with tenancy.scope(establishment=centre.place.pk):
        ref = Portfolio.objects.get().ref
    path = centre.path(f"portefeuilles/{ref}/")
    again = browser.post(centre.path("portefeuilles/creer/"), {"name": "lac"})
    assert "porte déjà ce nom" in words(again)
    doing(centre.chief, lambda here: add_clients(who=here, ref=ref, clients=[world.here.pk]))
    assert signed_in(centre.agent).get(path).status_code == 404
    asked = {"account": str(centre.agent.account_id), "level": "lecture"}
    assert browser.post(f"{path}equipe/", asked).status_code == 302
    page = signed_in(centre.agent).get(path)
    assert f'href="/etablissements/{world.here.siret}/"' in html(page)
    assert "Retirer" not in words(page)
    for rest in ("equipe/", "retirer/", "supprimer/", "renommer/"):
        assert signed_in(centre.agent).post(f"{path}{rest}", asked).status_code == 403
    assert browser.post(f"{path}retirer/", {"etablissement": str(world.here.pk)}).status_code == 302
    assert browser.post(f"{path}equipe/", {"retirer": str(centre.agent.account_id)}).status_code == 302
    assert browser.post(f"{path}renommer/", {"name": "Lac d’Annecy"}).status_code == 302
    assert browser.get(f"{path}supprimer/").status_code == 200
    assert browser.post(f"{path}supprimer/").status_code == 302
    assert browser.get(path).status_code == 404


def test_a_file_is_previewed_then_proposed_once(centre: Centre, world: World, signed_in: SignedIn) -> None:
    browser, (fresh,) = signed_in(centre.chief), employers(1, start=800)
    file = SimpleUploadedFile("l.csv", f"SIRET\r\n{fresh.siret}\r\n{world.here.siret}\r\n12\r\n".encode())
    answer = browser.post(centre.path("propositions/nouvelles/"), {"fichier": "1", "file": file})
    path = answer.headers["Location"]
    page = words(browser.get(path))
    for said in (fresh.name, "Délégation déjà en cours", "SIRET erroné", "À proposer"):
        assert said in page
    assert browser.get(f"{path}verification/").headers["Location"] == f"{path}conditions/"
    assert summary(browser.post(f"{path}conditions/", {"reason": ""}))
    today = clock.today()
    asked = {
        "niveau-contrats": "lecture", "starts_on": f"{today:%d/%m/%Y}", "ends_on": f"{today + 300 * DAY:%d/%m/%Y}",
        "reason": "Convention",
    }  # fmt: skip
    assert browser.post(f"{path}conditions/", asked).headers["Location"] == f"{path}verification/"
    assert "Proposer à 1" in words(browser.get(f"{path}verification/"))
    for _ in range(2):
        assert browser.post(f"{path}verification/").headers["Location"] == centre.path("propositions/")
    with tenancy.scope(establishment=centre.place.pk, role=tenancy.PORTFOLIO):
        assert Delegation.objects.filter(establishment=fresh).count() == 1
    assert browser.get(path).status_code == 302


@pytest.mark.parametrize(
    "content", [b"", b"Nom\nUn\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"SIRET\n" + b"1" * 1_100_000]
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(
    content: bytes, centre: Centre, signed_in: SignedIn
) -> None:
    sent = io.BytesIO(content)
    sent.name = "x.csv"
    answer = signed_in(centre.chief).post(centre.path("propositions/nouvelles/"), {"fichier": "1", "file": sent})
    assert answer.status_code == 200
    assert "#id_file" in summary(answer).values()


def test_choosing_in_the_directory(centre: Centre, signed_in: SignedIn) -> None:
    employers(3, start=900, kind="epci", department="2A")
    browser, path = signed_in(centre.chief), centre.path("propositions/nouvelles/")
    page = browser.get(path, {"departement": "2a", "type": "epci"})
    assert "3 établissements trouvés" in words(page).replace("\u00a0", " ")
    assert summary(browser.post(path))
    made = browser.post(f"{path}?departement=2A", {"tous": "1"})
    assert made.status_code == 302
    ref = made.headers["Location"].rstrip("/").rpartition("/")[2]
    assert browser.post(f"{path}?lot={ref}", {"siret": [centre.clients[1].siret, "x"]}).status_code == 302
    assert "4 établissements choisis" in words(browser.get(made.headers["Location"])).replace("\u00a0", " ")
    assert browser.post(f"{made.headers['Location']}abandonner/").status_code == 302
    assert browser.get(made.headers["Location"]).status_code == 404


def test_a_batch_of_others_is_not_there(centre: Centre, world: World, signed_in: SignedIn) -> None:
    made = doing(centre.chief, lambda here: pick(who=here, ref=None, lines=[Picked(1, "x", wrong="x.")]))
    for rest in ("", "conditions/", "verification/", "abandonner/"):
        path = f"propositions/{made.ref}/{rest}"
        assert signed_in(world.administrator).get(centre.path(path)).status_code == 404
        assert signed_in(centre.agent).get(centre.path(path)).status_code == 403


def test_clients_of_nobody_are_told_under_to_do(centre: Centre, world: World) -> None:
    (task,) = [one for one in doing(centre.chief, tasks_of) if "confiés à personne" in one.title]
    assert task.title.startswith("6")
    made = doing(centre.chief, lambda here: create_portfolio(who=here, name="Tout"))
    wanted = [one.pk for one in centre.clients]
    doing(centre.chief, lambda here: add_clients(who=here, ref=made.ref, clients=wanted))
    doing(
        centre.chief,
        lambda here: set_member(who=here, ref=made.ref, account_id=centre.agent.account_id, level=Level.READ),
    )
    assert not [one for one in doing(centre.chief, tasks_of) if "confié" in one.title]
    assert not [one for one in doing(world.administrator, tasks_of) if "confié" in one.title]


def test_the_directory_is_for_who_acts_for_others_alone(centre: Centre, world: World) -> None:
    """The crossings, tried by a stranger."""
    sql = "SELECT count(*) FROM access_directory_page('{}', '', '', 0, 10)"
    lines = "SELECT count(*) FROM access_directory_lines(%s)"
    for who, found in ((world.stranger, 0), (world.administrator, 0), (centre.chief, 7)):
        with (
            tenancy.scope(person=who.person.pk, establishment=who.membership.establishment_id),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
            assert cursor.fetchone()[0] == found
            cursor.execute(lines, [[world.here.siret]])
            assert cursor.fetchone()[0] == min(found, 1)
            cursor.execute("SELECT access_unattended(%s)", [clock.today()])
            assert cursor.fetchone()[0] == (6 if found else 0)
