"""A centre de gestion works a commune's anomalies on its behalf: what it does is the commune's, and says by whom."""

from parvis.access.delegation.actions import end
from parvis.access.levels import Level
from parvis.access.models import Assignment
from parvis.dsn.generation.anomalies import Anomaly as Fault
from parvis.ground import clock
from parvis.journal.actions import DELEGATE
from parvis.journal.models import Event
from parvis.services.declarations.models import Anomaly, Correction, Individual
from tests.access.delegation.hands import accepted, acting
from tests.services.declarations.papers import dsn, handed
from tests.services.declarations.test_correcting import BASE
from tests.world import Profile, establishment, someone


def test_a_delegate_corrects_on_the_communes_behalf_within_the_delegation(town, world, signed_in):
    centre = establishment("28740006900018", "Centre de gestion d’essai", ("cnracl",))
    centre.acts_for_others = True
    centre.save(update_fields=["acts_for_others"])
    chief, agent = someone(centre, "Sophie", "Roche", Profile.ADMINISTRATOR), someone(centre, "Hugo", "Blanc")
    Assignment.objects.create(
        establishment=centre, client=town, membership=agent.membership, level=Level.WRITE, granted_at=clock.now(),
        granted_by=chief.membership.ref,
    )  # fmt: skip
    handed(dsn(anomalies={Fault.OVERLAP: 1}))
    row, browser = Individual.objects.get(), signed_in(agent)
    page, fix = f"{BASE}individus/{row.ref}/", f"{BASE}individus/{row.ref}/corriger/"
    first = {"version": "1", "start_0": "01/03/2026", "end_0": "14/03/2026"}
    assert browser.get(page).status_code == 404
    given = accepted(world.administrator, chief, services={"declarations": Level.READ})
    assert browser.get(page).status_code == 200
    assert browser.post(fix, first).status_code == 403
    acting(world.administrator, lambda here: end(who=here, ref=given.ref, reason="Une autre la remplace."))
    assert browser.get(page).status_code == 404
    accepted(world.administrator, chief, services={"declarations": Level.WRITE})
    assert browser.post(fix, first).status_code == 302
    assert Anomaly.objects.get(code="ChevPer01").state == "corrected"
    event = Event.objects.get(kind="declaration.corrected")
    assert (event.origin, event.establishment_id) == (DELEGATE, town.pk)
    assert Correction.objects.get().by_name
    # What is the agents' is not theirs: hours and affiliations want the other service too.
    assert not Event.objects.filter(kind__startswith="agent.").exists()
