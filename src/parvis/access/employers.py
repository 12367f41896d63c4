"""What identity asks of a person's employers (`identity.employers.Employers`), answered from their memberships."""

import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse

from parvis.access.actions.changes import follow
from parvis.access.factor_reset.actions import apply_due
from parvis.access.frame import person_frame
from parvis.access.queries.mine import my_administrators
from parvis.access.status import values
from parvis.advisers.standing import adviser_of
from parvis.ground import clock, tenancy
from parvis.ground.pages import Administrator, Frame
from parvis.identity.employers import Demands
from parvis.post.actions import queue
from parvis.post.models import Message


class Memberships:
    """The one implementation."""

    def demands(self, person_id: int) -> Demands:
        """Whether one of the accounts administers; the names that no password may be made of."""
        ((administers, names),) = self._asked("access_demands", person_id, *values().values())
        return Demands(administers=administers, own_words=tuple(names))

    def office(self, person_id: int) -> bool:
        """Whether the person is an adviser today."""
        return adviser_of(person_id) is not None

    def payer(self, person_id: int) -> int:
        """The establishment visited last, among those that are open."""
        ((establishment,),) = self._asked("access_payer", person_id, *values().values())
        return int(establishment)

    def frame(self, request: HttpRequest) -> Frame | None:
        """The menu of who is signed in."""
        return person_frame(request) if request.user.is_authenticated else None

    def administrators(self, person_id: int) -> tuple[Administrator, ...]:
        """Each active administrator once."""
        with tenancy.scope(person=person_id, role=tenancy.PERSON, read_only=True):
            return tuple(dict.fromkeys(one for several in my_administrators().values() for one in several))

    def tell(self, kind: str, person_id: int, object_id: int = 0) -> None:
        """One message per active administrator of each establishment where the person has an account."""
        for establishment, membership, administrator in self._asked("access_told", person_id, *values().values()):
            with tenancy.scope(establishment=establishment):
                queue(
                    f"access.{kind}",
                    object_id=membership,
                    establishment=establishment,
                    detail={"to": administrator, "about": object_id},
                )

    def tell_waiting(self, code: str, email: str) -> None:
        """To each account that waits for its password, but where several were asked for within the hour."""
        since = clock.now() - datetime.timedelta(hours=1)
        for establishment, membership in self._asked("access_waiting", code, email, *values().values()):
            with tenancy.scope(establishment=establishment):
                told = Message.objects.filter(kind="access.waiting", object_id=membership, queued_at__gt=since)
                if told.count() < settings.PARVIS_ASKED_LIMIT:
                    queue("access.waiting", object_id=membership, establishment=establishment)

    def home(self, person_id: int, siret: str) -> str:
        """Where the person enters that establishment; a closed account is told there."""
        ((establishment,),) = self._asked("access_enter", person_id, siret)
        return reverse("inbox:home", args=[siret]) if establishment else ""

    def due_reset(self, person_id: int) -> bool:
        """A reset that an administrator asked for, whose time has come."""
        return apply_due(person_id)

    def email_replaced(self, person_id: int, old: str, new: str) -> None:
        """The accounts that declared the old address declare the new one."""
        self._replaced(person_id, "email", old, new)

    def phone_replaced(self, person_id: int, old: str, new: str) -> None:
        """The accounts that declared the old number declare the new one."""
        self._replaced(person_id, "phone", old, new)

    def _replaced(self, person_id: int, field: str, old: str, new: str) -> None:
        for establishment, membership in self._asked("access_places_of", person_id):
            with tenancy.scope(person=person_id, establishment=establishment):
                follow(account_id=membership, field=field, old=old, new=new)

    def _asked(self, function: str, *arguments: Any) -> list[tuple[Any, ...]]:
        marks = ", ".join(["%s"] * len(arguments))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {function}({marks})", arguments)
            return list(cursor.fetchall())
