"""« Premiers pas »: what an establishment that was just registered has still to do. Nothing of it but marks is stored.

A package above may add a step of its own (`register`): whether it is done is one SQL expression, asked of all at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from parvis.access import tasks
from parvis.access.standing import Standing, read_list
from parvis.ground import clock
from parvis.ground.database.prepared import prepared
from parvis.ground.pages.addresses import address
from parvis.ground.tenancy import Refused, action
from parvis.journal.actions import Actor, record
from parvis.registration.models import FirstSteps


@dataclass(frozen=True, slots=True)
class Step:
    """A step: what to do and why, where. `done_sql`: a scalar over %(establishment)s and %(person)s, true once done; ""
    where somebody marks it by hand. Steps come in the order of `rank`."""

    code: str
    rank: int
    title: str
    why: str
    page: str
    done_sql: str = ""
    of_establishment: bool = True

    def href(self, siret: str) -> str:
        return address(self.page, siret) if self.of_establishment else address(self.page)


_STEPS: dict[str, Step] = {}


def register(*steps: Step) -> None:
    """Declare steps, once each (from an AppConfig)."""
    for step in steps:
        if step.code in _STEPS:
            raise ValueError(f"First step registered twice: {step.code}")
        _STEPS[step.code] = step


def ordered() -> list[Step]:
    """All of them, in order."""
    return sorted(_STEPS.values(), key=lambda step: step.rank)


register(
    Step(
        "second-administrator",
        10,
        "Nommer une seconde personne qui administre",
        "Si vous êtes absent ou si vous partez, personne ne reste bloqué.",
        "access:create",
        "SELECT count(*) > 1 FROM access_membership m WHERE m.establishment_id = %(establishment)s "
        "AND m.profile = 'administrateur' AND m.deactivated_at IS NULL",
    ),
    Step(
        "terms",
        20,
        "Accepter les conditions générales d’utilisation",
        "Sans elles, les services se ferment après le délai indiqué.",
        "access:terms",
        "SELECT EXISTS (SELECT 1 FROM access_termsacceptance t WHERE t.establishment_id = %(establishment)s)",
    ),
    Step(
        "rights",
        30,
        "Créer les comptes de vos collègues et leurs droits",
        "Vous avez reçu tous les droits ; chaque personne reçoit ceux dont elle a besoin.",
        "access:accounts",
        "SELECT count(DISTINCT r.membership_id) > 1 FROM access_right r WHERE r.establishment_id = %(establishment)s",
    ),
    Step(
        "notifications",
        50,
        "Choisir vos notifications",
        "Les courriels de sécurité partent toujours ; vous choisissez les autres.",
        "notices:choices",
        of_establishment=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as the page shows it. `by_hand`: it is marked as done by a button."""

    code: str
    title: str
    why: str
    href: str
    done: bool
    by_hand: bool


def _facts_sql() -> str:
    facts = ", ".join(f"({step.done_sql or 'SELECT NULL::boolean'})" for step in ordered())
    days = settings.PARVIS_FIRST_STEPS.days
    return f"""SELECT json_build_array(f.marked, json_build_array({facts})) FROM registration_firststeps f
      WHERE f.establishment_id = %(establishment)s AND f.closed_at IS NULL
        AND (f.opened_at AT TIME ZONE 'Europe/Paris')::date > %(today)s::date - {days}"""


def _read(who: Standing, found: Any) -> list[Shown]:
    marked, facts = read_list(found)
    return [
        Shown(
            step.code, step.title, step.why, step.href(who.siret), bool(fact) or step.code in marked, not step.done_sql
        )
        for step, fact in zip(ordered(), facts, strict=True)
    ]


def steps_of(who: Standing) -> list[Shown]:
    """The steps of the establishment in scope; none where it is no new one, or the list was put away."""
    with prepared() as cursor:
        cursor.execute(
            _facts_sql(),
            {"establishment": who.establishment_id, "person": who.person_id, "today": who.today},
        )
        row = cursor.fetchone()
    return _read(who, row[0]) if row else []


def _tasks(who: Standing, found: Any) -> Iterable[tasks.Task]:
    """The next step, and the way to all of them: five lines of steps would hide what else waits."""
    shown = _read(who, found)
    left = [step for step in shown if not step.done]
    if left:
        done = len(shown) - len(left)
        yield tasks.Task(left[0].title, left[0].why, left[0].href, state="Premiers pas")
        yield tasks.Task(
            f"Premiers pas : {done} sur {len(shown)} faits",
            "Voir toute la liste, marquer ce qui est fait, ou la retirer de l’accueil.",
            address("first-steps:list", who.siret),
            state="Premiers pas",
        )


@action
def mark(*, establishment_id: int, code: str) -> None:
    """Somebody who administers says that a step is done. Raises Refused for one that the platform sees by itself."""
    step = _STEPS.get(code)
    if step is None or step.done_sql:
        raise Refused("Cette étape se coche d’elle-même dès qu’elle est faite.")
    held = FirstSteps.objects.select_for_update().filter(establishment_id=establishment_id, closed_at=None).first()
    if held is not None and code not in held.marked:
        held.marked = [*held.marked, code]
        held.save(update_fields=["marked"])


@action
def put_away(*, actor: Actor, establishment_id: int) -> None:
    """The list is shown no more."""
    held = FirstSteps.objects.select_for_update().filter(establishment_id=establishment_id, closed_at=None).first()
    if held is not None:
        held.closed_at, held.closed_by = clock.now(), actor.ref
        held.save(update_fields=["closed_at", "closed_by"])
        record("registration.steps_closed", actor=actor)


tasks.register(tasks.Source("first-steps", _facts_sql, _tasks))
