"""An administrator who comes back: the deputy who administers in their place does so no longer."""

from parvis.access.handing.actions.deputies import come_back, served
from parvis.access.standing import Standing
from parvis.ground import tenancy


def missed(who: Standing) -> bool:
    """Whether a deputy began to serve between the moment at which `who` was loaded and their visit.

    To be asked in the visit's transaction, after its row was written: `deputies.follow` locks the same row before it
    gives the profile, so that one of the two always sees the other. No statement where nobody accepted to be a deputy.
    """
    held = who.deputyship
    return who.administers and held is not None and held.accepted and served(who.membership_id)


def note_return(who: Standing, *, missed: bool) -> None:
    """The profile that was lent goes back, in a transaction of its own: the establishment's lock comes first."""
    if who.administers and (missed or who.replaced_by_deputy):
        with tenancy.scope(person=who.person_id, establishment=who.establishment_id):
            come_back(who=who)
