"""What each line would do, and why it is refused."""

import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis.access.actions import changes
from parvis.access.actions.creation import Grant
from parvis.access.actions.guards import LAST_ADMINISTRATOR
from parvis.access.bulk.columns import right_parts, right_shown
from parvis.access.bulk.planning import OTHER_SIRET, OWN_ACCESS, OWN_COORDINATES, STALE, UNKNOWN
from parvis.access.bulk.queries import download_columns, download_rows
from parvis.access.levels import Level
from parvis.access.models import Membership, Right
from parvis.ground import clock
from parvis.ground.identifiers import account as identifiers
from parvis.ground.tables import csv_file, ods_file
from tests.access.bulk.hands import NEW, Row, account_of, downloaded, line_of, lines_of, reasons, sent
from tests.access.reading import acting
from tests.world import World


# --- New lines -------------------------------------------------------------------------------------------------------
def test_a_new_line_creates(world: World) -> None:
    with acting(world.administrator) as who:
        (line,) = lines_of(sent(who, [NEW]))
    assert line.kind == "created" and line.name == "Zoé Blanc" and not line.identifier
    assert ["Contrats avec les fonds", "", "Lecture seule"] in line.changes


BAD_CELLS = [
    ("Civilité", "Docteur", "« Docteur » n’est pas une civilité"),
    ("Civilité", "", "Civilité : écrivez « Madame » ou « Monsieur »"),
    ("Nom", "", "Saisissez le nom de famille."),
    ("Nom", "Martin2", "Retirez « 2 »"),
    ("Prénom", "é" * 290, "abrégez-le à 100 caractères"),
    ("Fonction", "", "Saisissez la fonction"),
    ("Adresse électronique", "zoe", "n’est pas complète"),
    ("Téléphone", "12", "n’existe pas"),
    ("Profil", "Chef", "« Chef » n’est pas un profil"),
    ("Début de l’accès", "31/02/2026", "Cette date n’existe pas"),
    ("Fin de l’accès", "01/01/2020", "déjà passée"),
    ("Contrats avec les fonds", "Modification", "ne propose pas le niveau « Modification »"),
    ("Contrats avec les fonds", "Tout", "« Tout » n’est pas un niveau"),
    ("Contrats avec les fonds", "Lecture seule du 31/12/2026 au 01/12/2026", "la fin précède le début"),
    ("Contrats avec les fonds", "Lecture seule du 31/02/2026", "Cette date n’existe pas"),
    ("Version", "bcdfghjklmnp", "L’identifiant de cette ligne a été effacé"),
]


@pytest.mark.parametrize(
    ("title", "typed", "why"), BAD_CELLS, ids=[f"{title}-{typed[:12]}" for title, typed, _ in BAD_CELLS]
)
def test_each_wrong_cell_of_a_new_line_is_refused(title: str, typed: str, why: str, world: World) -> None:
    with acting(world.administrator) as who:
        (line,) = lines_of(sent(who, [{**NEW, title: typed}]))
    assert line.kind == "refused"
    assert any(why in reason for reason in line.reasons), line.reasons


# A day that has passed closes an account that is there: the page allows it too.
OF_ACCOUNT = [case for case in BAD_CELLS if case[1] and case[0] not in ("Version", "Fin de l’accès")]


