"""What the last page of a declaration says: the summary, what to look at, whether it may be declared."""

import uuid

from django.urls import reverse

from parvis.access.standing import Standing
from parvis.agents import duplicates
from parvis.agents.entries import Declaration
from parvis.agents.models import Category, Entry, Nationality, Status
from parvis.ground.pages.filters import date_long
from parvis.regulations.affiliation import hours
from parvis.regulations.identifiers.persons import nir_masked
from parvis.services.pages import Row


def rows(told: Declaration, siret: str, draft: uuid.UUID) -> list[Row]:
    """The summary, each line with the way back to its page."""
    one, post = told.identity, told.post
    agent = reverse("service_affiliations:declare-agent", args=[siret, draft])
    work = reverse("service_affiliations:declare-post", args=[siret, draft])
    called = f"{one.first_names} {one.used_name or one.surname}"
    name = f"{called} (né{'e' if one.nir[:1] in '28' and one.nir else ''} {one.surname})" if one.used_name else called
    full = post.minutes == post.full_minutes
    worked = (
        f"{hours(post.minutes)} (temps complet)" if full else f"{hours(post.minutes)} sur {hours(post.full_minutes)}"
    )
    if post.part_time < 100:
        worked += f", à temps partiel à {int(post.part_time)}\u00a0%"
    if told.other_minutes:
        worked += f", et {hours(told.other_minutes)} ailleurs"
    index = " · ".join(
        part
        for part in (
            post.grade,
            f"indice brut {post.gross_index}" if post.gross_index else "",
            f"majoré {post.major_index}" if post.major_index else "",
        )
        if part
    )
    return [
        Row("Agent", name, agent, "Modifier", "l’agent"),
        Row("NIR", nir_masked(one.nir), agent, "Modifier", "le NIR"),
        Row("Naissance", _born(told), agent, "Modifier", "la naissance"),
        Row("Nationalité", str(Nationality(one.nationality).label), agent, "Modifier", "la nationalité"),
        Row("Arrivée", f"{Entry(told.entry).label}, le {date_long(told.entered_on)}", work, "Modifier", "l’arrivée"),
        Row("Statut", str(Status(told.status).label), work, "Modifier", "le statut"),
        *(
            [
                Row("Durée hebdomadaire", worked, work, "Modifier", "la durée"),
                Row("Catégorie", str(Category(post.category).label), work, "Modifier", "la catégorie"),
            ]
            if told.status != Status.ELECTED
            else []
        ),
        *([Row("Grade et indices", index, work, "Modifier", "le grade")] if index else []),
    ]


def _born(told: Declaration) -> str:
    one = told.identity
    return ", ".join(part for part in (date_long(one.born_on) if one.born_on else "", one.birth_place) if part)


def remarks(
    told: Declaration, found: duplicates.Found, *, completing: bool, against: str = ""
) -> list[tuple[str, str, str]]:
    """What to look at: tone, title, sentence. `against`: why the affiliation cannot begin on its day."""
    said: list[tuple[str, str, str]] = []
    if against:
        said.append(("wrong", "La date d’entrée ne convient pas", against))
    if found.here is not None and not completing:
        if duplicates.contradicts(found.here, told.identity):
            said.append(
                ("wrong", "Ce NIR est déjà celui de quelqu’un d’autre", duplicates.contradicts_words(found.here))
            )
        elif found.open is not None:
            said.append(("wrong", "Déjà affilié chez vous", duplicates.already_words(found.here, found.open)))
        else:
            said.append(
                (
                    "act",
                    "Agent déjà connu",
                    f"{found.here.name} a déjà une fiche dans votre établissement : l’affiliation s’y ajoute.",
                )
            )
    if found.elsewhere:
        if told.entry == Entry.MUTATION:
            said.append(
                (
                    "act",
                    "Affilié par un autre employeur",
                    "L’employeur précédent verra que l’agent est affilié chez vous, et déclarera son départ.",
                )
            )
        elif told.elsewhere:
            said.append(
                (
                    "act",
                    "Affilié aussi par un autre employeur",
                    "L’agent garde ses deux emplois : les heures s’ajoutent.",
                )
            )
        else:
            said.append(("wrong", "Déjà affilié par un autre employeur", duplicates.ELSEWHERE))
    return said


def may_declare(who: Standing, told: Declaration, found: duplicates.Found, *, completing: int | None) -> bool:
    """Whether the button is there at all; the action looks again."""
    if not told.scheme or told.scheme not in who.funds:
        return False
    if found.elsewhere and told.entry != Entry.MUTATION and not told.elsewhere:
        return False
    if completing is not None:
        return True
    return found.here is None or (found.open is None and not duplicates.contradicts(found.here, told.identity))
