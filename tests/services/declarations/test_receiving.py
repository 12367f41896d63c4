"""Files come in once, whole or not at all; what they say is checked, kept, and due."""

from parvis.agents.models import Agent, MonthlyBase
from parvis.dsn.generation.anomalies import Anomaly as Fault
from parvis.ledger.models import Line, Movement
from parvis.services.declarations.models import Anomaly, Declaration
from tests.services.declarations.papers import MONTH, dsn, handed


def test_a_right_month_is_processed_and_its_bases_are_kept(town):
    report = handed(dsn())
    print(report, [(a.code, a.who, a.found, a.expected) for a in Anomaly.objects.all()])
    one = Declaration.objects.get()
    assert one.state == "processed", one.problems
