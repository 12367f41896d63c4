"""Who reads a notice: one rule, for the page, the home and the e-mails."""

from parvis.access import registry
from parvis.access.decision import decide
from parvis.access.levels import Level
from parvis.access.standing import Standing
from parvis.notices.models import Notice
from parvis.notices.registry import KINDS, Shown


def reads(who: Standing, notice: Notice) -> bool:
    """Whether the notice is for this person, as they stand today; `who` and `notice` are of one establishment."""
    if not who.enters or notice.kind not in KINDS:
        return False
    if notice.accounts or notice.persons:
        return (who.account_opens and who.membership_id in notice.accounts) or who.person_id in notice.persons
    if notice.service:
        service = registry.get(notice.service)
        return service is not None and decide(who, service).level >= Level(notice.level)
    return notice.administrators and who.administers


def shown(notice: Notice, siret: str) -> Shown:
    """The notice as it is read."""
    return KINDS[notice.kind].show(siret, notice.object_id, notice.detail)
