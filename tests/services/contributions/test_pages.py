"""« Cotisations »: what is read, by whom, in how many statements; files; the step by step of a surcharge."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from parvis.access.tasks import tasks_of
from parvis.ground import clock
from parvis.journal.actions import SYSTEM
from parvis.ledger import actions as ledger
from parvis.ledger import sides
from parvis.ledger.models import Kind, Movement
from parvis.ledger.queries import book
from parvis.ledger.words import month_in_words
from parvis.obligations.models import Computation, Occurrence
from parvis.regulations.periods import add_months
from parvis.services.contributions.models import FundDeclaration
from tests.services.contributions.conftest import months, write

SIRET, OTHER = "21749901100013", "21749902900015"
PAGE = f"/etablissements/{SIRET}/services/cotisations/"
PAGES = ["", "a-payer/", "virements/", "comptes/cnracl/", "comptes/cnracl/mouvements/", "declarations/atiacl/"]
LISTS = ["mois.csv", "mouvements.ods", "a-payer.csv", "virements.csv", "majorations.ods"]


@pytest.fixture
def atiacl(payers):
    """With a contract for which something is declared here."""
    payers.contract("atiacl")
    return payers


def surcharge(employers):
    """A surcharge for a payment sixteen days late, of the first month of three."""
    month = months(3)[0]
    due = add_months(month, 1).replace(day=5)
    detail = {"amount": 487_50, "due_on": due.isoformat(), "months": 1, "charged": 25_35,
              "paid_on": (due + datetime.timedelta(days=16)).isoformat()}  # fmt: skip
    with employers.scope("redactrice"):
        made = ledger.record(
            actor=SYSTEM, establishment=employers.here, fund="cnracl", kind=Kind.SURCHARGE, month=month,
            sides=sides.surcharge(25_35), key="late:1/1", label="Versement du 21", detail=detail,
        )  # fmt: skip
    return f"majorations/{made.ref}/"


def test_who_reads_who_declares_and_who_sees_nothing(atiacl, text):
    write(atiacl)
    pages = [*PAGES, *(f"liste/{name}" for name in LISTS), surcharge(atiacl)]
    declare = f"declarations/atiacl/{months(1)[0]:%Y-%m}-1/"
    for who, status in {"redactrice": 200, "lecteur": 200, "sans-droit": 403, "etrangere": 404}.items():
        browser = atiacl.client(who)
        for page in pages:
            assert browser.get(PAGE + page).status_code == status, (who, page)
    for method in ("get", "post"):
        refused = getattr(atiacl.client("lecteur"), method)(PAGE + declare, {"agents": "1", "base": "1"})
        assert refused.status_code == 403
        assert "Administratrice Lefèvre-Kerbrat" in text(refused)
        assert getattr(atiacl.client("etrangere"), method)(PAGE + declare, {}).status_code == 404
    assert not FundDeclaration.objects.exists()
    assert "/declarations/atiacl/2" not in atiacl.client("lecteur").get(PAGE + "declarations/atiacl/").content.decode()


def test_what_is_of_others_is_no_page_here(payers, text):
    write(payers)
    charge = surcharge(payers)
    theirs = PAGE.replace(SIRET, OTHER)
    assert payers.client("etrangere").get(theirs + charge).status_code == 404
    mine = payers.client("etrangere").get(theirs)
    assert "487" not in text(mine)
    for page in ("comptes/nulle-part/", "comptes/feh/mouvements/", "declarations/cnracl/", "declarations/feh/",
                 "liste/tout.csv", "liste/mois.exe", "majorations/1/"):  # fmt: skip
        assert payers.client("redactrice").get(PAGE + page).status_code == 404, page


def test_the_accounts_say_what_is_due_paid_and_left_by_month(payers, text):
    write(payers)
    surcharge(payers)
    browser = payers.client("lecteur")
    page = text(browser.get(PAGE))
    assert "487,50 € à payer" in page and "25,35 €" in page
    account = text(browser.get(f"{PAGE}comptes/cnracl/?annee={months(1)[0].year}"))
    assert "111,00 €" in account and "376,50 €" in account and month_in_words(months(1)[0]) in account
    paying = text(browser.get(PAGE + "a-payer/"))
    assert "513,85" not in paying  # surcharges are paid apart, never with contributions
    assert "RF" in paying and "Gestionnaire fictif, CNRACL" in paying and "FR23 9999" in paying
    moved = text(browser.get(PAGE + "comptes/cnracl/mouvements/"))
    assert "−487,50 €" in moved and "+487,50 €" in moved


@pytest.fixture
def waits(payers):
    """A transfer that waits for an adviser."""
    payers.owner.execute(
        "WITH file AS (INSERT INTO ledger_bankfile (fund, digest, name, format, imported_at, counts) "
        "VALUES ('cnracl', 'd', 'r.xml', 'camt', %(now)s, '{}') RETURNING id) "
        'INSERT INTO ledger_bankpayment (ref, file_id, fund, key, amount, debit, "on", reference, label, payer, '
        "establishment_id, state, why, found, received_at, note) SELECT gen_random_uuid(), id, 'cnracl', 'k', 123, "
        "false, '2026-11-03', '', '', '', %(here)s, 'waiting', 'amount', '{\"open\": 0}', %(now)s, '' FROM file",
        {"now": clock.now(), "here": payers.here},
    )
    yield
    payers.owner.execute("DELETE FROM ledger_bankpayment")
    payers.owner.execute("DELETE FROM ledger_bankfile")


def test_what_was_paid_too_much_says_how_to_have_it_back(payers, text):
    write(payers)
    first = months(2)[0]
    with payers.scope("redactrice"):
        ledger.record(
            actor=SYSTEM, establishment=payers.here, fund="cnracl", kind=Kind.PAYMENT, month=first,
            sides=sides.payment({first: 12_34}), key="more", on=clock.today(),
        )  # fmt: skip
    address = f"{PAGE}comptes/cnracl/?annee={first.year}"
    way = "?demande=remboursement"
    reader, writer = (payers.client(who).get(address) for who in ("lecteur", "redactrice"))
    assert "Trop versé : 12,34 €." in text(reader) and way not in reader.content.decode()
    assert way in writer.content.decode() and "?demande=transfert-inter-fonds" in writer.content.decode()


def test_who_pays_is_told_of_a_transfer_that_waits(payers, waits, text):
    write(payers)
    page = text(payers.client("lecteur").get(PAGE + "a-payer/"))
    assert "1,23 €, reçu le 3 novembre 2026 par le compte CNRACL : montant sans échéance." in page
    assert "ne payez pas deux fois" in page


def test_a_surcharge_shows_its_computation_and_what_a_waiver_needs(payers, text):
    write(payers)
    page = text(payers.client("lecteur").get(PAGE + surcharge(payers)))
    for figure in ("487,50 €", "24,38 €", "0,98 €", "R.243-16"):
        assert figure in page
    assert "16 jours après l’échéance" in page and "1 échéance payée en retard" in page
    assert "une remise peut être demandée" in page


def test_as_many_statements_for_ten_years_of_ten_thousand_agents_as_for_a_month(payers):
    browser = payers.client("lecteur")
    browser.get(PAGE)  # what a process reads once
    counts: dict[str, list[int]] = {}
    for count in (2, 120):
        write(payers, count, agents=10_000)
        with payers.scope("redactrice"):
            connection.cursor().execute("SET CONSTRAINTS ALL DEFERRED")
        for page in ("", "a-payer/", "comptes/cnracl/", "comptes/cnracl/mouvements/", "virements/"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert browser.get(PAGE + page).status_code == 200
            counts.setdefault(page, []).append(len(queries))
    assert all(few == many for few, many in counts.values()), counts


def test_files_hold_the_figures_and_no_formula(payers):
    write(payers)
    with payers.scope("redactrice"):
        ledger.record(
            actor=SYSTEM, establishment=payers.here, fund="cnracl", kind=Kind.PAYMENT, month=months(1)[0],
            sides=sides.payment({months(1)[0]: 1}), key="x", label="=CMD()", reference="=1+1",
        )  # fmt: skip
    answer = payers.client("lecteur").get(PAGE + "liste/mouvements.csv")
    rows = answer.content.decode("utf-8-sig")
    assert "'=CMD()" in rows and "'=1+1" in rows and ";487,50;" in rows
    assert answer["Content-Disposition"].startswith("attachment")
    months_file = payers.client("lecteur").get(PAGE + "liste/mois.csv").content.decode("utf-8-sig")
    assert "CNRACL;" in months_file and "111" in months_file


def said(base, agents="12", what="declarer", version="0", **more):
    """What the page sends; `montant`: the contribution as it was shown, 0.4 % in cents."""
    plain = base.replace(" ", "").replace(",", ".")
    shown = str(round(float(plain) * 0.4)) if plain.replace(".", "").isdecimal() else ""
    return {"agents": agents, "base": base, "faire": what, "version": version, "montant": shown, **more}


def test_a_period_of_the_atiacl_is_computed_then_declared_then_corrected(atiacl, text, events):
    month = months(1)[0]
    page = f"{PAGE}declarations/atiacl/{month:%Y-%m}-1/"
    browser = atiacl.client("redactrice")
    computed = text(browser.post(page, said("48 250,00", what="calculer")))
    assert "193,00 €" in computed and not FundDeclaration.objects.exists()
    # Another base than the one whose contribution was read: it is shown again, and nothing is declared.
    moved = text(browser.post(page, said("48 250,00") | {"base": "84 250,00"}))
    assert "l’assiette a changé depuis le calcul" in moved and "337,00 €" in moved
    assert not FundDeclaration.objects.exists()
    assert browser.post(page, said("48 250,00")).status_code == 302
    # Pressed twice: the same, once. Another, from a page that was opened before: refused, and nothing is lost.
    assert browser.post(page, said("48 250,00")).status_code == 302
    assert "entre-temps" in text(browser.post(page, said("1,00")))
    assert browser.post(page, said("50 000", version="1")).status_code == 302
    with atiacl.scope("redactrice"):
        assert [(one.version, one.amount) for one in FundDeclaration.objects.order_by("version")] == [
            (1, 193_00),
            (2, 200_00),
        ]
        rows = Movement.objects.filter(fund="atiacl")
        assert sorted((one.kind, one.counters_id is not None) for one in rows) == [("due", False)] * 2 + [("due", True)]
        assert [kind for kind, _, _ in events("contributions.")] == ["contributions.declared"] * 2
    assert "200,00 €" in text(browser.get(PAGE + "declarations/atiacl/"))


def test_the_year_owes_what_it_adds_and_closes_its_periods(atiacl, text):
    year = clock.today().year - 1
    browser = atiacl.client("redactrice")
    december, recap = (f"{PAGE}declarations/atiacl/{year}-{code}/" for code in ("12-1", "01-12"))
    assert browser.post(december, said("10 000")).status_code == 302
    assert "1 période déclarée : assiette 10 000,00 €, cotisations 40,00 €" in text(browser.get(recap)).replace(
        "\u202f", " "
    )
    assert browser.post(recap, said("12 000", note="rappel")).status_code == 302
    with atiacl.scope("redactrice"):
        owed = [one.detail["base"] for one in Movement.objects.filter(fund="atiacl").order_by("pk")]
        assert owed == [10_000_00, 12_000_00]
        assert book(atiacl.here, ["atiacl"]).total("atiacl").due == 48_00
    assert "déjà récapitulée" in text(browser.post(december, said("1", version="1")))


@pytest.mark.parametrize(
    ("base", "agents", "wanted"),
    [
        ("", "12", "Saisissez l’assiette"),
        ("douze", "12", "Saisissez un montant"),
        ("-1", "12", "Saisissez un montant"),
        ("1,234", "12", "Saisissez un montant"),
        ("9" * 14, "12", "Saisissez un montant"),
        ("9" * 13, "12", "trop grand"),
        ("1", "", "nombre d’agents"),
        ("1", "1,5", "entier"),
        ("1", "-1", "0 ou plus"),
        ("1", "9" * 30, "trop grand"),
    ],
)
def test_what_is_typed_wrong_is_said_and_kept(atiacl, text, base, agents, wanted):
    page = f"{PAGE}declarations/atiacl/{months(1)[0]:%Y-%m}-1/"
    answer = atiacl.client("redactrice").post(page, said(base, agents))
    assert answer.status_code == 200
    assert wanted in text(answer)
    assert f'value="{base}"' in answer.content.decode()
    assert not FundDeclaration.objects.exists()


@pytest.mark.parametrize("code", ["2026-13-1", "1990-01-1", "2026-10-2", "2026-10-3-1", "x", "2999-01-1", "2026-02-12"])
def test_a_period_that_is_not_to_be_declared_is_no_page(atiacl, code):
    assert atiacl.client("redactrice").get(f"{PAGE}declarations/atiacl/{code}/").status_code == 404


def test_what_is_to_be_paid_soon_and_what_waits_is_to_do_for_who_reads_it(payers, text):
    write(payers, 2, paid=False)
    soon = clock.today() + datetime.timedelta(days=3)
    first = months(1)[0]
    with payers.scope("redactrice"):
        Occurrence.objects.create(
            establishment_id=payers.here, key="k", fund="cnracl", act="pay", label="Verser", period_starts_on=first,
            period_ends_before=add_months(first, 1), due_on=soon, placed_on=soon, uncertain=False,
            changed_at=clock.now(),
        )  # fmt: skip
        Computation.objects.create(
            establishment_id=payers.here, digest="x", follows_from=clock.today(), computed_at=clock.now()
        )
        who = ("lecteur", "sans-droit", "redactrice")
        told = {each: [one.title for one in tasks_of(payers.standing(each))] for each in who}
    paid = {each: [one.replace("\u00a0", " ") for one in told[each] if "er" in one and "€" in one] for each in who}
    assert paid == {"lecteur": ["Payer 487,50 €"], "sans-droit": [], "redactrice": ["Payer 487,50 €"]}
    # Who follows the obligation has one line for it, with the amount.
    assert not [one for one in told["redactrice"] if one == "Verser"]


def test_a_day_that_is_only_assumed_says_so_and_what_to_give(payers, text):
    write(payers)
    page = payers.client("lecteur").get(f"{PAGE}comptes/cnracl/?annee={months(1)[0].year}")
    said = text(page)
    assert "Échéance supposée" in said and "aucune majoration de retard n’est calculée" in said
    assert f"/etablissements/{SIRET}/services/mon-etablissement/" in page.content.decode()
    assert "Échéance supposée. Le nombre d’agents" in text(payers.client("lecteur").get(f"{PAGE}a-payer/"))