@pytest.mark.parametrize(("title", "typed", "why"), OF_ACCOUNT)
def test_each_wrong_cell_of_an_account_is_refused(title: str, typed: str, why: str, world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        line_of(rows, world.reader)[title] = typed
        assert any(why in reason for reason in reasons(who, rows))


def test_the_same_new_person_twice_or_already_there_is_refused(world: World) -> None:
    with acting(world.administrator) as who:
        twice = reasons(who, [NEW, {**NEW, "Fonction": "Autre"}])
        assert twice == [
            "Le même nouveau compte est aussi à la ligne 3 : gardez une seule des deux.",
            "Le même nouveau compte est aussi à la ligne 2 : gardez une seule des deux.",
        ]
        known = world.user.membership
        there = {**NEW, "Nom": "MARTIN", "Prénom": "lea", "Adresse électronique": known.email.upper()}
        (why,) = reasons(who, [there])
        assert why.startswith("Un compte existe déjà à ce nom et à cette adresse")
        (line,) = lines_of(sent(who, [{**NEW, "Adresse électronique": known.email}]))
        assert line.kind == "created" and "aussi celle du compte de Léa Martin" in line.notes[0]


# --- Identifiers -----------------------------------------------------------------------------------------------------
def test_identifiers_of_others_and_of_nobody_are_refused_alike(world: World) -> None:
    with acting(world.administrator) as who:
        foreign = {**NEW, "Identifiant": world.stranger.identifier}
        nobody = {**NEW, "Identifiant": identifiers.draw()}
        assert reasons(who, [foreign, nobody]) == [UNKNOWN, UNKNOWN]
        shown = lines_of(sent(who, [foreign]))[0]
        assert "Moreau" not in shown.name and not shown.account_id
        assert "faute de frappe" in reasons(who, [{**NEW, "Identifiant": "2345-6789"}])[0]
        assert reasons(who, [{**NEW, "SIRET": world.there.siret}]) == [OTHER_SIRET]


def test_the_same_account_twice_is_refused(world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        rows.append(dict(line_of(rows, world.user)))
        assert sum("Le même compte est aussi à la ligne" in why for why in reasons(who, rows)) == 2


# --- Accounts that are there -----------------------------------------------------------------------------------------
def test_a_changed_line_says_before_and_after(world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        row = line_of(rows, world.user)
        row.update({"Nom": "Martin-Blanc", "Contrats avec les fonds": "aucun", "Fin de l’accès": "31/12/2030"})
        row["Correspondants"] = "modification du 01/12/2030 au 31/12/2030"
        (line,) = [line for line in lines_of(sent(who, rows)) if line.kind == "changed"]
    assert {tuple(change) for change in line.changes} == {
        ("Nom", "Martin", "Martin-Blanc"),
        ("Fin de l’accès", "", "31/12/2030"),
        ("Correspondants", "Aucun", "modification du 01/12/2030 au 31/12/2030"),
        ("Contrats avec les fonds", "Lecture seule", "aucun"),
    }


def test_the_same_thing_said_otherwise_is_no_change(world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        row = line_of(rows, world.user)
        row.update({"Civilité": "Mme", "Profil": "utilisatrice", "Téléphone": "+33 4 65 71 00 42"})
        row.update(
            {
                "Contrats avec les fonds": "LECTURE SEULE",
                "Correspondants": "",
                "Identifiant": world.user.identifier.lower(),
            }
        )
        row["Version"] = ""
        assert sent(who, rows).counts["unchanged"] == 4


def test_oneself(world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        own = line_of(rows, world.administrator)
        for title, typed, why in (
            ("Profil", "Utilisateur", OWN_ACCESS),
            ("Fin de l’accès", "31/12/2030", OWN_ACCESS),
            ("Contrats avec les fonds", "Lecture seule", OWN_ACCESS),
            ("Adresse électronique", "autre@annecy.example", OWN_COORDINATES),
        ):
            before, own[title] = own[title], typed
            assert reasons(who, rows) == [why]
            own[title] = before
        own["Fonction"] = "Directrice"
        assert sent(who, rows).counts["changed"] == 1


def test_the_only_administrator_sets_their_own_rights(world: World) -> None:
    with acting(world.administrator) as who:
        changes.change_profile(who=who, account_id=world.second.account_id, profile="utilisateur")
        rows = downloaded(who)
        line_of(rows, world.administrator)["Contrats avec les fonds"] = "Lecture seule"
        assert sent(who, rows).counts == {"created": 0, "changed": 1, "unchanged": 3, "refused": 0}


def ending(world: World) -> None:
    """Claire, who imports, has an end date: Paul alone lasts."""
    Membership.objects.filter(pk=world.administrator.account_id).update(
        ends_on=clock.today() + datetime.timedelta(days=9)
    )


@pytest.mark.parametrize(
    ("title", "typed"),
    [("Profil", "Utilisateur"), ("Fin de l’accès", "31/12/2030"), ("Début de l’accès", "31/12/2030")],
)
def test_the_last_lasting_administrator_is_kept(title: str, typed: str, world: World) -> None:
    with acting(world.administrator) as who:
        ending(world)
        rows = downloaded(who)
        line_of(rows, world.second)[title] = typed
        assert reasons(who, rows) == [LAST_ADMINISTRATOR]
        # Somebody else takes over in the same file: then nothing stands in the way.
        line_of(rows, world.reader)["Profil"] = "Administrateur"
        assert reasons(who, rows) == []


def test_two_administrators_demoted_in_one_file_leave_nobody_and_are_both_refused(world: World) -> None:
    with acting(world.administrator) as who:
        ending(world)
        Membership.objects.filter(pk=world.reader.account_id).update(profile="administrateur")
        rows = downloaded(who)
        for person in (world.second, world.reader):
            line_of(rows, person)["Profil"] = "Utilisateur"
        assert reasons(who, rows) == [LAST_ADMINISTRATOR] * 2
        line_of(rows, world.reader)["Profil"] = "Administrateur"
        assert reasons(who, rows) == []


# --- Stale files -----------------------------------------------------------------------------------------------------
def test_a_line_nobody_touched_leaves_what_changed_elsewhere(world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        changes.set_rights(who=who, account_id=world.user.account_id, grants=[])
        lines = {line.name: line for line in lines_of(sent(who, rows))}
    assert lines["Léa Martin"].kind == "unchanged"
    assert "il est laissé comme il est" in lines["Léa Martin"].notes[0]


def test_a_stale_line_that_was_edited_is_refused(world: World) -> None:
    with acting(world.administrator) as who:
        rows = downloaded(who)
        line_of(rows, world.user)["Fonction"] = "Autre chose"
        changes.set_rights(who=who, account_id=world.user.account_id, grants=[])
        assert reasons(who, rows) == [STALE]
        without: list[Row] = [{title: text for title, text in row.items() if title != "Version"} for row in rows]
        assert reasons(who, without) == []


# --- Hypothesis ------------------------------------------------------------------------------------------------------
_WORDS = st.text(min_size=1, max_size=40).filter(lambda text: text.strip() and "\0" not in text)
_DAYS = st.one_of(st.none(), st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)))


@st.composite
def rights(draw: Any) -> tuple[Level, datetime.date | None, datetime.date | None]:
    starts, ends = draw(_DAYS), draw(_DAYS)
    if starts and ends and ends < starts:
        starts, ends = ends, starts
    return draw(st.sampled_from([Level.READ, Level.WRITE])), starts, ends


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.tuples(_WORDS, _WORDS, _WORDS, _WORDS), dates=rights(), right=rights(), ods=st.booleans())
def test_whatever_an_account_holds_its_file_changes_nothing(
    words: tuple[str, ...], dates: Any, right: Any, ods: bool, world: World
) -> None:
    with acting(world.administrator) as who:
        Membership.objects.filter(pk=world.user.account_id).update(
            **dict(zip(("first_name", "last_name", "function", "unit"), words, strict=True)),
            starts_on=dates[1], ends_on=dates[2],
        )  # fmt: skip
        Right.objects.filter(membership_id=world.user.account_id, service="mon-etablissement").update(
            level=right[0], starts_on=right[1], ends_on=right[2]
        )
        rows, columns = download_rows(who), download_columns(who, typed_cells=ods)
        made = sent(who, ods_file(columns, rows, "Comptes") if ods else csv_file(columns, rows))
        assert made.counts["unchanged"] == 4, [(line.changes, line.reasons) for line in lines_of(made)]
        assert account_of(world.user).function == words[2]


@given(right=rights())
def test_a_right_reads_as_it_was_written(right: Any) -> None:
    level, starts, ends = right
    shown = [f"{day:%d/%m/%Y}" if day else "" for day in (starts, ends)]
    assert right_parts(right_shown(Grant("contrats", level, starts, ends))) == (level, *shown)
