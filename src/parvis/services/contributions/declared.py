"""What was declared to the ATIACL and the FEH, as it stands."""

import datetime

from parvis.services.contributions.models import FundDeclaration

YEAR = 12


def latest(establishment: int, fund: str) -> dict[tuple[datetime.date, int], FundDeclaration]:
    """The last version of each declaration to a fund, by first day and number of months; one statement."""
    rows = FundDeclaration.objects.filter(establishment_id=establishment, fund=fund).order_by("version")
    return {(one.starts_on, one.months): one for one in rows}
